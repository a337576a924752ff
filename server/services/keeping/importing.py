"""
Importing: clients and questionnaires out of files, each thing taken or refused by name.

Reading a file changes nothing: it gives *finds*, which can be looked at, and *faults*, each with its line, its
column and the rule. Taking a find goes through the office like everything else; what is here already is not taken
twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final

import casework
from casework import instruments
from sync import Json, Write, view

from ...errors import NotAssigned, Unreadable
from ...fhir import patient, questionnaire, reading
from ...settings import Providers
from ..access import directory
from ..access.people import SUPERVISOR, Person
from ..desk import office, registry
from ..desk.registry import ID_BYTES, Draft
from ..log.book import AGENCY, Book
from ..log.records import Key, read_records, read_subject
from .spreadsheet import Fault, read_rows

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
"""Bytes of one file: some 40,000 rows, or the longest questionnaire many times over."""

TOLD_CHARS_MAX: Final = 200
"""Characters of a part of a file that are repeated in what is said of it."""

CHANGED_RULE: Final = "is here in this version with other content: a changed form needs another version"
NAMED_RULE: Final = "it needs the LOINC codes or the item ids of that instrument, or else another name"
CODES_RULE: Final = (
    "its LOINC codes are well formed; whether they say what the questions ask was not looked up"
)


@dataclass(frozen=True, slots=True)
class Find:
    """One client or one instrument in a file."""

    file: str
    line: int
    content: Draft | instruments.Definition
    notes: tuple[str, ...] = ()
    """What of it is left out, and why."""

    @property
    def kind(self) -> str:
        """`client` or `instrument`."""
        return "client" if isinstance(self.content, Draft) else "instrument"

    @property
    def title(self) -> str:
        """What people call it."""
        if isinstance(self.content, Draft):
            return _called(self.content)
        return f"{instruments.words(self.content.titles, 'en')} {self.content.version}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a find."""

    id: str
    new: bool
    """False where it was here already."""
    fault: Fault | None = None
    """Why what is here already is not the same, and stays."""


@dataclass(frozen=True, slots=True)
class _Here:
    """An instrument that the agency has already."""

    id: str
    definition: Json


def read(file: str, data: bytes) -> tuple[list[Find], list[Fault]]:
    """What a file holds, by its ending: `.csv` clients, `.json` one FHIR resource."""
    name = PurePath(file).name
    if len(data) > FILE_BYTES_MAX:
        return [], [Fault(name, 0, "", f"a file has at most {FILE_BYTES_MAX} bytes")]
    if name.lower().endswith(".csv"):
        drafts, faults = read_rows(name, data)
        return [Find(name, line, draft) for line, draft in drafts], faults
    if name.lower().endswith(".json"):
        return _read_resource(name, data)
    return [], [Fault(name, 0, "", "is neither .csv nor .json")]


def take(book: Book, by: Person, find: Find, providers: Providers) -> Taken:
    """
    Bring one find in, unless it is here already.

    Raises:
        NotAssigned: Only supervisors of an office may.
        BadAnswer: A value breaks the rule of its field.
    """
    if isinstance(find.content, Draft):
        known = known_client(book, by, find.content)
        return Taken(known or registry.register(book, by, find.content, providers), new=known is None)
    here = _instrument_here(book, find.content)
    if here is None:
        return Taken(_write_instrument(book, by, find.content, providers), new=True)
    same = here.definition == instruments.data_of(find.content)
    return Taken(here.id, new=False, fault=None if same else Fault(find.file, 0, "", CHANGED_RULE))


def check_may_import(by: Person) -> None:
    """
    Whether somebody may import at all.

    Raises:
        NotAssigned: Only supervisors of an office may.
    """
    if by.role != SUPERVISOR or by.state != "active" or by.office is None:
        raise NotAssigned("only supervisors of an office import")


def known_client(book: Book, by: Person, draft: Draft) -> str | None:
    """A client of this person's office with the same name and either the same date of birth or identifier."""
    tokens = book.sealer.query_tokens(book.agency, _called(draft))
    candidates = directory.named(book.session, by, tokens)
    found = read_records(book.session, book.sealer, book.agency, [Key("client", id_) for id_ in candidates])
    for key, record in sorted(found.items()):
        shown = view(record, casework.rule_of)
        if _is_same({unit: shown.value(unit) for unit in shown.units}, draft.client.units):
            return key.id
    return None


def _read_resource(name: str, data: bytes) -> tuple[list[Find], list[Fault]]:
    try:
        resource = reading.resource_of(data)
        if resource["resourceType"] == "Patient":
            draft, notes = patient.draft_of(resource)
            registry.check(draft)
            return [Find(name, 1, draft, notes)], []
        form = questionnaire.form_of(resource)
    except Unreadable as error:
        return [], [_fault(name, "", error.rule)]
    except casework.BadAnswer as error:
        return [], [_fault(name, f"{error.record_type}.{error.unit}", error.rule)]
    result = instruments.bring_in(form, instruments.shipped().all())
    if result.definition is None:
        refused = [problem for problem in result.problems if problem.urgency == "refused"]
        return [], [_fault(name, problem.item, problem.text) for problem in refused]
    told = [f"{problem.item or 'form'}: {problem.text}" for problem in result.problems]
    if not _is_shipped(result.definition):
        if any(made.id == result.definition.id for made in instruments.shipped().all()):
            # Whoever asks for it by its name would get a form without its score and its alerts.
            return [], [_fault(name, "", f"is called {result.definition.id}: {NAMED_RULE}")]
        told += _notes_of_stranger(form)
    return [Find(name, 1, result.definition, tuple(told))], []


def _fault(file: str, part: str, rule: str) -> Fault:
    """One line about a resource, however long an id or a code is that it repeats."""
    return Fault(file, 0, _brief(part), _brief(rule))


def _brief(text: str) -> str:
    return text if len(text) <= TOLD_CHARS_MAX else f"{text[:TOLD_CHARS_MAX]}…"


def _is_shipped(definition: instruments.Definition) -> bool:
    """Whether a definition has the facts of a shipped one, and brings only words of its own."""
    shipped = instruments.shipped().all()
    return any((made.id, made.rules) == (definition.id, definition.rules) for made in shipped)


def _notes_of_stranger(form: instruments.Form) -> list[str]:
    """What nobody here can answer for: a form that we do not know has no facts to be held against."""
    coded = [code for code in (form.loinc, *(item.loinc for item in form.items)) if code is not None]
    notes = ["form: is not known here: it is asked as it stands, without a score and without alerts"]
    return [*notes, f"form: {CODES_RULE}"] if coded else notes


def _instrument_here(book: Book, definition: instruments.Definition) -> "_Here | None":
    """The record of this version of this instrument, if the agency has it."""
    for record in read_subject(book.session, book.sealer, book.agency, AGENCY):
        shown = view(record, casework.rule_of)
        columns = casework.columns(shown)
        named = (columns.get("instrument"), columns.get("version"))
        if record.type == "instrument" and named == (definition.id, definition.version):
            whole = shown.value("whole")
            return _Here(record.id, whole.get("definition") if isinstance(whole, dict) else None)
    return None


def _write_instrument(
    book: Book, by: Person, definition: instruments.Definition, providers: Providers
) -> str:
    id_ = casework.new_id("instrument", AGENCY, {}, providers.entropy(ID_BYTES))
    imported_at = datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
    whole: dict[str, Json] = {
        "definition": dict(instruments.data_of(definition)),
        "imported_at": imported_at,
        "imported_by": by.id,
    }
    casework.validate("instrument", "whole", whole)
    office.write(book, by, office.Said(AGENCY, [Write("instrument", id_, "whole", (), whole)]), providers)
    return id_


def _is_same(here: dict[str, Json], units: Any) -> bool:
    identifiers = [unit for unit in units if unit.startswith("identifiers/")]
    if any(here.get(unit) == units[unit] for unit in identifiers):
        return True
    both = ("legal_name", "date_of_birth")
    return all(unit in units and _told(here.get(unit)) == _told(units[unit]) for unit in both)


def _told(value: Json) -> Json:
    """A name without its case, so that SMITH and Smith are the same."""
    if isinstance(value, dict):
        return {part: _told(inside) for part, inside in value.items() if part in ("family", "given")}
    return value.casefold() if isinstance(value, str) else value


def _called(draft: Draft) -> str:
    name = draft.client.units.get("legal_name")
    parts: Iterable[Any] = (name.get("given"), name.get("family")) if isinstance(name, dict) else ()
    return " ".join(part for part in parts if isinstance(part, str))
