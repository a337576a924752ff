"""
The store: sealed rows in an ordinary SQLite file, an index in memory, and an outbox sealed to the agency.
"""

from .anchor import Anchor, Standing
from .entry import Entry, Found, Indexing
from .head import Rollback
from .outbox import Outbox, list_locked
from .store import Store, discard
from .transaction import Transaction

__all__ = [
    "Anchor",
    "Entry",
    "Found",
    "Indexing",
    "Outbox",
    "Rollback",
    "Standing",
    "Store",
    "Transaction",
    "discard",
    "list_locked",
]
