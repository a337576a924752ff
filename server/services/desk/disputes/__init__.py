"""
Disputes: one unit about which two people said different things, and what a person decides.

    queue(session, sealer, by)                          what waits, highest risk first
    read(session, sealer, by, key, unit)                the rivals, who said them when, over what, and what is shown
    settle(book, by, Settlement(...), providers)        take one, or say something else, with a reason

A *rival* is one value with everybody who said it. `Dispute.seen` goes into the form and comes back with the
decision: if anybody wrote in between, it is refused as `Overtaken`. A decision is undone by settling again: the
page of a settled unit shows what was decided before. Of a unit that is said once (answers, a signature) none of the
entries goes; the office chooses which one is shown.
"""

from .earlier import Earlier
from .queue import KINDS, Waiting, queue, waiting
from .reading import Dispute, Rival, Saying, read
from .settling import Settlement, settle

__all__ = [
    "KINDS",
    "Dispute",
    "Earlier",
    "Rival",
    "Saying",
    "Settlement",
    "Waiting",
    "queue",
    "read",
    "settle",
    "waiting",
]
