"""
Syncing: the exchanges of an unlocked tablet, one at a time, asked for or in the background.

How one exchange goes is in `exchange`; how often the background asks for one is in `background`.
"""

import threading
from collections.abc import Callable

import casework
from sync import Link, Tablet, encode_bytes

from . import opening
from .background import Background, Pace
from .desk import Desk
from .errors import ClientError
from .exchange import Conversation, Progress
from .replica import Received, pending
from .settings import APP, TabletSettings
from .transport import DeviceKey, Transport


class Syncing:
    """What a tablet has to do with its server."""

    def __init__(self, desk: Desk, transport: Transport, settings: TabletSettings) -> None:
        """Nothing is sent before it is asked for."""
        self.link = Link()
        """What the link was last seen to carry."""
        self._desk = desk
        self._transport = transport
        self._settings = settings
        self._exchanging = threading.Lock()
        self._background: Background | None = None

    @property
    def last_error(self) -> ClientError | None:
        """Why the last exchange in the background failed."""
        return None if self._background is None else self._background.last_error

    def run(self, progress: Callable[[Progress], None], stopped: Callable[[], bool]) -> Progress:
        """One exchange; the errors are those of `Tablet.sync`."""
        desk = self._desk
        with self._exchanging:
            conversation = Conversation(
                desk.replica,
                self._transport,
                DeviceKey(desk.identity.device, desk.vault.sign),
                desk.providers,
                self._about,
                self.link,
                desk.turn,
                self._tell,
                lambda names: setattr(desk, "in_flight", names),
            )
            try:
                done = conversation.run(progress, stopped)
            finally:
                self.link = conversation.link
            if done.complete and desk.store.rollback is not None:
                desk.store.forget_rollback()
        return done

    def start(self, sync: Callable[[], object]) -> None:
        """Sync in the background from now on, soon after each save."""
        if self._background is None or self._background.stopped:
            self._background = Background(sync, Pace(self._settings, self._desk.providers))
            self._desk.on_saved = self._background.wake

    def stop(self) -> None:
        """End the background, and wait for the message that is under way."""
        background, self._background = self._background, None
        if background is not None:
            background.stop()
            background.join()

    def let_end(self) -> None:
        """End the background, and wait for nothing."""
        if self._background is not None:
            self._background.stop()

    def take_over(self, code: str, label: str | None) -> int:
        """Go on under a new device key; see `Tablet.enrol_again`."""
        with self._exchanging:
            return opening.take_over(self._desk, self._transport, code, label)

    def _about(self) -> Tablet:
        store = self._desk.store
        anchor, back = store.anchor(), store.rollback
        # The sequence goes on beyond the anchor's after a rollback; the server must hear how old the file was.
        sequence = anchor.sequence if back is None else back.file_sequence
        return Tablet(
            schema=casework.SCHEMA,
            app=APP,
            clock=self._desk.providers.now_ms(),
            pending=len(pending(self._desk.replica)),
            anchor=f"{sequence}.{encode_bytes(anchor.seal)}",
        )

    def _tell(self, received: Received) -> None:
        self._desk.tell(received.records, received.left)
