"""
Holdings: what each worker may see, as one sum of digests, kept as things change.

A tablet adds up what it holds; where the sums differ, something is missing on one side.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from sync.digest import MODULUS

from ...db import table_of
from ...tables.access import EVERYBODY, AccessRow, HoldingRow
from ...tables.subject import SubjectRow

DIGEST_BYTES: Final = 16
ASKED_MAX: Final = 400
"""Values in one list of a statement, below every database's limit of parameters."""

NOTHING_KNOWN: Final[Mapping[str, int]] = {}

_access = table_of(AccessRow)
_holding = table_of(HoldingRow)
_subject = table_of(SubjectRow)

_DIGESTS = select(_subject.c.id, _subject.c.digest).where(
    _subject.c.agency == bindparam("a"), _subject.c.id.in_(bindparam("some", expanding=True))
)
_ACCESS = select(_access.c.worker, _access.c.subject, _access.c.open).where(
    _access.c.agency == bindparam("a"), _access.c.subject.in_(bindparam("some", expanding=True))
)
_TOTALS = select(_holding.c.worker, _holding.c.total).where(
    _holding.c.agency == bindparam("a"), _holding.c.worker.in_(bindparam("some", expanding=True))
)
TOTAL: Final = select(_holding.c.total).where(
    _holding.c.agency == bindparam("a"), _holding.c.worker == bindparam("w")
)
"""The sum of what the worker `w` of the agency `a` may see, as bytes; no row where there is none yet."""

_SET_DIGEST = (
    update(_subject)
    .where(_subject.c.agency == bindparam("a"), _subject.c.id == bindparam("s"))
    .values(digest=bindparam("d"))
)
_SET_TOTAL = (
    update(_holding)
    .where(_holding.c.agency == bindparam("a"), _holding.c.worker == bindparam("w"))
    .values(total=bindparam("t"))
)


def write(
    session: Session,
    agency: str,
    changes: Mapping[str, int],
    access: Mapping[tuple[str, str], bool],
    seen: Iterable[tuple[str, str]],
    known: Mapping[str, int] = NOTHING_KNOWN,
) -> None:
    """
    Carry a transaction's changes into the digests of subjects and the totals of workers.

    Args:
        session: In the writing transaction, with access rows as they now are.
        agency: Whose.
        changes: {subject: what to add to its digest}.
        access: {(worker, subject): whether there was access before} of those whose grants changed.
        seen: (worker, subject) of everybody who has access now, for all of `changes` at least.
        known: {subject: its digest} of those that were read in this transaction.
    """
    moved = {subject: difference for subject, difference in changes.items() if difference}
    regranted = {subject for _, subject in access}
    if not moved and not regranted:
        return
    subjects = moved.keys() | regranted
    before = {subject: known[subject] for subject in subjects & known.keys()}
    before |= _digests(session, agency, subjects - known.keys())
    after = {subject: (digest + moved.get(subject, 0)) % MODULUS for subject, digest in before.items()}
    rows = [{"a": agency, "s": subject, "d": as_bytes(after[subject])} for subject in sorted(moved)]
    if rows:
        session.connection().execute(_SET_DIGEST, rows)
    kept = ((worker, moved[subject]) for worker, subject in seen if subject in moved.keys() - regranted)
    _add(session, agency, _summed((*kept, *_regranted(session, agency, regranted, access, before, after))))


def total_of(session: Session, agency: str, worker: str) -> int:
    """The sum of the digests of everything that a worker may see, without the subject `agency`."""
    return int.from_bytes(session.scalar(TOTAL, {"a": agency, "w": worker}) or b"", "big")


def as_bytes(digest: int) -> bytes:
    """A digest as the tables keep it."""
    return digest.to_bytes(DIGEST_BYTES, "big")


def _digests(session: Session, agency: str, subjects: Collection[str]) -> dict[str, int]:
    rows = _asked(session, agency, _DIGESTS, subjects)
    return {row.id: int.from_bytes(row.digest, "big") for row in rows}


def _regranted(
    session: Session,
    agency: str,
    subjects: Collection[str],
    access: Mapping[tuple[str, str], bool],
    before: Mapping[str, int],
    after: Mapping[str, int],
) -> Iterator[tuple[str, int]]:
    """(worker, what to add) where grants changed: who had access loses the old digest, who has it gains the new."""
    for worker, subject, open_ in _asked(session, agency, _ACCESS, subjects):
        has = open_ > 0
        had = access.get((worker, subject), has)
        yield worker, (after[subject] if has else 0) - (before[subject] if had else 0)


def _summed(differences: Iterable[tuple[str, int]]) -> dict[str, int]:
    """{worker: what to add to the total}, nobody to whom it makes no difference."""
    sums: dict[str, int] = {}
    for worker, difference in differences:
        sums[worker] = sums.get(worker, 0) + difference
    return {worker: sum_ % MODULUS for worker, sum_ in sums.items() if worker != EVERYBODY and sum_ % MODULUS}


def _add(session: Session, agency: str, differences: Mapping[str, int]) -> None:
    totals = {row.worker: row.total for row in _asked(session, agency, _TOTALS, differences)}
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    for worker, difference in sorted(differences.items()):
        if worker in totals:
            added = (int.from_bytes(totals[worker], "big") + difference) % MODULUS
            old.append({"a": agency, "w": worker, "t": as_bytes(added)})
        else:
            new.append({"agency": agency, "worker": worker, "total": as_bytes(difference)})
    if new:
        session.connection().execute(_holding.insert(), new)
    if old:
        session.connection().execute(_SET_TOTAL, old)


def _asked(session: Session, agency: str, asked: Select[Any], some: Collection[str]) -> Sequence[Any]:
    """The rows of a statement that asks for some subjects or workers, however many they are."""
    wanted, found = sorted(some), list[Any]()
    for start in range(0, len(wanted), ASKED_MAX):
        found += session.execute(asked, {"a": agency, "some": wanted[start : start + ASKED_MAX]}).all()
    return found
