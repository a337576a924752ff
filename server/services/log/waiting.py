"""
Waiting: what a device sent before its predecessor has arrived. It lies outside the log and has no position.
"""

from typing import Final

from sqlalchemy import bindparam, delete, select

from sync.wire import read_line

from ...db import table_of
from ...tables.held import WaitingRow
from .book import Book
from .incoming import Incoming, Signatory, receive

WAITING: Final = b"waiting"
"""The context under which a waiting line is sealed."""

_waiting = table_of(WaitingRow)
_HERE = (_waiting.c.agency == bindparam("a")) & (_waiting.c.device == bindparam("d"))
ANY: Final = select(_waiting.c.id).where(_HERE).exists()
"""Whether something of the device `d` of the agency `a` waits."""

_READ = select(_waiting.c.author, _waiting.c.box).where(_HERE).order_by(_waiting.c.seq)
_FORGET = delete(_waiting).where(_HERE, _waiting.c.id == bindparam("i"))
_REPLACE = delete(_waiting).where(_waiting.c.agency == bindparam("a"), _waiting.c.name == bindparam("n"))


class Waiting:
    """The changesets of one device that wait, in the writing transaction; nothing is asked where there are `none`."""

    def __init__(self, book: Book, sender: Signatory, *, none: bool) -> None:
        self._book = book
        self._sender = sender.prefix
        self._here = {"a": book.agency, "d": self._sender.device}
        rows = [] if none else book.session.execute(_READ, self._here).all()
        lines = [book.sealer.open(book.agency, row.author, WAITING, row.box) for row in rows]
        self._items = {item.id: item for item in receive(sender, [read_line(line) for line in lines])}

    def keep(self, item: Incoming) -> str:
        """
        Let a changeset wait, or wait on.

        Returns:
            The id that the whole row of waiting ones before this one waits for.
        """
        if item.id not in self._items:
            self._items[item.id] = item
            row = {
                "agency": self._book.agency,
                "device": self._sender.device,
                "id": item.id,
                "name": item.name,
                "prev": _prev(item),
                "seq": 0 if item.changeset is None else item.changeset.seq,
                "author": self._sender.author,
                "box": self._book.sealer.seal(self._book.agency, self._sender.author, WAITING, item.line),
            }
            self._book.session.execute(_waiting.insert().values(row))
        missing = _prev(item)
        while (before := self._items.get(missing)) is not None:
            missing = _prev(before)
        return missing

    def behind(self, id_: str) -> list[Incoming]:
        """What waits for this one, and need wait no longer once it has its outcome."""
        if id_ in self._items:
            return []
        return [item for item in self._items.values() if _prev(item) == id_]

    def forget(self, item: Incoming) -> None:
        """A changeset has its outcome: it waits no longer, if it did."""
        if self._items.pop(item.id, None) is not None:
            self._book.session.execute(_FORGET, self._here | {"i": item.id})

    def replace(self, name: str) -> None:
        """A re-issue takes the place of its original that waits, on whatever device."""
        self._book.session.execute(_REPLACE, {"a": self._book.agency, "n": name})
        self._items = {id_: item for id_, item in self._items.items() if item.name != name}


def _prev(item: Incoming) -> str:
    return "" if item.changeset is None else item.changeset.prev
