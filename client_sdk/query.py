"""
Reading: lists out of the index, records as frozen objects, and what the index is told of them.

    for client in tablet.records("client").where(risk="high").order_by("name"):
        print(client.name, client.risk)

A list asks the index in memory and opens only the rows that it gives. What belongs in no list (a record
that was retracted, a note in the wrong chart) is left out unless asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import casework
from sync import Json, Life, RecordView, view

from .desk import Desk
from .items import Item
from .replica.records import RECORD, STAGED, RecordRow, StagedRow, record_key
from .settings import APP
from .store import Entry, Indexing

_FIXED: Final = ("life", "needs")


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records of one type, asked for when it is gone through."""

    desk: Desk
    type: str
    wanted: Mapping[str, Json]
    order: tuple[str, ...] = ()
    most: int | None = None
    retracted: bool = False

    def where(self, **columns: Json) -> "Records":
        """
        Those with these values; None asks for an empty column.

        Raises:
            UnknownField: The type has no such column.
        """
        self._check(columns)
        return replace(self, wanted={**self.wanted, **columns})

    def about(self, subject: str) -> "Records":
        """Those of one subject."""
        return replace(self, wanted={**self.wanted, "subject": subject})

    def order_by(self, *columns: str) -> "Records":
        """
        In this order; a column with a leading `-` downwards.

        Raises:
            UnknownField: The type has no such column.
        """
        self._check([column.removeprefix("-") for column in columns])
        return replace(self, order=columns)

    def limit(self, most: int) -> "Records":
        """At most so many."""
        return replace(self, most=most)

    def with_retracted(self) -> "Records":
        """Those that were retracted, too."""
        return replace(self, retracted=True)

    def first(self) -> Item | None:
        """The first one."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Item]:
        columns = {name: value for name, value in self.wanted.items() if name not in ("subject", "id")}
        with self.desk.turn():
            found = self.desk.store.find(
                kind=RECORD,
                type=self.type,
                subject=_text(self.wanted.get("subject")),
                where=columns,
                order_by=self.order,
            )
        wanted_id, given = self.wanted.get("id"), 0
        for row in found:
            if self.most is not None and given >= self.most:
                return
            if wanted_id is not None and row.id != wanted_id:
                continue
            record = read(self.desk, record_key(row.key))
            if record is not None and (self.retracted or record.life is not Life.RETRACTED):
                given += 1
                yield record

    def _check(self, columns: Any) -> None:
        for column in columns:
            if column not in columns_of(self.type):
                raise casework.UnknownField(self.type, column)


def columns_of(type_: str) -> frozenset[str]:
    """What a list of a type can be sorted and filtered by."""
    empty = RecordView(type_, "", "", {})
    about = casework.subject_columns([]) if type_ == "client" else {}
    return frozenset((*casework.columns(empty), *about, *_FIXED, "subject", "id"))


def read(desk: Desk, key: tuple[str, str]) -> Item | None:
    """One record; none where this tablet has nothing of it, or this worker may not see it."""
    with desk.turn():
        row = desk.replica.records.get(key)
        if row is None or row.shown is None:
            return None
        custody = desk.custody(key, row.subject)
    shown = view(row.shown, casework.rule_of)
    if not _may_see(desk, shown):
        return None
    return Item(shown, _columns(shown, row.about), custody)


def search(desk: Desk, text: str, limit: int) -> list[Item]:
    """Records that hold all of these words, the newest first."""
    with desk.turn():
        found = desk.store.search(text)
    records: list[Item] = []
    for row in found:
        record = read(desk, record_key(row.key)) if row.kind == RECORD and len(records) < limit else None
        if record is not None and record.life is not Life.RETRACTED:
            records.append(record)
    return records


def _may_see(desk: Desk, shown: RecordView) -> bool:
    """Whether this worker sees it: what stands in the wrong chart only its author does."""
    return casework.retracting.may_see(shown, desk.identity.worker, frozenset((desk.identity.role,)))


def indexing() -> Indexing:
    """How the store finds our rows."""
    return Indexing(version=f"{casework.SCHEMA}/{APP}/1", entry=_entry, text=_words)


def _entry(kind: str, key: str, value: Json) -> Entry | None:
    if kind == STAGED:
        staged = StagedRow.from_json(value)
        return Entry(*record_key(key), staged.subject)
    if kind != RECORD:
        return None
    row = RecordRow.from_json(value)
    assert row.shown is not None, "a row that shows nothing is not kept"
    shown = view(row.shown, casework.rule_of)
    return Entry(*record_key(key), row.subject, _columns(shown, row.about))


def _words(kind: str, key: str, value: Json) -> str:
    row = RecordRow.from_json(value) if kind == RECORD else None
    return "" if row is None or row.shown is None else casework.search_text(view(row.shown, casework.rule_of))


def _columns(shown: RecordView, about: Mapping[str, Json]) -> dict[str, Json]:
    needs = max((int(unit.needs) for unit in shown.units.values()), default=0)
    of_others = {**casework.subject_columns(()), **about} if shown.type == "client" else {}
    return {**casework.columns(shown), **of_others, "life": str(shown.life.value), "needs": needs}


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
