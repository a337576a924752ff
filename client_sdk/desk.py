"""
The desk: what lies open while a tablet is unlocked, shared by everything that reads and writes.

One lock makes turns: one writer at a time, and readers who never see half a save. The network is used
outside of it, so nobody waits for a server. When the tablet locks, the desk is closed, and every turn from
then on is refused.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import casework
from casework.instruments import Library
from sync import RecordView, view

from .clock import Providers
from .custody import Custody, custody_of
from .errors import Locked
from .replica import Hand, Own, Proposal, RecordKey, Replica, StoreShelf, Touched, erase_left, save
from .settings import Identity
from .store import Store
from .vault import Vault
from .watch import Changed, Watchers


class Desk:
    """An unlocked tablet's store and replica."""

    def __init__(self, store: Store, vault: Vault, providers: Providers, watchers: Watchers) -> None:
        self.store = store
        self.providers = providers
        self.watchers = watchers
        self.replica = Replica(
            StoreShelf(store), casework.rule_of, casework.subject_columns, _speaks_of_subject
        )
        self.vault = vault
        self.identity = Identity.from_json(store.get("identity", "-"))
        self.in_flight: Collection[str] = ()
        """Names of changesets that are on their way to the server."""
        self.on_saved: Callable[[], None] | None = None
        """Called after each save."""
        self.library: tuple[object, Library] | None = None
        """The instruments that can be asked, and what they were made of."""
        self._lock = threading.RLock()
        self._closed = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        One reader or writer at a time.

        Raises:
            Locked: The tablet was locked.
        """
        with self._lock:
            if self._closed:
                raise Locked("the tablet is locked")
            yield

    @contextmanager
    def change(self) -> Iterator[Touched]:
        """One transaction in a turn; watchers are told when it is stored."""
        with self.turn():
            with self.replica.transaction() as touched:
                yield touched
            self.tell(touched.records, touched.left)

    def view(self, key: RecordKey) -> RecordView | None:
        """What is shown of a record; none where nothing is."""
        with self.turn():
            record = self.replica.record(key)
        return None if record is None else view(record, casework.rule_of)

    def hand(self) -> Hand:
        """Who saves."""
        return Hand(
            self.identity.prefix,
            casework.SCHEMA,
            self.vault.sign,
            self.providers.entropy,
            self.providers.now_ms,
        )

    def now_ms(self) -> int:
        """The time by the server's clock, as far as it is known."""
        return self.providers.now_ms() + self.replica.heard.value.offset_ms

    def moment(self) -> str:
        """That time as records keep it: ISO 8601 to the second, with the agency's offset."""
        return datetime.fromtimestamp(self.now_ms() // 1000, _zone(self.identity.time_zone)).isoformat()

    def commit(self, proposal: Proposal) -> Own:
        """Save; what comes back is stored."""
        with self.change():
            own = save(self.replica, self.hand(), proposal)
        if self.on_saved is not None:
            self.on_saved()
        return own

    def let_go(self) -> None:
        """Erase what only waited for the work here."""
        with self.change():
            erase_left(self.replica, self.now_ms())

    def custody(self, key: RecordKey, subject: str) -> Custody:
        """Who has the work on a record."""
        with self.turn():
            work = [own for own in self.replica.own.group(subject) if key in own.records]
            draft = self.replica.drafts.get("/".join(key))
            given = {*self.in_flight, *self.replica.given.value.names}
        return custody_of(work, given, has_draft=draft is not None)

    def tell(self, records: dict[RecordKey, str], left: Collection[str]) -> None:
        """Tell the watchers what shows something else than before."""
        gone = set(left)
        self.watchers.tell(Changed(*key, subject, subject in gone) for key, subject in records.items())

    def close(self) -> None:
        """Refuse every turn from now on, and let go of the store."""
        with self._lock:
            self._closed = True
            self.store.close()


def _zone(name: str) -> tzinfo:
    """A time zone; this machine may know fewer of them than the server."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _speaks_of_subject(type_: str) -> bool:
    """Whether records of a type say something in the row of their subject."""
    kind = casework.record_types().get(type_)
    return kind is not None and kind.about_subject.__func__ is not casework.Record.about_subject.__func__  # type: ignore[attr-defined]  # class methods have it
