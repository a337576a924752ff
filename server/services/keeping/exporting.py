"""
Exporting: everything that is known about one client, as JSON that another program can read.

Every unit comes with what is shown, who said it, and all rivals where a person has not settled yet: an export for
care waits for nobody. Completed assessments come with their scores and coded observations. What was written in the
wrong chart is another client's story, and in no export.
"""

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.orm import Session

import casework
from casework import instruments, retracting
from casework.records.assessment import answers_of
from sync import Json, RecordView, Shown, view

from ...crypto import Sealer
from ...errors import NotAssigned
from ..access import directory, people
from ..access.people import Person
from ..desk.conflicts import rivals_of
from ..desk.scores import Asking, asking
from ..log.records import read_subject

FORMAT: Final = 1
"""The version of the form of an export."""


def export(session: Session, sealer: Sealer, by: Person, client: str) -> dict[str, Any]:
    """
    One client with all records, as JSON.

    Raises:
        NotAssigned: This person may not read the client.
    """
    directory.check_may_read(session, by, client)
    found = [view(record, casework.rule_of) for record in read_subject(session, sealer, by.agency, client)]
    views = [shown for shown in found if retracting.is_copied(shown)]
    asked = asking(session, sealer, by.agency, next((v for v in views if v.type == "client"), None))
    authors = {live.author for shown in views for unit in shown.units.values() for live in unit.live}
    return {
        "format": FORMAT,
        "schema": casework.SCHEMA,
        "agency": by.agency,
        "client": client,
        "exported_by": by.id,
        "summary": casework.subject_columns(views),
        "people": {id_: _name(session, sealer, by.agency, id_) for id_ in sorted(authors)},
        "records": [_record(shown, asked) for shown in views],
    }


def _record(shown: RecordView, asked: Asking) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": shown.type,
        "id": shown.id,
        "life": shown.life.value,
        "units": {name: _unit(shown, name, unit) for name, unit in sorted(shown.units.items())},
    }
    if shown.signed is not None:
        told["signed"] = {
            "by": shown.signed.by.author,
            "digest": shown.signed.digest,
            "content": dict(shown.signed.content),
            "late": sorted(shown.signed.late),
        }
    if shown.type == "assessment":
        told["result"] = _result(shown, asked)
    return told


def _unit(shown: RecordView, name: str, unit: Shown) -> dict[str, Json]:
    told: dict[str, Json] = {"value": shown.value(name), "settled": not unit.rivals}
    if unit.by is not None:
        told |= {"author": unit.by.author, "device": unit.by.device, "written_ms": unit.by.wall}
    if unit.rivals:
        told["rivals"] = list(rivals_of(unit))
    return told


def _result(shown: RecordView, asked: Asking) -> dict[str, Any] | None:
    """The score of one administration, by the version that asked it; none where that version is not here."""
    definition, result = asked.definition(shown), asked.score(shown)
    if definition is None or result is None:
        return None
    answers = answers_of(shown)
    return {
        "instrument": definition.id,
        "version": definition.version,
        "loinc": definition.loinc,
        "complete": result.complete,
        "missing": list(result.missing),
        "total": result.total,
        "band": result.band,
        "outcomes": dict(result.outcomes),
        "cutoffs": list(result.cutoffs),
        "observations": [
            _observation(found) for found in instruments.observations(definition, answers, asked.inputs)
        ],
    }


def _observation(found: instruments.Observation) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if value is not None}


def _name(session: Session, sealer: Sealer, agency: str, person: str) -> str | None:
    """The name of an author; none of somebody whom this server does not know, after a restore for example."""
    try:
        return people.name_of(session, sealer, agency, person)
    except NotAssigned:
        return None
