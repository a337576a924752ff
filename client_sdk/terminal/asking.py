"""
Asking: one instrument given to one client, item by item, or answered by a script.

Each answer is saved at once: a dead battery loses none, and a risk is raised the moment it is heard.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from casework import BadAnswer, UnknownInstrument, instruments
from casework.instruments import Alert, Definition, Inputs, words

from ..client import Tablet
from ..edit import AnyRecord
from ..errors import Refused
from ..items import Item
from . import finding
from .access import Session, tablet_command
from .entering import read_json
from .interview import Interview, heard, introduction, result_lines
from .screen import aside, table, tell

STANDARD_INPUT: Final = "-"


@tablet_command("assess")
@click.argument("client")
@click.argument("instrument")
@click.option("--version", help="Of its definition; the newest without it.")
@click.option(
    "--answers", help='{"item": "code"}: JSON, @FILE, or - for standard input. Without it you are asked.'
)
@click.option("--partial", is_flag=True, help="Leave it open after --answers.")
@click.option("--go-on", "assessment_id", metavar="ASSESSMENT", help="Go on with one that has begun.")
@click.option("--present", multiple=True, default=("client",), show_default=True, help="Who is there.")
@click.option("--alone/--not-alone", default=True, help="Whether nobody else hears the client.")
@click.option("--visit", "visit_id", metavar="VISIT", help="The visit that it is part of.")
def assess(
    session: Session,
    client: str,
    instrument: str,
    version: str | None,
    answers: str | None,
    partial: bool,
    assessment_id: str | None,
    present: tuple[str, ...],
    alone: bool,
    visit_id: str | None,
) -> None:
    """Give an INSTRUMENT, such as phq9, to a CLIENT; `instruments` lists them."""
    with session.tablet() as tablet:
        about = finding.client(tablet, client)
        begun = None if assessment_id is None else finding.record(tablet, "assessment", assessment_id)
        start: dict[str, Any] = {"present": present, "alone": alone}
        if visit_id is not None:
            start["visit"] = finding.record(tablet, "visit", visit_id).id
        definition = _definition(tablet, instrument, version, begun)
        asking = Administration(tablet, about, definition, begun, start)
        if answers is None:
            _introduce(session, definition, alone)
            if Interview(definition, session.language, asking.given, asking.answer).run():
                asking.answer({}, complete=True)
            else:
                aside("Paused. Nothing is lost; go on with --go-on and its id.")
        else:
            asking.answer(_scripted(answers), complete=not partial)
        _conclude(session, asking)


@tablet_command("instruments")
def list_instruments(session: Session) -> None:
    """What can be asked here; of several versions `assess` takes the last."""
    with session.tablet() as tablet:
        rows = [_listed(definition, session.language) for definition in tablet.instruments().all()]
    table(session, ("instrument", "version", "title", "wording", "alone"), rows, "No instruments.")


def _listed(definition: Definition, language: str) -> dict[str, Any]:
    return {
        "instrument": definition.id,
        "version": definition.version,
        "title": words(definition.titles, language),
        "wording": ", ".join(("imported", *definition.official)) if definition.official else "our own",
        "alone": definition.ask_alone,
    }


class Administration:
    """One administration, saved answer by answer."""

    def __init__(
        self,
        tablet: Tablet,
        client: Item,
        definition: Definition,
        begun: Item | None,
        start: Mapping[str, Any],
    ) -> None:
        self.definition = definition
        self.record: AnyRecord | None = begun
        partial = None if begun is None else begun.value("partial_answers")
        self.given: Mapping[str, Any] = partial if isinstance(partial, dict) else {}
        self._tablet = tablet
        self._client = client
        self._start = start

    def answer(self, answers: Mapping[str, Any], *, complete: bool = False) -> tuple[Alert, ...]:
        """
        Save answers, or take them back with None; what speaks now comes back.

        With `complete` it is closed in the same save, so that its answers are said once or not at all.
        """
        with self._tablet.edit(self._client, self.definition.id) as edit:
            record = self.record or edit.begin_assessment(
                self.definition.id, self.definition.version, **self._start
            )
            spoken = edit.answer(record, answers)
            if complete:
                edit.complete_assessment(record)
        self.record = record
        return spoken

    def inputs(self) -> Inputs:
        """What the score needs besides the answers."""
        return self._tablet.inputs(self._client)

    def item(self) -> Item | None:
        """The record as saved; none where nothing was answered."""
        return None if self.record is None else self._tablet.get("assessment", self.record.id)


def _definition(tablet: Tablet, instrument: str, version: str | None, begun: Item | None) -> Definition:
    asked = None if begun is None else begun.value("instrument")
    if isinstance(asked, dict):
        if asked["id"] != instrument:
            raise BadAnswer("assessment", "instrument", "is another one than this assessment asks")
        version = str(asked["version"])
    try:
        return tablet.instruments().load(instrument, version)
    except UnknownInstrument:
        raise Refused(
            "there is no such instrument on this tablet: `instruments` lists those that are"
        ) from None


def _introduce(session: Session, definition: Definition, alone: bool) -> None:
    instruments.may_start(definition, alone)
    for line in introduction(definition, session.language):
        aside(line)


def _scripted(answers: str) -> dict[str, Any]:
    text = answers
    if answers == STANDARD_INPUT:
        text = sys.stdin.read()
    elif answers.startswith("@"):
        path = Path(answers[1:])
        if not path.is_file():
            raise BadAnswer("answers", "", "must be a file that exists, after the @")
        text = path.read_bytes().decode("utf-8", errors="replace")
    found = read_json(text, "answers")
    if not isinstance(found, dict):
        raise BadAnswer("answers", "", "must be an object of items")
    return found


def _conclude(session: Session, asking: Administration) -> None:
    item, definition = asking.item(), asking.definition
    if item is None:
        tell(session, {"assessment": None}, ["Nothing was answered, and nothing is saved."])
        return
    complete = item.value("answers") is not None
    answers = item.value("answers" if complete else "partial_answers", {})
    assert isinstance(answers, dict), "answers are an object"
    inputs = asking.inputs()
    score = instruments.score(definition, answers, inputs)
    standing = instruments.progress(definition, answers, inputs)
    holding = instruments.alerts(definition, answers, closed=complete, inputs=inputs)
    told = {
        "assessment": item.id,
        "instrument": {"id": definition.id, "version": definition.version},
        "complete": complete,
        "total": score.total,
        "band": score.band,
        "outcomes": dict(score.outcomes),
        "cutoffs": list(score.cutoffs),
        "missing": list(score.missing),
        "closed_off": list(standing.closed_off),
        "alerts": [_alert(alert) for alert in holding],
        "custody": item.custody.value,
    }
    state = "complete" if complete else "open"
    lines = [f"assessment {item.id}: {state} ({item.custody.value})"]
    lines += result_lines(definition, score, session.language)
    if standing.closed_off:
        lines.append(f"Not asked: {', '.join(standing.closed_off)}")
    lines += heard(holding, session.language)
    tell(session, told, lines)


def _alert(alert: Alert) -> dict[str, Any]:
    raises = None if alert.raises is None else {"kind": alert.raises.kind, "level": alert.raises.level}
    return {"rule": alert.rule, "voice": alert.voice, "raises": raises}


COMMANDS: Final = (assess, list_instruments)
