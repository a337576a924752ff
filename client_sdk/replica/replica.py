"""
The replica: what this tablet has of the agency's records, and its own work on top of it.

Reading goes by record or by subject. Changing goes by one transaction at a time: what it touched is told
when it is stored, and nothing of it remains when it fails. What is done in a transaction stands in the
modules beside this one, a file for each thing that happens.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sync import Accepted, At, Json, Record, RecordView, RuleOf, view
from sync.digest import MODULUS, of_record

from .records import RECORD, STAGED, RecordKey, RecordRow, Rows, StagedRow
from .rows import DraftRow, Notice, Own, Sent, Subject
from .shelf import Changes, Sealing, Shelf
from .standing import Chain, Given, Heard, Place
from .tables import Cell, Table

EVERYBODYS: Final = "agency"
"""The subject that every tablet has; the server's total for a worker leaves it out."""

AboutSubject = Callable[[Iterable[RecordView]], Mapping[str, Json]]
"""What the row of a subject shows because of the subject's records."""


@dataclass(slots=True)
class Touched:
    """What a transaction changed, for indexes and watchers."""

    records: dict[RecordKey, str] = field(default_factory=dict)
    """{record: subject}"""
    left: list[str] = field(default_factory=list)
    """Subjects that were erased here."""


class Replica:
    """The tablet's records. One thread at a time; the owner sees to that."""

    def __init__(
        self, shelf: Shelf, rule_of: RuleOf, about_subject: AboutSubject, speaks: Callable[[str], bool]
    ) -> None:
        """
        Load what is stored.

        Args:
            shelf: The store.
            rule_of: The rule of each unit.
            about_subject: What a subject's row shows of its records.
            speaks: Whether records of a type have anything to say there.
        """
        self.rule_of = rule_of
        self.place = Cell("place", Place.from_json, Place())
        self.chain = Cell("chain", Chain.from_json, Chain())
        self.heard = Cell("heard", Heard.from_json, Heard())
        self.given = Cell("given", Given.from_json, Given())
        self.subjects: Table[Subject] = Table("subject", Subject.from_json, lambda about: about.moving)
        self.own: Table[Own] = Table("own", Own.from_json, lambda own: own.made.subject)
        self.sent: Table[Sent] = Table("sent", Sent.from_json)
        self.notices: Table[Notice] = Table("notice", Notice.from_json)
        self.drafts: Table[DraftRow] = Table("draft", DraftRow.from_json, lambda draft: draft.subject)
        self.records: Rows[RecordRow] = Rows(RECORD, RecordRow.from_json, shelf)
        self.staged: Rows[StagedRow] = Rows(STAGED, StagedRow.from_json, shelf)
        self.shelf = shelf
        self._about_subject = about_subject
        self._speaks = speaks
        self._seal: list[Sealing] = []
        self._drop: list[str] = []
        self._others: dict[tuple[str, str], Json] = {}
        self._touched: Touched | None = None
        for table in self._tables():
            table.load(shelf)

    def record(self, key: RecordKey) -> Record | None:
        """What this tablet shows of a record."""
        row = self.records.get(key)
        return None if row is None else row.shown

    def shown_position(self, subject: str) -> int:
        """The position up to which the server's state of a subject is shown."""
        about = self.subjects.get(subject)
        if about is None or not about.shown:
            return 0
        if about.entering or about.leaving:
            return about.whole_at
        return max(self.place.value.head, about.whole_at)

    @contextmanager
    def transaction(self) -> Iterator[Touched]:
        """Change rows; all of it is stored at the end, or nothing."""
        assert self._touched is None, "one transaction at a time"
        touched = self._touched = Touched()
        try:
            yield touched
            self._speak_of_subjects(touched)
            self.shelf.write(Changes(self._changes(), tuple(self._seal), tuple(self._drop)))
        except BaseException:
            for table in self._tables():
                table.rollback()
            raise
        else:
            for table in self._tables():
                table.commit()
        finally:
            self.records.close()
            self.staged.close()
            self._seal, self._drop, self._others, self._touched = [], [], {}, None

    def seal(self, own: Own) -> None:
        """Seal a changeset to the agency."""
        self._seal.append(Sealing(own.made.id, own.made.prefix.canonical() + b"\n" + own.line))

    def drop_envelope(self, id_: str) -> None:
        """Keep an envelope no longer."""
        self._drop.append(id_)

    def put_other(self, kind: str, key: str, value: Json) -> None:
        """Store a row that is none of the replica's with the open transaction."""
        self._others[(kind, key)] = value

    def set_server(self, key: RecordKey, subject: str, after: Record | None) -> None:
        """Put the server's shown state of a record; digests follow, what lies over it is laid anew later."""
        row = self.records.get(key)
        before = None if row is None else row.server
        moved = (0 if after is None else of_record(after)) - (0 if before is None else of_record(before))
        about = self.subjects.get(subject)
        assert about is not None, "a server state belongs to a subject that is known"
        newest = max(about.newest, 0 if after is None else after.position)
        self.subjects.put(subject, replace(about, digest=(about.digest + moved) % MODULUS, newest=newest))
        if subject != EVERYBODYS:
            place = self.place.value
            self.place.value = replace(place, digest=(place.digest + moved) % MODULUS)
        self._put(key, RecordRow(subject, after, None, {} if row is None else row.about))

    def refresh(self, key: RecordKey, subject: str) -> None:
        """Lay this tablet's own work over the server's state of a record anew."""
        row = self.records.get(key)
        server = None if row is None else row.server
        overlaid: Record | None = None
        for own in sorted(self.own.group(subject), key=lambda own: own.order):
            if own.counts and key in own.records:
                overlaid = self._over(overlaid or server or Record(*key, subject), own)
        if overlaid is None and server is None:
            self.records.delete(key, subject)
            self._touch(key, subject)
        else:
            self._put(key, RecordRow(subject, server, overlaid, {} if row is None else row.about))

    def lay(self, own: Own) -> None:
        """Lay one more changeset over what is shown."""
        subject = own.made.subject
        for key in own.records:
            row = self.records.get(key)
            shown = (None if row is None else row.shown) or Record(*key, subject)
            server, about = (None, {}) if row is None else (row.server, row.about)
            self._put(key, RecordRow(subject, server, self._over(shown, own), about))

    def erase(self, key: RecordKey, subject: str) -> None:
        """Remove a record from this tablet."""
        self.records.delete(key, subject)
        self._touch(key, subject)

    def leave(self, subject: str) -> None:
        """Tell that a subject was erased."""
        assert self._touched is not None, "changes belong to a transaction"
        self._touched.left.append(subject)

    def _over(self, record: Record, own: Own) -> Record:
        """The record with the writes of own work which it does not show already."""
        at = own.made.at if own.at_ms is None else At(own.at_ms, 0)
        shown = {write.name for unit in record.units.values() for write in unit.live}
        if own.name in shown:
            return record
        return record.apply(Accepted(own.overlay, own.position, at), self.rule_of)

    def _put(self, key: RecordKey, row: RecordRow) -> None:
        self.records.put(key, row)
        self._touch(key, row.subject)

    def _touch(self, key: RecordKey, subject: str) -> None:
        assert self._touched is not None, "changes belong to a transaction"
        self._touched.records[key] = subject

    def _speak_of_subjects(self, touched: Touched) -> None:
        """Bring what a subject's row shows of its records up to date."""
        for subject in {subject for key, subject in touched.records.items() if self._speaks(key[0])}:
            key = ("client", subject)
            row = self.records.get(key)
            if row is None:
                continue
            keys = [key for key in self.records.of_subject(subject) if self._speaks(key[0])]
            records = [record for key in keys if (record := self.record(key)) is not None]
            about = self._about_subject([view(record, self.rule_of) for record in records])
            if about != row.about:
                self._put(key, RecordRow(subject, row.server, row.overlaid, about))

    def _tables(self) -> tuple[Table[Any], ...]:
        cells = (self.place, self.chain, self.heard, self.given)
        return (
            *(cell.table for cell in cells),
            self.subjects,
            self.own,
            self.sent,
            self.notices,
            self.drafts,
        )

    def _changes(self) -> dict[tuple[str, str], Json]:
        rows = {**self.records.changes(), **self.staged.changes(), **self._others}
        for table in self._tables():
            rows |= table.changes()
        return rows
