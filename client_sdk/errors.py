"""
What can go wrong on a tablet, split by what the caller can do about it.

    ClientError
    ├─ Locked              ask for the secret again, or for help
    │  ├─ WrongSecret      wait `wait_s`, then try again
    │  │  └─ TooSoon       not even tried: the delay is not over
    │  ├─ RecoveryNeeded   no secret opens this any more; the agency's recovery does
    │  ├─ LeaseExpired     sync first
    │  └─ Wiped            nothing is left to open
    ├─ Tampered            stop: a file is not what this tablet wrote
    ├─ Offline             try again later
    ├─ Revoked             this tablet is no longer trusted
    └─ Refused             what was asked breaks a rule, which the text names
       ├─ WeakSecret       choose a better one
       ├─ NoDeviceSecret   this machine keeps no device secret: choose a passphrase
       ├─ InUse            another program has this store open
       └─ NoSpace          the disk would not take it; nothing was changed

Evidence is ids, sequences and sizes, never a client's data.
"""

from collections.abc import Mapping


class ClientError(Exception):
    """Something a tablet could not do."""


class Locked(ClientError):
    """The vault is closed."""


class WrongSecret(Locked):
    """The PIN or passphrase does not open this vault."""

    def __init__(self, *, wait_s: int, tries_left: int | None) -> None:
        """
        Tell what is left.

        Args:
            wait_s: Seconds until the next try is allowed, 0 for at once.
            tries_left: Tries until the device secret is destroyed; None where nothing is ever destroyed.
        """
        super().__init__(self._text(wait_s, tries_left))
        self.wait_s = wait_s
        self.tries_left = tries_left

    def _text(self, wait_s: int, tries_left: int | None) -> str:
        left = "" if tries_left is None else f"; {tries_left} tries are left"
        wait = f"; wait {wait_s} s before the next try" if wait_s else ""
        return f"wrong PIN or passphrase{wait}{left}"


class TooSoon(WrongSecret):
    """A try came before the delay was over. It was not looked at and does not count."""

    def _text(self, wait_s: int, tries_left: int | None) -> str:
        return f"too many wrong tries; the next one is allowed in {wait_s} s"


class RecoveryNeeded(Locked):
    """The device secret is gone, so no PIN can open the vault: only the agency's recovery slot is left."""


class LeaseExpired(Locked):
    """The agency's permission to open this store has run out."""

    def __init__(self, until_ms: int) -> None:
        super().__init__("the lease of this tablet has run out; sync to renew it")
        self.until_ms = until_ms


class Wiped(Locked):
    """The keys of this store were destroyed."""


class Tampered(ClientError):
    """A file is damaged or was changed by someone without the keys."""

    def __init__(self, what: str, **evidence: int | str) -> None:
        """Name the thing and the rule in `what`; `evidence` holds ids, sequences, counts."""
        super().__init__(what)
        self.evidence: Mapping[str, int | str] = evidence


class Offline(ClientError):
    """The server was not reached."""

    def __init__(self, text: str, *, retry: bool = True) -> None:
        super().__init__(text)
        self.retry = retry


class Revoked(ClientError):
    """The server no longer trusts this tablet."""


class Refused(ClientError):
    """What was asked breaks a rule."""


class WeakSecret(Refused):
    """The PIN or passphrase is too easy to guess."""


class NoDeviceSecret(Refused):
    """A PIN was asked for where no device secret is kept."""


class InUse(Refused):
    """Another program has this store open."""


class NoSpace(Refused):
    """The disk did not take a save. The store is as it was before."""
