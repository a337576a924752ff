"""
Holdings: what each worker may see, as one sum of digests, kept as things change.

A tablet adds up what it holds; where the sums differ, something is missing on one side.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync.digest import MODULUS

from ...db import table_of
from ...tables.access import EVERYBODY, AccessRow, HoldingRow
from ...tables.subject import SubjectRow

DIGEST_BYTES: Final = 16
ASKED_MAX: Final = 400
"""Values in one list of a statement, below every database's limit of parameters."""

_access = table_of(AccessRow)
_holding = table_of(HoldingRow)
_subject = table_of(SubjectRow)

_SEEN = (
    select(_subject.c.id, _subject.c.digest, _access.c.worker, _access.c.open, _holding.c.total)
    .select_from(
        _subject.outerjoin(
            _access, (_access.c.agency == _subject.c.agency) & (_access.c.subject == _subject.c.id)
        ).outerjoin(
            _holding, (_holding.c.agency == _access.c.agency) & (_holding.c.worker == _access.c.worker)
        )
    )
    .where(_subject.c.agency == bindparam("a"), _subject.c.id.in_(bindparam("subjects", expanding=True)))
)
_TOTAL = select(_holding.c.total).where(
    _holding.c.agency == bindparam("a"), _holding.c.worker == bindparam("w")
)
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
    seen = _seen(session, agency, subjects)
    before = {row.id: int.from_bytes(row.digest, "big") for row in seen}
    after = {subject: (digest + moved.get(subject, 0)) % MODULUS for subject, digest in before.items()}
    rows = [{"a": agency, "s": subject, "d": as_bytes(after[subject])} for subject in moved]
    if rows:
        session.connection().execute(_SET_DIGEST, rows)
    _add(session, agency, _differences(seen, before, after, access), {row.worker: row.total for row in seen})


def total_of(session: Session, agency: str, worker: str) -> int:
    """The sum of the digests of everything that a worker may see, without the subject `agency`."""
    return int.from_bytes(session.scalar(_TOTAL, {"a": agency, "w": worker}) or b"", "big")


def as_bytes(digest: int) -> bytes:
    """A digest as the tables keep it."""
    return digest.to_bytes(DIGEST_BYTES, "big")


def _seen(session: Session, agency: str, subjects: list[str]) -> list[Any]:
    """Each of these subjects with its digest, once for every worker who ever saw it, with that one's total."""
    found: list[Any] = []
    for start in range(0, len(subjects), ASKED_MAX):
        some = subjects[start : start + ASKED_MAX]
        found += session.execute(_SEEN, {"a": agency, "subjects": some}).all()
    return found


def _differences(
    seen: Sequence[Any],
    before: Mapping[str, int],
    after: Mapping[str, int],
    access: Mapping[tuple[str, str], bool],
) -> dict[str, int]:
    """{worker: what to add}: who had access loses the old digest, who has it gains the new one."""
    differences: dict[str, int] = {}
    for row in seen:
        if row.worker in (None, EVERYBODY):
            continue
        has = row.open > 0
        had = access.get((row.worker, row.id), has)
        difference = (after[row.id] if has else 0) - (before[row.id] if had else 0)
        differences[row.worker] = (differences.get(row.worker, 0) + difference) % MODULUS
    return differences


def _add(
    session: Session, agency: str, differences: Mapping[str, int], totals: Mapping[str, bytes | None]
) -> None:
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    for worker, difference in sorted(differences.items()):
        total = totals[worker]
        if difference and total is None:
            new.append({"agency": agency, "worker": worker, "total": as_bytes(difference)})
        elif difference and total is not None:
            added = (int.from_bytes(total, "big") + difference) % MODULUS
            old.append({"a": agency, "w": worker, "t": as_bytes(added)})
    if new:
        session.connection().execute(_holding.insert(), new)
    if old:
        session.connection().execute(_SET_TOTAL, old)
