"""
A tablet's replica without its facade: a real sealed store, a model of the server, and a clock that is ours.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import RLock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import Providers
from client_sdk.exchange import Conversation, Progress
from client_sdk.replica import Hand, Own, Proposal, Received, Replica, StoreShelf, pending, save
from client_sdk.store import Entry, Indexing, Store
from client_sdk.transport import DeviceKey
from client_sdk.vault.keys import Keys
from sync import Json, Link, Prefix, Record, Rule, Tablet, Write, ask, digest_id, latest, once, safest, view
from sync.record import RecordView

from .model import AGENCY, NOW, Model
from .wire import Wire

ANA = "ana"
RULES: dict[str, Rule] = {"risk": safest("low", "high"), "born": ask(), "begun": once()}


def rule_of(type_: str, unit: str) -> Rule:
    """The rules of the records in these tests."""
    return RULES.get(unit, latest())


@dataclass
class Time:
    """A clock that moves when told."""

    ms: int = NOW
    s: float = 0.0

    def now_ms(self) -> int:
        """The wall clock."""
        return self.ms

    def monotonic_s(self) -> float:
        """Seconds that never go back."""
        return self.s


def entropy() -> Callable[[int], bytes]:
    """Bytes that differ each time, and are the same in each run."""
    turn = count(1)
    return lambda size: next(turn).to_bytes(size, "big")


def _entry(kind: str, key: str, value: Json) -> Entry | None:
    if kind not in ("record", "staged") or not isinstance(value, dict):
        return None
    subject = value.get("subject") or value.get("s")
    type_, _, id_ = key.partition("/")
    return Entry(type_, id_, str(subject))


@dataclass
class Kit:
    """One tablet."""

    folder: Path
    model: Model
    wire: Wire
    time: Time
    keys: Keys
    agency_key: bytes
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    worker: str = ANA
    received: list[Received] = field(default_factory=list)
    link: Link = field(default_factory=Link)
    lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self.entropy = entropy()
        self.providers = Providers(now_ms=self.time.now_ms, monotonic_s=self.time.monotonic_s)
        self.store = Store.create(
            self.folder,
            self.keys,
            agency_key=self.agency_key,
            providers=self.providers,
            indexing=Indexing(entry=_entry),
        )
        self.open()
        with self.replica.transaction():
            self.replica.place.value = replace(self.replica.place.value, epoch=self.model.state.epoch)

    def open(self) -> None:
        """Load everything from the store again, as at an unlock."""
        self.replica = Replica(StoreShelf(self.store), rule_of, _about, lambda type_: type_ == "risk_flag")
        self.model.know(self.device.id, self.worker)

    @property
    def device(self) -> DeviceKey:
        """The device as it signs now."""
        return DeviceKey(digest_id(self.key.public_key().public_bytes_raw()), self.key.sign)

    @property
    def hand(self) -> Hand:
        """Who saves."""
        return Hand(
            Prefix(AGENCY, self.device.id, self.worker), 1, self.key.sign, self.entropy, self.time.now_ms
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The writer's turn."""
        with self.lock:
            yield

    def save(self, subject: str, *writes: Write, settles: bool = False, reason: str | None = None) -> Own:
        """One save of several writes."""
        with self.turn(), self.replica.transaction():
            return save(self.replica, self.hand, Proposal(subject, writes, reason, settles))

    def set(self, subject: str, unit: str, value: Json, *, type_: str = "client", id_: str = "") -> Own:
        """One unit, over all that is shown."""
        id_ = id_ or subject
        shown = self.view(type_, id_)
        over = () if shown is None else shown.over(unit)
        return self.save(subject, Write(type_, id_, unit, over, value))

    def view(self, type_: str, id_: str) -> RecordView | None:
        """What is shown of a record."""
        record = self.replica.record((type_, id_))
        return None if record is None else view(record, rule_of)

    def value(self, subject: str, unit: str) -> Json:
        """What is shown of a unit of a client."""
        shown = self.view("client", subject)
        return None if shown is None else shown.value(unit)

    def converse(self, **more: object) -> Conversation:
        """An exchange that has not begun."""
        return Conversation(
            self.replica,
            self.wire,
            self.device,
            self.providers,
            self._tablet,
            self.link,
            self.turn,
            self.received.append,
            lambda names: None,
        )

    def sync(self) -> Progress:
        """Exchange to the end."""
        return self.converse().run(lambda progress: None, lambda: False)

    def open_names(self) -> list[str]:
        """Names of what no outcome has settled."""
        return [part.name for part in pending(self.replica)]

    def _tablet(self) -> Tablet:
        return Tablet(1, "0.1.0", self.time.ms, len(self.open_names()), "")


def _about(views: object) -> dict[str, Json]:
    assert isinstance(views, list)
    return {"risk": max((str(shown.value("risk")) for shown in views), default=None)}


def kit(folder: Path, *, rows_a_page: int = 1000) -> Kit:
    """A tablet; `close` it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    private = X25519PrivateKey.generate()
    model = Model(rule_of, private.private_bytes_raw(), rows_a_page)
    keys = Keys(bytes(range(32)), bytes(16))
    return Kit(folder, model, Wire(model), Time(), keys, private.public_key().public_bytes_raw())


def write(subject: str, unit: str, value: Json, *over: str, type_: str = "client", id_: str = "") -> Write:
    """One write."""
    return Write(type_, id_ or subject, unit, over, value)


def server_state(tablet: Kit, subject: str) -> dict[tuple[str, str], Record]:
    """What the tablet has of the server's state, without its own work."""
    keys = tablet.replica.records.of_subject(subject)
    rows = {key: tablet.replica.records.get(key) for key in keys}
    return {key: row.server for key, row in rows.items() if row is not None and row.server is not None}
