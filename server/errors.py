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
    ├── Unreadable           400  the request breaks the format named by `rule`
    ├── TooLarge             413  a bound is passed: `bound` names it, `limit` is its number
    ├── Busy                 503  the database had no turn for us: again after `wait_s`
    ├── Unready              503  a part that the server stands on, named by `part`, does not answer
    ├── KeyDestroyed         410  the subject was erased: its content is gone for good
    └── Unopenable           500  a sealed value does not open: a wrong key, or tampering

Errors carry evidence for the caller, never a client's data. `evidence()` is what leaves the server.
"""

from typing import ClassVar

Evidence = dict[str, str | int]


class ServerError(Exception):
    """Anything that the server refuses: `status` and `code` are its face to the outside."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request is refused"

    def evidence(self) -> Evidence:
        """What the caller needs to act on it."""
        return {}


class UnknownDevice(ServerError):
    """No device has this key, or the signature is not by it. Which of the two is not told."""

    status = 401
    code = "unknown-device"
    title = "The request is not signed by a device known here"


class Stale(UnknownDevice):
    """The request was signed too long ago, or ahead of time."""

    code = "stale-request"
    title = "The request was signed too long ago or ahead of time"

    def __init__(self, clock_ms: int) -> None:
        super().__init__(self.title)
        self.clock_ms = clock_ms

    def evidence(self) -> Evidence:
        """The server's clock, by which the tablet corrects its own."""
        return {"clock": self.clock_ms}


class Replayed(UnknownDevice):
    """A request with this nonce has been seen."""

    code = "replayed-request"
    title = "This very request was seen before"


class NotAssigned(ServerError):
    """The person has no right to this; `subject` is an id where one was asked for."""

    status = 403
    code = "not-assigned"
    title = "You may not do this"

    def __init__(self, rule: str = "the person has no right to this", subject: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.subject = subject

    def evidence(self) -> Evidence:
        """The rule, and the subject's id."""
        return {"rule": self.rule} if self.subject is None else {"rule": self.rule, "subject": self.subject}


class Suspended(NotAssigned):
    """The device exists and waits for an administrator."""

    code = "suspended"
    title = "The device waits for an administrator to confirm it"

    def __init__(self) -> None:
        super().__init__("a suspended device is confirmed by an administrator")


class CodeRefused(NotAssigned):
    """An enrolment code that opens nothing. Whether it ever existed is not told."""

    code = "code-refused"
    title = "The enrolment code is unknown, used or too old"

    def __init__(self) -> None:
        super().__init__("an enrolment code is good once, for 24 hours")


class HistoryChanged(ServerError):
    """The server's history is not the one that the tablet knows; `cursor` still matches."""

    status = 409
    code = "history-changed"
    title = "The server was restored from a backup"

    def __init__(self, epoch: int | str, cursor: str) -> None:
        super().__init__(self.title)
        self.epoch = epoch
        self.cursor = cursor

    def evidence(self) -> Evidence:
        """The epoch that holds now, and the cursor to go back to (empty: from the start)."""
        return {"epoch": self.epoch, "cursor": self.cursor}


class AlreadyEnrolled(ServerError):
    """The public key belongs to a device already; a store has a key of its own."""

    status = 409
    code = "already-enrolled"
    title = "This key belongs to a device already"


class Unreadable(ServerError):
    """The request breaks a rule of its format."""

    code = "unreadable"
    title = "The request cannot be read"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule

    def evidence(self) -> Evidence:
        """The rule that is broken."""
        return {"rule": self.rule}


class TooLarge(ServerError):
    """A bound is passed."""

    status = 413
    code = "too-large"
    title = "The request is larger than a bound allows"

    def __init__(self, bound: str, limit: int) -> None:
        super().__init__(f"{bound} is {limit}")
        self.bound = bound
        self.limit = limit

    def evidence(self) -> Evidence:
        """The bound's name and number."""
        return {"bound": self.bound, "limit": self.limit}


class Busy(ServerError):
    """Others kept the database occupied until our patience ended."""

    status = 503
    code = "busy"
    title = "The server is busy"

    def __init__(self, wait_s: int = 5) -> None:
        super().__init__(f"try again after {wait_s} s")
        self.wait_s = wait_s

    def evidence(self) -> Evidence:
        """Seconds to wait before trying again."""
        return {"wait_s": self.wait_s}


class Unready(ServerError):
    """A part that the server stands on does not answer, or is behind."""

    status = 503
    code = "unready"
    title = "The server is not ready"

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is not ready")
        self.part = part

    def evidence(self) -> Evidence:
        """The part's name."""
        return {"part": self.part}


class KeyDestroyed(ServerError):
    """The subject was erased: whatever was sealed for it stays sealed for ever."""

    status = 410
    code = "erased"
    title = "The subject was erased"

    def __init__(self, subject: str) -> None:
        super().__init__(f"the key of subject {subject} was destroyed")
        self.subject = subject

    def evidence(self) -> Evidence:
        """The subject's id."""
        return {"subject": self.subject}


class Unopenable(ServerError):
    """A sealed value does not open: another key, or changed bytes."""

    status = 500
    code = "unopenable"
    title = "A sealed value does not open"

    def __init__(self, agency: str, subject: str) -> None:
        super().__init__(f"a value of subject {subject} in agency {agency} does not open")
        self.agency = agency
        self.subject = subject
