"""
The replica: the server's state as this tablet has it, and its own work over it.
"""

from .history import Reoffer, pending, reoffer
from .leaving import erase_left
from .naming import named
from .receiving import Received, receive
from .records import RecordKey, RecordRow
from .replica import Replica, Touched
from .rows import DraftRow, Notice, Own, Sent, Subject
from .saving import Hand, Proposal, issue_again, save, too_large
from .shelf import Changes, Sealing, Shelf
from .standing import Chain, Given, Heard, Place
from .stored import StoreShelf

__all__ = [
    "Chain",
    "Changes",
    "DraftRow",
    "Given",
    "Hand",
    "Heard",
    "Notice",
    "Own",
    "Place",
    "Proposal",
    "Received",
    "RecordKey",
    "RecordRow",
    "Reoffer",
    "Replica",
    "Sealing",
    "Sent",
    "Shelf",
    "StoreShelf",
    "Subject",
    "Touched",
    "erase_left",
    "issue_again",
    "named",
    "pending",
    "receive",
    "reoffer",
    "save",
    "too_large",
]
