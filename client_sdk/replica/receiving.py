"""
Receiving: what one reply settles, stored in one transaction.
"""

from dataclasses import dataclass, replace

from sync import Applied

from ..clock import clock_offset_ms
from . import history, leaving, outcomes, pages
from .records import RecordKey
from .replica import Replica


@dataclass(frozen=True, slots=True)
class Received:
    """What a reply changed here."""

    records: dict[RecordKey, str]
    """{record: subject} of what is shown otherwise than before."""
    left: tuple[str, ...]
    """Subjects that were erased."""
    settled: int
    """Changesets that got an outcome."""
    rows: int
    """Rows that came."""
    refetch: tuple[str, ...]
    """Subjects whose digest did not match, to be asked for again."""


def receive(
    replica: Replica, applied: Applied, *, now_ms: int, took_ms: int = 0, told: bool = False
) -> Received:
    """
    Store what a reply settles.

    Args:
        replica: No transaction is open.
        applied: What the exchange made of the reply.
        now_ms: This machine's clock.
        took_ms: Milliseconds from the question to this reply.
        told: A restored server was told what this tablet holds, and has answered with a page.

    Raises:
        Malformed: A row has not the form of a row; nothing was stored.
    """
    settled = 0
    refetch: tuple[str, ...] = ()
    with replica.transaction() as touched:
        if applied.history_changed:
            history.cut(replica, applied.standing)
        else:
            now_ms = _hear(replica, applied, now_ms, took_ms)
            settled = outcomes.settle(replica, applied.outcomes, now_ms)
            for fate in applied.fates:
                outcomes.decide(replica, fate, now_ms)
            place = replica.place.value
            restored = None if told else place.restored
            replica.place.value = replace(
                place, epoch=applied.standing.epoch, cursor=applied.standing.cursor, restored=restored
            )
            if applied.page is not None:
                refetch = pages.take(replica, applied.page, now_ms)
            leaving.erase_left(replica, now_ms)
            outcomes.let_go_envelopes(replica, now_ms)
    rows = len(applied.page.rows) if applied.page is not None else 0
    return Received(dict(touched.records), tuple(touched.left), settled, rows, refetch)


def _hear(replica: Replica, applied: Applied, now_ms: int, took_ms: int) -> int:
    """Note what the server says of itself; the time by its clock."""
    heard = replica.heard.value
    replica.heard.value = replace(
        heard,
        offset_ms=clock_offset_ms(applied.clock, now_ms, took_ms),
        clock_ms=max(heard.clock_ms, applied.clock),
        safe=max(heard.safe, applied.safe),
        lease=applied.lease or heard.lease,
        held_back=heard.held_back and applied.page is None,
    )
    return applied.clock
