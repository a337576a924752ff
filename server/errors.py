"""
What the server refuses, by what to do about it.

    ServerError
    ├── UnknownDevice        401  no such key, or the signature is not its own: enrol
    │   ├── Stale            401  signed too long ago or ahead: correct the clock by `clock_ms`, sign again
    │   └── Replayed         401  this very request was seen before: sign again
    ├── NotAssigned          403  the person may not touch this
    │   ├── Suspended        403  the device waits for an administrator, after a restore for example
    │   └── CodeRefused      403  an enrolment code that is unknown, used or too old: ask for a new one
    ├── HistoryChanged       409  the server was restored: go back to `cursor`
    ├── AlreadyEnrolled      409  this key belongs to a device already
    ├── Overtaken            409  somebody acted on it since it was shown: read `deeds`, look again, decide again
    ├── Refused              422  what was asked for breaks the rule that the message names
    ├── Unreadable           400  the request breaks the format named by `rule`
    ├── TooLarge             413  a bound is passed: `bound` names it, `limit` is its number
    ├── Busy                 503  the database had no turn for us: again after `wait_s`
    ├── NoSpace              503  the disk of the database takes nothing more: nothing was written
    ├── Unready              503  a part that the server stands on, named by `part`, does not answer
    ├── KeyDestroyed         410  the subject was erased: its content is gone for good
    └── Unopenable           500  a sealed value does not open: a wrong key, or tampering

Errors carry evidence for the caller, never a client's data; `api.problems` says what leaves the server.
"""

from collections.abc import Sequence


class ServerError(Exception):
    """Anything that the server refuses."""


class UnknownDevice(ServerError):
    """No device has this key, or the signature is not by it. Which of the two is not told."""


class Stale(UnknownDevice):
    """The request was signed too long ago, or ahead of time."""

    def __init__(self, clock_ms: int) -> None:
        super().__init__("the request was signed too long ago or ahead of time")
        self.clock_ms = clock_ms


class Replayed(UnknownDevice):
    """A request with this nonce has been seen."""


class NotAssigned(ServerError):
    """The person has no right to this; `subject` is an id where one was asked for."""

    def __init__(self, rule: str = "the person has no right to this", subject: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.subject = subject


class Suspended(NotAssigned):
    """The device exists and waits for an administrator."""

    def __init__(self) -> None:
        super().__init__("a suspended device is confirmed by an administrator")


class CodeRefused(NotAssigned):
    """An enrolment code that opens nothing. Whether it ever existed is not told."""

    def __init__(self) -> None:
        super().__init__("an enrolment code is good once, for 24 hours")


class HistoryChanged(ServerError):
    """The server's history is not the one that the tablet knows; `cursor` still matches."""

    def __init__(self, epoch: str, cursor: str | None = None) -> None:
        super().__init__(f"epoch {epoch} holds now")
        self.epoch = epoch
        self.cursor = cursor


class AlreadyEnrolled(ServerError):
    """The public key belongs to a device already; a store has a key of its own."""


class Overtaken(ServerError):
    """Somebody acted on what was shown, so it is not what the person decided about; `deeds` say who and what."""

    def __init__(self, deeds: Sequence[object]) -> None:
        super().__init__("somebody has acted on this since it was shown")
        self.deeds = tuple(deeds)


class Refused(ServerError):
    """What was asked for cannot be done; `rule` says why, in ids and names of fields."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Unreadable(ServerError):
    """The request breaks a rule of its format."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class TooLarge(ServerError):
    """A bound is passed."""

    def __init__(self, bound: str, limit: int) -> None:
        super().__init__(f"{bound} is {limit}")
        self.bound = bound
        self.limit = limit


class Busy(ServerError):
    """Others kept the database occupied until our patience ended."""

    def __init__(self, wait_s: int = 5) -> None:
        super().__init__(f"try again after {wait_s} s")
        self.wait_s = wait_s


class NoSpace(ServerError):
    """The disk of the database takes nothing more; what was to be written was not, all of it."""

    def __init__(self) -> None:
        super().__init__("the disk of the database is full: nothing was written")


class Unready(ServerError):
    """A part that the server stands on does not answer, or is behind."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is not ready")
        self.part = part


class KeyDestroyed(ServerError):
    """The subject was erased: whatever was sealed for it stays sealed for ever."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"the key of subject {subject} was destroyed")
        self.subject = subject


class Unopenable(ServerError):
    """A sealed value does not open: another key, or changed bytes."""

    def __init__(self, agency: str, subject: str) -> None:
        super().__init__(f"a value of subject {subject} in agency {agency} does not open")
        self.agency = agency
        self.subject = subject
