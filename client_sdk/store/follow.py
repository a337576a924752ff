"""
Following: bringing what is in memory up to the rows, a handful at a time, opening only rows that it lacks.

A *mirror* is the index or the text index. Whoever needs one and the background work on it together; each
handful is one turn of the writer, so a save waits for one handful at most. An image of a mirror that is not
yet whole is as good as any: what it lacks is found by comparing versions.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from threading import RLock
from typing import Final, Generic, Protocol, TypeVar

from .boxes import Row
from .digest import MARK_BYTES
from .images import Images
from .rows import Rows

HANDFUL: Final = 200
"""Rows opened in one turn: some ten milliseconds, which no one at a tablet notices."""
_NOT_WHOLE: Final = bytes(MARK_BYTES)


class Mirror(Protocol):
    """Something in memory that shows rows."""

    def put_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows in place of their old versions."""
        ...

    def remove(self, names: Iterable[int]) -> None:
        """Show these no more."""
        ...

    def versions(self) -> dict[int, int]:
        """{name: version} of what is shown."""
        ...

    def image(self) -> bytes:
        """The whole as bytes."""
        ...

    def close(self) -> None:
        """Forget everything."""
        ...


M = TypeVar("M", bound=Mirror)


class Followed(Generic[M]):
    """A mirror, and the names of rows that it still lacks. All but `ready` is called in the writer's turn."""

    def __init__(
        self,
        part: str,
        rows: Rows,
        turn: RLock,
        images: Images,
        make: Callable[[bytes | None], M],
    ) -> None:
        """
        Begin with the image that is there, or with nothing.

        Args:
            part: The image's name.
            rows: What to follow.
            turn: The writer's turn.
            images: Where images are kept.
            make: Makes the mirror out of an image, or an empty one.
        """
        self._part = part
        self._rows = rows
        self._turn = turn
        self._images = images
        stamp, image = images.read(part) or (_NOT_WHOLE, None)
        self._mirror = make(image)
        self._changed = False
        self._lacking: set[int] = set()
        if stamp != rows.seal():
            self._compare()
        self.lacked = len(self._lacking)
        """How many rows had to be opened because no image showed them."""

    def ready(self) -> M:
        """
        The mirror, once it shows every row.

        Raises:
            Tampered: A row does not open.
            Locked: The store was closed meanwhile.
        """
        while self._lacking:
            with self._turn:
                names = list(islice(self._lacking, HANDFUL))
                self._mirror.put_rows(self._rows.read(names))
                self._lacking.difference_update(names)
        return self._mirror

    def note(self, written: Iterable[int], removed: Iterable[int]) -> None:
        """Rows were written, to be opened when someone asks, or removed."""
        self._changed = True
        self._lacking.update(written)
        self._mirror.remove(removed)

    def now(self) -> M:
        """The mirror as it is, perhaps not whole."""
        return self._mirror

    def show(self, removed: Iterable[int]) -> M:
        """The mirror, to put what was just written into it at once; tells what was removed."""
        self._changed = True
        self._mirror.remove(removed)
        return self._mirror

    def save(self) -> None:
        """Keep an image, if there is something new in it."""
        if self._changed:
            self._images.write(
                self._part, _NOT_WHOLE if self._lacking else self._rows.seal(), self._mirror.image()
            )
            self._changed = False

    def close(self) -> None:
        """Forget everything."""
        self._mirror.close()

    def _compare(self) -> None:
        shown, wanted = self._mirror.versions(), self._rows.versions
        self._lacking.update(name for name, version in wanted.items() if shown.get(name) != version)
        self._mirror.remove([name for name in shown if name not in wanted])
        self._changed = True
