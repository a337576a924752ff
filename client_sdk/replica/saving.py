"""
Saving: one changeset out of what somebody entered, in one transaction with everything that belongs to it.

The save is acknowledged when the transaction is: the changeset, its sealed envelope, the device's chain and
what is shown of the records stand together, or none of them does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync import Oversize, Prefix, Write, compose, signed_bytes, tick, write_line
from sync.changeset import SALT_BYTES
from sync.limits import CHANGESET_BYTES_MAX

from ..errors import Refused
from .replica import Replica
from .rows import Own

SAVE_BYTES_MAX: Final = CHANGESET_BYTES_MAX - 256
"""Bytes of a changeset at save: what is issued again under a new device key names the one it was."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who saves, and with what."""

    prefix: Prefix
    schema: int
    sign: Callable[[bytes], bytes]
    entropy: Callable[[int], bytes]
    now_ms: Callable[[], int]
    """The device's own clock."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody entered about one subject."""

    subject: str
    writes: Sequence[Write]
    reason: str | None = None
    settles: bool = False
    draft: str = ""
    """The key of the draft that this save finishes."""


def save(replica: Replica, hand: Hand, proposal: Proposal) -> Own:
    """
    Make, sign and keep a changeset, in a transaction of the caller's.

    Raises:
        Refused: It is larger than a changeset may be.
        Malformed: A value cannot be written.
    """
    chain = replica.chain.value
    wall = hand.now_ms()
    at = tick(chain.at, wall + replica.heard.value.offset_ms)
    try:
        made = compose(
            hand.prefix,
            subject=proposal.subject,
            seq=chain.seq + 1,
            prev=chain.prev,
            at=at,
            wall=wall,
            schema=hand.schema,
            salt=hand.entropy(SALT_BYTES),
            writes=proposal.writes,
            reason=proposal.reason,
            settles=proposal.settles,
        )
    except Oversize as error:
        raise too_large(error) from None
    if len(made.body) > SAVE_BYTES_MAX:
        raise Refused(f"this save is too large: SAVE_BYTES_MAX is {SAVE_BYTES_MAX}; save it in parts")
    line = write_line(hand.sign(signed_bytes(hand.prefix, made.body)), made.body)
    own = Own(made, chain.made + 1, line)
    replica.own.put(own.name, own)
    replica.chain.value = replace(chain, seq=made.seq, prev=made.id, at=at, made=own.order)
    replica.seal(own)
    replica.lay(own)
    if proposal.draft:
        replica.drafts.delete(proposal.draft)
    return own


def too_large(error: Oversize) -> Refused:
    """The bound that a save passes, as the worker's tablet says it."""
    return Refused(f"this save is too large: {error.bound} is {error.limit}; save it in parts")


def issue_again(replica: Replica, hand: Hand) -> int:
    """
    Issue all unsettled work anew under another device key, which begins a chain of its own.

    Each keeps its writes, its moment and its name, so that nobody conflicts with oneself.

    Returns:
        How many were issued.
    """
    unsettled = [own for own in replica.own.values() if own.position == 0]
    seq, prev = 0, ""
    for own in sorted(unsettled, key=lambda own: own.order):
        was = own.made
        made = compose(
            hand.prefix,
            subject=was.subject,
            seq=seq + 1,
            prev=prev,
            at=was.at,
            wall=was.wall,
            schema=was.schema,
            salt=hand.entropy(SALT_BYTES),
            writes=was.writes,
            reason=was.reason,
            settles=was.settles,
            was=was.name,
        )
        line = write_line(hand.sign(signed_bytes(hand.prefix, made.body)), made.body)
        issued = Own(made, own.order, line)
        replica.own.put(issued.name, issued)
        replica.drop_envelope(was.id)
        replica.seal(issued)
        seq, prev = made.seq, made.id
        for key in issued.records:
            replica.refresh(key, made.subject)
    replica.chain.value = replace(replica.chain.value, seq=seq, prev=prev)
    heard = replica.heard.value
    replica.heard.value = replace(heard, enrol_again=False, held_back=False)
    return len(unsettled)
