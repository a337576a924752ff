"""
What can be wrong with bytes that arrive.

    SyncError
    ├── Malformed      the bytes are not what the format says: the sender's mistake, they are kept as held
    ├── Oversize       a bound of `limits` is passed: the sender must send less
    └── BadSignature   the bytes were not signed by the key that they claim

A conflict is not an error: it is a result, see `rules.Shown`.
"""


class SyncError(Exception):
    """Anything that this room refuses."""


class Malformed(SyncError):
    """The bytes break the format; `rule` names what they break, never their content."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Oversize(SyncError):
    """A bound is passed: `bound` is its name in `limits`, `limit` its number."""

    def __init__(self, bound: str, limit: int, found: int) -> None:
        super().__init__(f"{bound} is {limit}, found {found}")
        self.bound = bound
        self.limit = limit
        self.found = found


class BadSignature(SyncError):
    """A signature does not belong to the bytes and the key of `device`."""

    def __init__(self, device: str) -> None:
        super().__init__(f"the signature is not by device {device}")
        self.device = device
