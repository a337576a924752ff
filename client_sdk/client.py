"""
The tablet: the one face that an app sees.

    tablet = Tablet.unlock(path, secret=pin)
    with tablet.edit(client, reason="home visit") as edit:
        edit.update(client, preferred_name="Rosa")
    tablet.sync()

Everything works offline but `enrol`, `enrol_again` and `sync`. It may be used from any thread: reads and
saves take turns, the network is waited for outside of them, and callbacks come where `dispatch_with` says.
When it locks (by `lock`, or by itself after a time without a touch) every call raises `Locked`, and the
background sync ends.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Self

from . import enrolment, opening
from .clock import Providers
from .desk import Desk
from .errors import Locked
from .exchange import Progress
from .settings import TabletSettings
from .status import Status, status_of
from .syncing import Syncing
from .transport import Transport
from .vault import DeviceSecrets
from .watch import Callback, Dispatcher, Watchers
from .working import Working


class Tablet(Working):
    """An unlocked tablet. Made by `enrol` or `unlock`, ended by `lock`."""

    def __init__(
        self,
        desk: Desk,
        watchers: Watchers,
        settings: TabletSettings,
        transport: Transport | None,
    ) -> None:
        """Use `enrol` or `unlock`."""
        self._desk = desk
        self._watchers = watchers
        self._settings = settings
        offset_ms = desk.replica.heard.value.offset_ms
        way = transport or opening.connect(desk.identity, desk.providers, offset_ms)
        self._syncing = Syncing(desk, way, settings)
        self._locked = False
        self._touched_s = desk.providers.monotonic_s()

    @classmethod
    def enrol(
        cls,
        path: str | Path,
        *,
        server: str,
        code: str,
        secret: str,
        label: str | None = None,
        authority_pem: str | None = None,
        plain_http: bool = False,
        settings: TabletSettings | None = None,
        providers: Providers | None = None,
        device_secrets: DeviceSecrets | None = None,
        transport: Transport | None = None,
    ) -> Self:
        """
        Make this folder a tablet of an agency: once, online.

        Args:
            path: The tablet's own folder.
            server: The address of the agency's server, `https://…`.
            code: The one-time code that somebody at the agency made.
            secret: A PIN, or a passphrase where this machine keeps no device secret.
            label: What the office calls this tablet.
            authority_pem: The agency's own certificate authority; then no other is trusted.
            plain_http: Allow `http://` to this machine.
            settings: How the tablet behaves.
            providers: Time, randomness and the cost of a guess; by default the machine's.
            device_secrets: Where a PIN's device secret is kept; by default the machine's keyring.
            transport: Another way to the server.

        Raises:
            WeakSecret, NoDeviceSecret: Choose another secret.
            Offline, Refused: The server was not reached, or does not take the code.
        """
        on = opening.machine(secret, providers, device_secrets)
        place = enrolment.Place(server, authority_pem, plain_http)
        way = transport or opening.connect(place, on.providers)
        opening.make(Path(path), secret, code, place, way, on, label)
        return cls.unlock(
            path,
            secret=secret,
            settings=settings,
            providers=on.providers,
            device_secrets=on.device_secrets,
            transport=transport,
        )

    @classmethod
    def unlock(
        cls,
        path: str | Path,
        *,
        secret: str,
        settings: TabletSettings | None = None,
        providers: Providers | None = None,
        device_secrets: DeviceSecrets | None = None,
        transport: Transport | None = None,
    ) -> Self:
        """
        Open the tablet in this folder: every day, offline.

        Raises:
            WrongSecret, RecoveryNeeded: The secret does not open it, or none does any more.
            Tampered, InUse: The files are damaged, or another program has them open.
        """
        on = opening.machine(secret, providers, device_secrets)
        watchers = Watchers()
        desk = opening.open_desk(Path(path), secret, on, watchers)
        return cls(desk, watchers, settings or TabletSettings(), transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.lock()

    # Syncing

    def status(self) -> Status:
        """How this tablet stands."""
        return status_of(self._open(), self._syncing.last_error)

    def watch(self, type_: str, callback: Callback) -> Callable[[], None]:
        """Call back with what changed of a type (`*` for all), once a save or a page; the result ends it."""
        self._open()
        return self._watchers.watch(type_, callback)

    def dispatch_with(self, dispatcher: Dispatcher | None) -> None:
        """Run callbacks by this function; without one they come on a thread of their own."""
        self._watchers.dispatch_with(dispatcher)

    def sync(self, progress: Callable[[Progress], None] | None = None) -> Progress:
        """
        Send what is here and get what is new. May stop at any byte, and goes on where it stopped.

        Args:
            progress: Called after each message.

        Raises:
            Offline: The network failed; what was settled so far stands.
            Revoked: The server gives this tablet nothing any more.
            Refused: The server takes nothing from this tablet now.
            Locked: The tablet was locked meanwhile.
        """
        self._open()
        return self._syncing.run(progress or _nobody, lambda: self._locked)

    def start_background(self) -> None:
        """Sync every now and then, soon after each save, and later when the network fails."""
        self._open()
        self._syncing.start(self.sync)

    def stop_background(self) -> None:
        """End it, and wait for the message that is under way."""
        self._syncing.stop()

    def enrol_again(self, code: str, *, label: str | None = None) -> int:
        """
        Go on under a new device key, when the server takes no more from the old one. The store stays.

        Args:
            code: Another one-time code for the same worker.
            label: What the office calls this tablet.

        Returns:
            How many unsettled saves were issued anew, with their writes, moments and names.

        Raises:
            Offline, Refused: As in `enrol`; nothing has changed here.
        """
        self._open(touch=True)
        return self._syncing.take_over(code, label)

    # Locking

    @property
    def locked(self) -> bool:
        """Whether it was locked."""
        return self._locked

    def touch(self) -> None:
        """Somebody is using the tablet."""
        self._open(touch=True)

    def lock_if_idle(self) -> bool:
        """Lock when nobody has touched the tablet for `idle_s`; whether it is locked now."""
        idle_s = self._desk.providers.monotonic_s() - self._touched_s
        if not self._locked and idle_s >= self._settings.idle_s:
            self.lock()
        return self._locked

    def lock(self) -> None:
        """Forget the keys. What is saved is saved; a message under way is not waited for and settles nothing."""
        self._locked = True
        self._syncing.let_end()
        try:
            self._desk.close()
        finally:
            # Whatever the disk says to the last that the store writes, the keys go.
            self._desk.vault.lock()
            self._watchers.close()

    def change_secret(self, old: str, new: str) -> None:
        """
        Set another PIN or passphrase.

        Raises:
            WrongSecret, WeakSecret, NoDeviceSecret: Nothing has changed.
        """
        self._open(touch=True)
        self._desk.vault.change_secret(old, new)

    def _open(self, *, touch: bool = False) -> Desk:
        if self.lock_if_idle():
            raise Locked("the tablet is locked")
        if touch:
            self._touched_s = self._desk.providers.monotonic_s()
        return self._desk


def _nobody(_: Progress) -> None:
    """Nobody watches the progress."""
