"""
What was asked of the story's client in the half year before, so that a chart has a course to show.

Ana writes it down from paper: one sitting was corrected the day after, and one was refused in the middle, which
leaves a gap. The supervisor has read all of it long ago.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from casework import instruments
from client_sdk import Tablet
from server.services.access import people
from server.services.desk import review
from server.services.desk.review import Decision
from server.services.log.book import open_book
from server.services.log.records import Key
from sync import Json

from .stage import Stage
from .story import now

SITTINGS: Final = (
    ("phq9", 152, (3, 2, 3, 2, 2, 2, 2, 1, 0)),
    ("gad7", 152, (2, 2, 2, 2, 2, 1, 2)),
    ("phq9", 120, (2, 2, 3, 2, 1, 2, 1, 0, 0)),
    ("phq9", 91, (2, 2)),
    ("gad7", 60, (1, 2, 1, 1, 1, 1, 1)),
    ("phq9", 60, (2, 1, 2, 1, 1, 1, 1, 1, 0)),
    ("phq9", 31, (1, 1, 2, 1, 1, 1, 0, 0, 0)),
)
"""(instrument, days ago, the score of each answer); where answers are missing, the client refused to go on."""

CORRECTED: Final = (119, (2, 2, 3, 2, 1, 2, 1, 1, 1))
"""What the sitting of 120 days ago should have said, written a day later."""


def leave(stage: Stage, client: str) -> None:
    """Write it all down, send it, and have it reviewed."""
    tablet, made = stage.ana.tablet, []
    for instrument, days, scores in SITTINGS:
        made.append(_sit(tablet, client, instrument, days, scores))
    wrong = made[2]
    days, scores = CORRECTED
    made.append(_sit(tablet, client, "phq9", days, scores, amends=wrong))
    stage.ana.sync()
    _review(stage, [id_ for id_ in made if id_ != made[3]])


def _sit(
    tablet: Tablet, client: str, instrument: str, days: int, scores: tuple[int, ...], **units: Json
) -> str:
    definition = instruments.load(instrument)
    answers: dict[str, Json] = {
        item.id: next(option.code for option in item.options if option.score == score)
        for item, score in zip(definition.items, scores, strict=False)
    }
    whole = definition.total is not None and len(scores) == len(definition.total.items)
    at = (datetime.fromisoformat(now()).astimezone(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    said: dict[str, Json] = {
        "instrument": {"id": definition.id, "version": definition.version},
        "answers" if whole else "partial_answers": answers,
        "closed": "completed" if whole else "refused",
        "worker": tablet.identity.worker,
        "present": ["client"],
        "seen_alone": True,
        "started_at": at,
        "finished_at": at,
        **units,
    }
    with tablet.edit(client, reason="from paper") as edit:
        sitting = edit.create("assessment", said)
    return sitting.id


def _review(stage: Stage, made: list[str]) -> None:
    house, agency = stage.house, stage.agency
    with house.database.reading() as session:
        by = people.person(session, agency.id, agency.supervisor)
        works = [Key("assessment", id_) for id_ in made]
        seen = {work: review.read(session, house.sealer, by, work).seen for work in works}
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, agency.id, house.providers) as book,
    ):
        for work, names in seen.items():
            review.decide(book, by, Decision(work, "approved", names), house.providers)
