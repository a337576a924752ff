"""
Spreadsheets: clients as rows of a CSV file, in UTF-8 with a head line.

A *cell* goes into one unit of a record, or into a part of one; `COLUMNS` says which. An empty cell says nothing.
Codes are those of the record types; several in one cell are parted by semicolons.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import casework
from sync import Json, derived_id

from ..desk.registry import Draft, DraftRecord, check

ROWS_MAX: Final = 20_000
"""Rows of one file: more clients than any agency of ours moves at once."""


_COLUMN: Final = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something in a file is refused: where, and by which rule; never what stood there."""

    file: str
    line: int
    """0 where the whole file is meant."""
    column: str
    rule: str

    def __str__(self) -> str:
        place = self.file + (f" line {self.line}" if self.line else "")
        return f"{place}: {self.column + ' ' if self.column else ''}{self.rule}"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a cell goes: a unit of a type of record, or a part of the unit; whether it holds several codes."""

    type: str
    unit: str
    part: str = ""
    several: bool = False


COLUMNS: Final[Mapping[str, Column]] = {
    "family": Column("client", "legal_name", "family"),
    "given": Column("client", "legal_name", "given"),
    "middle": Column("client", "legal_name", "middle"),
    "suffix": Column("client", "legal_name", "suffix"),
    "preferred_name": Column("client", "preferred_name"),
    "date_of_birth": Column("client", "date_of_birth"),
    "sex": Column("client", "sex"),
    "pronouns": Column("client", "pronouns"),
    "language": Column("client", "language"),
    "interpreter_needed": Column("client", "interpreter_needed"),
    "race": Column("client", "race", "codes", several=True),
    "ethnicity": Column("client", "ethnicity", "codes", several=True),
    "papers_may_be_left": Column("client", "papers_may_be_left"),
    "messages_safe": Column("client", "messages_safe"),
    "voicemail_safe": Column("client", "voicemail_safe"),
    "do_not_visit_alone": Column("client", "do_not_visit_alone"),
    "identifier": Column("client", "identifiers", "value"),
    "identifier_system": Column("client", "identifiers", "system"),
    "phone": Column("contact_person", "phone"),
    "phone_use": Column("contact_person", "phone_use"),
    "e_mail": Column("contact_person", "email"),
    "street": Column("address", "place", "lines", several=True),
    "city": Column("address", "place", "city"),
    "county": Column("address", "place", "district"),
    "state": Column("address", "place", "region"),
    "zip": Column("address", "place", "postal_code"),
    "country": Column("address", "place", "country"),
}
"""{column: where it goes}. `race` and `ethnicity` are noted as coming from another system."""

_SAID: Final[Mapping[str, Mapping[str, Json]]] = {
    "contact_person": {"kind": "phone"},
    "address": {"state": "current"},
}
"""What a record of a type says besides its cells."""

_BESIDE: Final[Mapping[str, Mapping[str, Json]]] = {
    "race": {"source": "imported"},
    "ethnicity": {"source": "imported"},
    "place": {"kind": "home"},
}
"""What a unit says besides its cells."""


def read_rows(file: str, data: bytes) -> tuple[list[tuple[int, Draft]], list[Fault]]:
    """The clients of a CSV file by line, and what is refused; a row with a fault is refused whole."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Fault(file, 0, "", "is not text in UTF-8")]
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    drafts: list[tuple[int, Draft]] = []
    faults: list[Fault] = []
    try:
        faults += _head_faults(file, rows.fieldnames or [])
        if faults:
            return [], faults
        for row in rows:
            draft, refused = _read_row(file, rows.line_num, row)
            drafts += [] if draft is None else [(rows.line_num, draft)]
            faults += refused
            if len(drafts) > ROWS_MAX:
                return [], [Fault(file, 0, "", f"a file has at most {ROWS_MAX} rows")]
    except csv.Error:
        return [], [Fault(file, rows.line_num, "", "is not CSV: a quote is not closed or stands alone")]
    return drafts, faults


def draft_of_cells(cells: Mapping[str, str]) -> tuple[Draft | None, list[Fault]]:
    """The client that one row describes, or the faults for which there is none."""
    unknown = [Fault("", 0, column, "is no column of ours") for column in cells if column not in COLUMNS]
    if unknown:
        return None, unknown
    told = {column: value.strip() for column, value in cells.items() if value.strip()}
    if not {"family", "given"} & told.keys():
        return None, [Fault("", 0, "family", "must be given where there is no given name")]
    draft = _draft(told)
    faults = _faults(draft)
    return (None, faults) if faults else (draft, [])


def _read_row(file: str, line: int, row: Mapping[Any, Any]) -> tuple[Draft | None, list[Fault]]:
    if None in row or None in row.values():
        return None, [Fault(file, line, "", "has another number of cells than the head line")]
    draft, faults = draft_of_cells(row)
    return draft, [Fault(file, line, fault.column, fault.rule) for fault in faults]


def _head_faults(file: str, names: Any) -> list[Fault]:
    if not names:
        return [Fault(file, 0, "", "is empty")]
    told = {name: _told_name(str(name), number) for number, name in enumerate(names, 1)}
    faults = [Fault(file, 1, told[name], "is no column of ours") for name in told if name not in COLUMNS]
    doubled = sorted({name for name in names if list(names).count(name) > 1})
    return faults + [Fault(file, 1, told[name], "stands there twice") for name in doubled]


def _told_name(name: str, number: int) -> str:
    """A column by its name, if it looks like one: where the head line is missing, a person's name stands there."""
    return name if _COLUMN.fullmatch(name) else f"column {number}"


def _draft(told: Mapping[str, str]) -> Draft:
    records: dict[str, dict[str, Json]] = {"client": {}}
    for name, cell in told.items():
        column = COLUMNS[name]
        units = records.setdefault(column.type, dict(_SAID.get(column.type, {})))
        value: Json = [part.strip() for part in cell.split(";") if part.strip()] if column.several else cell
        if not column.part:
            units[column.unit] = value
            continue
        group = units.setdefault(column.unit, dict(_BESIDE.get(column.unit, {})))
        assert isinstance(group, dict), "a column with a part goes into a group"
        group[column.part] = value
    client = _with_member(records.pop("client"))
    return Draft(DraftRecord("client", client), tuple(DraftRecord(*found) for found in records.items()))


def _with_member(units: dict[str, Json]) -> dict[str, Json]:
    """An identifier is a member of a set, named by what it is, so that two imports meet in it."""
    identifier = units.pop("identifiers", None)
    if isinstance(identifier, dict):
        units[identifier_unit(str(identifier.get("system", "")), str(identifier.get("value", "")))] = (
            identifier
        )
    return units


def identifier_unit(system: str, value: str) -> str:
    """The unit of an identifier."""
    return f"identifiers/{derived_id('identifier', system, value)}"


def _faults(draft: Draft) -> list[Fault]:
    """Every unit that breaks its rule, by the name of its column."""
    faults = []
    for record in draft.records:
        for unit, value in record.units.items():
            one = Draft(DraftRecord(record.type, {unit: value}))
            try:
                check(one)
            except casework.BadAnswer as error:
                faults.append(Fault("", 0, _column_of(error), error.rule))
    return faults


def _column_of(error: casework.BadAnswer) -> str:
    unit, part = error.unit.partition("/")[0], error.part.partition(".")[0]
    here = {
        name: column
        for name, column in COLUMNS.items()
        if (column.type, column.unit) == (error.record_type, unit)
    }
    return next((name for name, column in here.items() if column.part == part), next(iter(here), unit))
