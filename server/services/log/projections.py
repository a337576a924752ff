"""
Projections: what pages list and search, written in the transaction that changed the records.

Record types declare their facts and names in `casework`; here they become rows. Two kinds of facts are the
server's own: `undecided` (a unit that a person must settle) and `check` (a contradiction, or two entries where one
is expected).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

import casework
from sync import Life, Needs, Record, RecordView, view

from ...bulk import Bulk
from ...crypto import Sealer
from ...db import table_of
from ...tables.fact import FactRow, NameRow

UNDECIDED: Final = "undecided"
CHECK: Final = "check"

_fact = table_of(FactRow)
_name = table_of(NameRow)
_INSERT = Bulk(_fact)
_INSERT_NAMES = Bulk(_name)
_FORGET = delete(_fact).where(
    _fact.c.agency == bindparam("a"), _fact.c.type == bindparam("t"), _fact.c.id == bindparam("i")
)
_FORGET_NAMES = delete(_name).where(_name.c.agency == bindparam("a"), _name.c.subject == bindparam("s"))


def write(
    session: Session,
    sealer: Sealer,
    agency: str,
    new: Sequence[Record],
    changed: Sequence[tuple[Record, Record]],
) -> None:
    """
    Bring the projections of these records up to date.

    Args:
        session: In the writing transaction.
        sealer: Makes the tokens of names.
        agency: Whose.
        new: Records that were not there.
        changed: (before, after) of those that were; most edits change nothing that is listed.
    """
    connection = session.connection()
    pairs = [(view(before, casework.rule_of), view(after, casework.rule_of)) for before, after in changed]
    moved = [after for before, after in pairs if _said(before) != _said(after)]
    if moved:
        connection.execute(_FORGET, [{"a": agency, "t": shown.type, "i": shown.id} for shown in moved])
    views = [*(view(record, casework.rule_of) for record in new), *moved]
    _INSERT.insert(connection, (row for shown in views for row in fact_rows(agency, shown)))
    _write_names(session, sealer, agency, views)


def fact_rows(agency: str, shown: RecordView) -> Iterator[dict[str, Any]]:
    """The rows of one record."""
    same = {"agency": agency, "type": shown.type, "id": shown.id, "subject": shown.subject}
    for kind, key, code, at, worker in _facts(shown):
        told = {"kind": kind, "key": key, "code": code or "", "at": at or "", "worker": worker or ""}
        yield same | told


def name_rows(sealer: Sealer, agency: str, shown: RecordView) -> list[dict[str, Any]]:
    """The tokens under which a subject is found by the names that this record shows."""
    tokens = {token for name in casework.names(shown) for token in sealer.name_tokens(agency, name)}
    return [{"agency": agency, "token": token, "subject": shown.subject} for token in sorted(tokens)]


def _said(shown: RecordView) -> tuple[object, ...]:
    """All that a record has rows for."""
    return (*_facts(shown), *casework.names(shown))


def _facts(shown: RecordView) -> Iterable[tuple[str, str, str | None, str | None, str | None]]:
    if casework.counts(shown):
        for fact in casework.facts(shown):
            yield fact.kind, fact.key, fact.code, fact.at, fact.worker
        for flag in casework.checks(shown):
            yield CHECK, flag.code, ",".join(flag.units), None, None
    for unit, unit_shown in shown.units.items():
        if unit_shown.needs is Needs.PERSON:
            yield UNDECIDED, unit, None, None, None
        elif unit_shown.needs is Needs.CHECK:
            yield CHECK, unit, None, None, None
    if shown.life is Life.RETRACTED_BUT_EDITED:
        yield UNDECIDED, "$life", None, None, None
    if shown.signed is not None:
        for unit in shown.signed.late:
            yield "late_change", unit, None, None, None


def _write_names(session: Session, sealer: Sealer, agency: str, views: Iterable[RecordView]) -> None:
    named = [shown for shown in views if shown.type == "client"]
    if not named:
        return
    connection = session.connection()
    connection.execute(_FORGET_NAMES, [{"a": agency, "s": shown.subject} for shown in named])
    _INSERT_NAMES.insert(connection, (row for shown in named for row in name_rows(sealer, agency, shown)))
