"""
Holdings: what each worker may see, as one sum of digests, kept as things change.

A tablet adds up what it holds; where the sums differ, something is missing on one side.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync.digest import MODULUS

from ..db import table_of
from ..tables.access import AccessRow, HoldingRow
from ..tables.subject import SubjectRow

DIGEST_BYTES: Final = 16
ASKED_MAX: Final = 400
"""Values in one list of a statement, below every database's limit of parameters."""

_access = table_of(AccessRow)
_holding = table_of(HoldingRow)
_subject = table_of(SubjectRow)

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
    session: Session, agency: str, changes: Mapping[str, int], access: Mapping[tuple[str, str], bool]
) -> None:
    """
    Carry a transaction's changes into the digests of subjects and the totals of workers.

    Args:
        session: In the writing transaction, with access rows as they now are.
        agency: Whose.
        changes: {subject: what to add to its digest}.
        access: {(worker, subject): whether there was access before} of those whose grants changed.
    """
    moved = {subject: difference for subject, difference in changes.items() if difference}
    subjects = sorted(moved.keys() | {subject for _, subject in access})
    if not subjects:
        return
    before = _digests(session, agency, subjects)
    after = {subject: (before[subject] + moved.get(subject, 0)) % MODULUS for subject in subjects}
    rows = [{"a": agency, "s": subject, "d": as_bytes(after[subject])} for subject in moved]
    if rows:
        session.connection().execute(_SET_DIGEST, rows)
    _add(session, agency, _differences(session, agency, subjects, before, after, access))


def total_of(session: Session, agency: str, worker: str) -> int:
    """The sum of the digests of everything that a worker may see, without the subject `agency`."""
    here = (_holding.c.agency == agency) & (_holding.c.worker == worker)
    return int.from_bytes(session.scalar(select(_holding.c.total).where(here)) or b"", "big")


def as_bytes(digest: int) -> bytes:
    """A digest as the tables keep it."""
    return digest.to_bytes(DIGEST_BYTES, "big")


def _digests(session: Session, agency: str, subjects: list[str]) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(subjects, 0)
    for start in range(0, len(subjects), ASKED_MAX):
        some = _subject.c.id.in_(subjects[start : start + ASKED_MAX])
        rows = session.execute(
            select(_subject.c.id, _subject.c.digest).where(_subject.c.agency == agency, some)
        )
        found |= {row.id: int.from_bytes(row.digest, "big") for row in rows}
    return found


def _differences(
    session: Session,
    agency: str,
    subjects: list[str],
    before: Mapping[str, int],
    after: Mapping[str, int],
    access: Mapping[tuple[str, str], bool],
) -> dict[str, int]:
    """{worker: what to add}: who had access loses the old digest, who has it gains the new one."""
    differences: dict[str, int] = {}
    for start in range(0, len(subjects), ASKED_MAX):
        some = _access.c.subject.in_(subjects[start : start + ASKED_MAX])
        columns = (_access.c.worker, _access.c.subject, _access.c.open)
        for worker, subject, open_ in session.execute(
            select(*columns).where(_access.c.agency == agency, some)
        ):
            had = access.get((worker, subject), open_ > 0)
            difference = (after[subject] if open_ > 0 else 0) - (before[subject] if had else 0)
            differences[worker] = (differences.get(worker, 0) + difference) % MODULUS
    return differences


def _add(session: Session, agency: str, differences: Mapping[str, int]) -> None:
    changed = sorted(worker for worker, difference in differences.items() if difference and worker != "*")
    if not changed:
        return
    totals: dict[str, int] = {}
    for start in range(0, len(changed), ASKED_MAX):
        some = _holding.c.worker.in_(changed[start : start + ASKED_MAX])
        rows = session.execute(
            select(_holding.c.worker, _holding.c.total).where(_holding.c.agency == agency, some)
        )
        totals |= {row.worker: int.from_bytes(row.total, "big") for row in rows}
    new: list[dict[str, Any]] = [
        {"agency": agency, "worker": worker, "total": as_bytes(differences[worker])}
        for worker in changed
        if worker not in totals
    ]
    old = [
        {"a": agency, "w": worker, "t": as_bytes((totals[worker] + differences[worker]) % MODULUS)}
        for worker in changed
        if worker in totals
    ]
    if new:
        session.connection().execute(_holding.insert(), new)
    if old:
        session.connection().execute(_SET_TOTAL, old)
