"""
Custody: where the work on a record is, told truly.

*Sent* means given to the network without an answer, and no more. A record is as safe as the least safe of
its work.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from .replica import Own


class Custody(StrEnum):
    """Who has it."""

    TABLET_ONLY = "on this tablet only"
    SENT = "sent"
    """Given to the network; nobody has answered."""
    AWAITING = "received, awaiting decision"
    """The server has it, and a person decides whether it goes into the record."""
    RECEIVED = "received"


def custody_of(work: Iterable[Own], given: Collection[str], *, has_draft: bool = False) -> Custody:
    """
    The custody of a record.

    Args:
        work: The tablet's own changesets that touch it and are not yet part of what is shown from the server.
        given: Names that were given to the network without an answer.
        has_draft: Something half-typed belongs to it.
    """
    found = {_of(own, given) for own in work}
    if has_draft:
        found.add(Custody.TABLET_ONLY)
    return next((custody for custody in Custody if custody in found), Custody.RECEIVED)


def _of(own: Own, given: Collection[str]) -> Custody:
    if own.position == 0:
        return Custody.SENT if own.name in given else Custody.TABLET_ONLY
    return Custody.AWAITING if own.held and not own.decision else Custody.RECEIVED
