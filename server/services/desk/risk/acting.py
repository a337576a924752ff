"""
What a person of the office does about a danger: acknowledge, assign, act, close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import casework
from casework import risk as rules
from casework.records.risk_flag import ACTS
from casework.risk import LEVELS, flag_id, rank
from sync import Json, RecordView, Write, random_id

from ....errors import Refused
from ....settings import Providers
from ...access import rights
from ...access.people import Person
from ...log.book import Book
from ...log.records import Key
from .. import office, overtaking
from ..office import Said
from .reading import level_of

CLOSING_LEVELS: Final = ("none", "low")
"""Levels to which a danger is closed."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does about a danger."""

    client: str
    kind: str
    act: str
    """`acknowledged`, `assigned`, `acted` or `closed`."""
    seen: Sequence[str]
    text: str = ""
    """What was done; asked for with `acted` and `closed`."""
    to: str = ""
    """Whom it is assigned to."""
    level: str = "none"
    """To which level it is closed."""


def act(book: Book, by: Person, said: Act, providers: Providers) -> str:
    """
    Acknowledge, assign, act or close; answers with the id of the act.

    Raises:
        NotAssigned: Not this person's client, a danger of their own raising, or no such person to assign.
        Overtaken: Somebody acted on it since it was displayed.
        Refused: No such flag, or words are missing.
        NotAllowedYet: There is no higher level to close.
        BadAnswer: A value breaks the rule of its field.
    """
    rights.check_about(book.session, by, rights.RISK, said.client)
    _check_form(said)
    key = Key("risk_flag", flag_id(said.client, said.kind))
    shown = office.record_view(book, key)
    rights.check_not_own(by, _raised_by(shown), "nobody acts on a danger that they raised themselves")
    overtaking.check([shown], said.seen)
    if said.act == "assigned":
        office.known_person(book.session, book.agency, said.to)
    at = datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
    id_ = random_id(providers.entropy(16))
    value = _value(shown, by, said, at)
    casework.validate("risk_flag", f"acts/{id_}", value)
    writes = [Write(key.type, key.id, f"acts/{id_}", (), value)]
    if said.act == "closed":
        why = rules.reason(said.text, by=by.id, at=at, level=said.level)
        lower = rules.lower(shown, said.level, why)
        casework.validate("risk_flag", "level", lower.value)
        writes.append(Write(key.type, key.id, "level", lower.over, lower.value))
    reason = said.text if said.act == "closed" else None
    office.write(book, by, Said(said.client, writes, reason), providers)
    return id_


def _check_form(said: Act) -> None:
    if said.act not in ACTS:
        raise Refused(f"an act is one of: {', '.join(ACTS)}")
    if said.act in ("acted", "closed") and not said.text.strip():
        raise Refused("say what was done, and why the danger is lower where it is closed")
    if said.act == "assigned" and not said.to:
        raise Refused("say to whom it is assigned")
    if said.act == "closed" and said.level not in CLOSING_LEVELS:
        raise Refused(f"a danger is closed to one of: {', '.join(CLOSING_LEVELS)}")


def _value(shown: RecordView, by: Person, said: Act, at: str) -> dict[str, Json]:
    value: dict[str, Json] = {
        "act": said.act,
        "by": by.id,
        "at": at,
        "seen": list[Json](shown.over("level")),
    }
    level = casework.columns(shown)["level"]
    if level in LEVELS:
        value["level"] = level
    if said.text.strip():
        value["text"] = said.text
    return value | ({"to": said.to} if said.act == "assigned" else {})


def _raised_by(shown: RecordView) -> set[str]:
    """Who gave a level that calls for somebody; whoever closed an earlier one is not among them."""
    level = shown.units.get("level")
    live = level.live if level is not None else ()
    return {write.author for write in live if rank(level_of(write.value)) > rank("low")}
