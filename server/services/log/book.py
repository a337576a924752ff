"""
The book: one writing transaction on the log of an agency.

Opening it takes the head row, which is what puts all writers of the agency in one order; closing it writes what
was gathered: log entries, record states, what they touched, digests and projections, each in few statements. In
between everything is read and changed in memory, so that a changeset sees the ones before it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from casework import rule_of
from sync import Accepted, Changeset, Json, Record, canonical, digest_id, encode_bytes
from sync.digest import MODULUS, change

from ...bulk import Bulk
from ...crypto import Item, Sealer
from ...db import table_of
from ...errors import Unready
from ...settings import Providers
from ...tables.access import EVERYBODY, AccessRow
from ...tables.log import HeadRow, LogRow
from ...tables.subject import SubjectRow
from . import holdings, projections
from .chain import first_link, next_link
from .records import Key, read_records, write_records

AGENCY: Final = "agency"
"""The subject of what concerns the whole agency."""

EPOCH_BYTES: Final = 6
"""Random bytes of an epoch: two histories never share one."""

ARRIVED: Final = ("changeset", "release")
"""The kinds of entries by which a changeset comes into its records."""

_head = table_of(HeadRow)
_log = table_of(LogRow)
_INSERT = Bulk(_log)
_access = table_of(AccessRow)
_subject = table_of(SubjectRow)

_TAKE = (
    update(_head)
    .where(_head.c.agency == bindparam("a"))
    .values(position=_head.c.position)
    .returning(_head.c.position, _head.c.chain, _head.c.epoch)
)
_MOVE = (
    update(_head)
    .where(_head.c.agency == bindparam("a"))
    .values(position=bindparam("p"), chain=bindparam("c"), epoch=bindparam("e"))
)
_TOUCH = (
    update(_access)
    .where(_access.c.agency == bindparam("a"), _access.c.subject.in_(bindparam("some", expanding=True)))
    .where(_access.c.open > 0)
    .values(touched=bindparam("p"))
    .returning(_access.c.worker, _access.c.subject)
)


@dataclass(slots=True)
class _Gathered:
    """What closing the book writes."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    contents: list[Item] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    digests: dict[str, int] = field(default_factory=dict)
    access: dict[tuple[str, str], bool] = field(default_factory=dict)


class Book:
    """The open log of one agency; `open_book` makes it and closes it."""

    def __init__(self, session: Session, sealer: Sealer, agency: str, now_ms: int) -> None:
        head = session.execute(_TAKE, {"a": agency}).one_or_none()
        if head is None:
            raise Unready("agency")
        self.session = session
        self.sealer = sealer
        self.agency = agency
        self.now_ms = now_ms
        self.position: int = head.position
        self.epoch: str = head.epoch
        self.memo: dict[tuple[str, ...], Any] = {}
        """Answers about access and subjects that hold until a grant begins or ends."""
        self.erased: frozenset[str] = frozenset()
        """Subjects whose key was destroyed: what is done about them is sealed for the agency."""
        self.memo_names: set[str] = set()
        """Names accepted in this transaction, which no statement finds yet."""
        self._link: bytes = head.chain
        self._before: dict[Key, Record | None] = {}
        self._now: dict[Key, Record] = {}
        self._gathered = _Gathered()

    def append(
        self, kind: str, content: bytes, *, id: str, outcome: str, sealed_for: str, **columns: Any
    ) -> int:
        """
        Add one entry; answers with its position.

        Args:
            kind: See `tables.log.LogRow`.
            content: What the box will hold.
            id: The changeset's, or the act's.
            outcome: `accepted`, or why it is held.
            sealed_for: The subject whose key seals it.
            columns: More columns of the log, see `changeset_columns`.
        """
        self.position += 1
        self._link = next_link(self._link, self.position, kind, outcome, id, self.now_ms)
        row = {
            "agency": self.agency,
            "position": self.position,
            "kind": kind,
            "id": id,
            "name": id,
            "outcome": outcome,
            "subject": None,
            "sealed_for": sealed_for,
            "device": None,
            "author": None,
            "seq": 0,
            "at_ms": self.now_ms,
            "at_counter": 0,
            "received_ms": self.now_ms,
            "chain": self._link,
        }
        self._gathered.entries.append(row | columns)
        self._gathered.contents.append(Item(sealed_for, log_context(self.position), content))
        return self.position

    def act(self, kind: str, act: dict[str, Json], *, subject: str = AGENCY) -> tuple[int, str]:
        """Add an entry that is no changeset: a grant, a decision, an act; answers with position and id."""
        content = canonical({**act, "at": self.now_ms, "kind": kind, "position": self.position + 1})
        id_ = digest_id(content)
        sealed_for = AGENCY if subject in self.erased else subject
        return self.append(
            kind, content, id=id_, outcome="accepted", sealed_for=sealed_for, subject=subject
        ), id_

    def load(self, keys: Iterable[Key]) -> None:
        """Read these records in few statements, so that `record` need not one by one."""
        wanted = sorted({key for key in keys if key not in self._before})
        found = read_records(self.session, self.sealer, self.agency, wanted) if wanted else {}
        self._before.update({key: found.get(key) for key in wanted})

    def record(self, key: Key) -> Record | None:
        """The record as it stands now; none where nothing of it was accepted."""
        record = self._now.get(key)
        if record is not None:
            return record
        if key not in self._before:
            self.load([key])
        return self._before[key]

    def apply(self, accepted: Accepted, arrived: frozenset[str] = frozenset()) -> None:
        """Merge an accepted changeset into its records; `arrived` are names accepted before it."""
        made = accepted.changeset
        digests = self._gathered.digests
        for key in {Key(write.type, write.id) for write in made.writes}:
            before = self.record(key)
            after = (before or Record(key.type, key.id, made.subject)).apply(accepted, rule_of, arrived)
            digests[made.subject] = (digests.get(made.subject, 0) + change(before, after)) % MODULUS
            self._now[key] = after
        self.touch(made.subject)

    def touch(self, subject: str) -> None:
        """Note that a subject changed in this transaction."""
        self._gathered.touched.add(subject)

    def note_access(self, worker: str, subject: str, *, had: bool) -> None:
        """Note whether a worker had access before this transaction changed it; the first note counts."""
        self._gathered.access.setdefault((worker, subject), had)

    def close(self) -> None:
        """Write everything that was gathered."""
        gathered = self._gathered
        connection = self.session.connection()
        if gathered.entries:
            boxes = self.sealer.seal_many(self.agency, gathered.contents)
            rows = (row | {"box": box} for row, box in zip(gathered.entries, boxes, strict=True))
            _INSERT.insert(connection, rows)
        self._write_records()
        known = {
            subject: self.memo[key]
            for subject in gathered.digests
            if (key := ("digest", subject)) in self.memo
        }
        holdings.write(self.session, self.agency, gathered.digests, gathered.access, self._touch(), known)
        connection.execute(_MOVE, {"a": self.agency, "p": self.position, "c": self._link, "e": self.epoch})

    def _touch(self) -> list[tuple[str, str]]:
        """
        Tell everybody with access to what changed; answers with (worker, subject) of them.

        All are told of the last position of the transaction, of which a snapshot has all or nothing.
        """
        subjects, told = sorted(self._gathered.touched), list[tuple[str, str]]()
        for start in range(0, len(subjects), holdings.ASKED_MAX):
            some = subjects[start : start + holdings.ASKED_MAX]
            rows = self.session.execute(_TOUCH, {"a": self.agency, "some": some, "p": self.position})
            told += [(row.worker, row.subject) for row in rows]
        return told

    def _write_records(self) -> None:
        if not self._now:
            return
        pairs = [(self._before[key], record) for key, record in self._now.items()]
        new = [after for before, after in pairs if before is None]
        changed = [(before, after) for before, after in pairs if before is not None]
        write_records(self.session, self.sealer, self.agency, new, [after for _, after in changed])
        projections.write(self.session, self.sealer, self.agency, new, changed)


@contextmanager
def open_book(session: Session, sealer: Sealer, agency: str, providers: Providers) -> Iterator[Book]:
    """
    Take the agency's turn to write, as the first statement of the transaction, and close at the end.

    Raises:
        Unready: The agency has no log in this database.
    """
    book = Book(session, sealer, agency, providers.now_ms())
    yield book
    book.close()


def found_log(session: Session, providers: Providers, agency: str) -> None:
    """Give a new agency its empty log, and everybody access to the subject `agency`."""
    epoch = encode_bytes(providers.entropy(EPOCH_BYTES))
    head = {"agency": agency, "position": 0, "chain": first_link(agency), "epoch": epoch, "safe": 0}
    session.execute(_head.insert().values(head))
    everybody = {"worker": EVERYBODY, "subject": AGENCY, "open": 1, "gained": 0, "lost": 0, "touched": 0}
    session.execute(_access.insert().values(agency=agency, **everybody))
    session.execute(
        _subject.insert().values(
            agency=agency, id=AGENCY, kind=AGENCY, office=None, provisional=False, opened=0, digest=bytes(16)
        )
    )


def epoch_of(session: Session, agency: str) -> str:
    """The epoch of the agency's history."""
    epoch = session.scalar(select(_head.c.epoch).where(_head.c.agency == agency))
    if epoch is None:
        raise Unready("agency")
    return str(epoch)


def changeset_columns(changeset: Changeset) -> dict[str, Any]:
    """The columns of the log that a changeset fills."""
    return {
        "name": changeset.name,
        "subject": changeset.subject,
        "device": changeset.prefix.device,
        "author": changeset.prefix.author,
        "seq": changeset.seq,
    }


def log_context(position: int) -> bytes:
    """What binds an entry's box to its place."""
    return f"log {position}".encode()
