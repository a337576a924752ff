"""
Nonces: each signed request is taken once, by whatever process it reaches.

A nonce is remembered for longer than its request could pass as fresh. Forgetting one by a power cut is
harmless: what a tablet sends twice is answered twice alike.
"""

from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ...db import table_of
from ...errors import Replayed
from ...tables.nonce import NonceRow

NONCE_KEPT_MS: Final = 11 * 60 * 1000
"""A request may be signed five minutes ahead and stay fresh for five after; one more for whole seconds."""

_nonce = table_of(NonceRow)

# The row is given back only where it was new; counts of rows differ between the drivers.
_TAKE_SQLITE = sqlite.insert(_nonce).on_conflict_do_nothing().returning(_nonce.c.seen_ms)
_TAKE_POSTGRESQL = postgresql.insert(_nonce).on_conflict_do_nothing().returning(_nonce.c.seen_ms)


def take(session: Session, agency: str, key: str, nonce: str, now_ms: int) -> None:
    """
    Remember a nonce.

    Raises:
        Replayed: It was taken before.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    row = {"agency": agency, "key": key, "nonce": nonce, "seen_ms": now_ms}
    taken = session.connection().execute(_TAKE_POSTGRESQL if on_postgresql else _TAKE_SQLITE, row)
    if taken.one_or_none() is None:
        raise Replayed


def forget(session: Session, agency: str, now_ms: int) -> int:
    """Forget the nonces whose requests are too old by now; tells how many."""
    old = (_nonce.c.agency == agency) & (_nonce.c.seen_ms < now_ms - NONCE_KEPT_MS)
    return session.connection().execute(delete(_nonce).where(old)).rowcount
