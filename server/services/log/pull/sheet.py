"""
A sheet: one page in the making.

It knows what the page holds so far, the bytes that are left, and the cursor behind the last row. Which row comes
next is for `entering` and `changes` to say.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from sync import Record, write_row

from ....crypto import Sealer
from ..cursor import Cursor
from ..records import ASKED_MAX
from .reader import Reader, changed_since

END: Final = "\uffff"
"""What stands behind every unit of a record, and behind every subject."""


class Full(Exception):
    """The page has no room for the next row."""


class Sheet:
    """One page in the making."""

    def __init__(
        self, session: Session, sealer: Sealer, reader: Reader, cursor: Cursor, page_bytes: int
    ) -> None:
        self.session = session
        self.sealer = sealer
        self.reader = reader
        self.start: Final = cursor
        self.cursor = cursor
        """Behind the last row."""
        self.rows: list[bytes] = []
        self.enter: list[str] = []
        """Subjects that begin on this page."""
        self.whole: list[str] = []
        """Subjects that end on it, and have not changed since they began."""
        self.changed = {access.subject: access for access in changed_since(session, reader, cursor.position)}
        """{subject: access} of all that changed for this worker since the cursor."""
        self._room = page_bytes

    def fits(self, line: bytes) -> bool:
        """Whether there is room for a row."""
        return len(line) + 1 <= self._room

    def add(self, line: bytes) -> None:
        """Put a row on the page."""
        self.rows.append(line)
        self._room -= len(line) + 1

    def add_units(self, record: Record, units: Sequence[str]) -> int:
        """
        Put as many units of one record on the page as fit, as one row.

        Returns:
            How many; an empty page takes one, however large it is.
        """
        if not units:
            return 0
        count = len(units)
        line = write_row(record, units)
        while count > 1 and not self.fits(line):
            count = max(1, count // 2)
            line = write_row(record, units[:count])
        if self.rows and not self.fits(line):
            return 0
        self.add(line)
        return count


def slices(parts: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Keys in lists that a statement takes."""
    return (parts[start : start + ASKED_MAX] for start in range(0, len(parts), ASKED_MAX))
