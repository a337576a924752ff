"""
Damage: one save, and what somebody does to the file who knows SQLite.
"""

import sqlite3


def put(store, **values):
    """One save."""
    with store.transaction() as tx:
        for key, value in values.items():
            tx.put("row", key, value)


def spoil(shelf, *statements):
    """Change the file as someone would who knows SQLite."""
    db = sqlite3.connect(shelf.file, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()
