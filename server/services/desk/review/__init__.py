"""
Review: what workers signed and their supervisors have not read yet, and what a supervisor says about it.

    queue(session, sealer, by)                  the queue: riskiest client first, then the oldest
    read(session, sealer, by, Key("note", id))  one note or assessment with all that belongs beside it
    decide(book, by, Decision(...), providers)  return, approve or co-sign; answers with the review's id

The *work* is a note with its addenda, or an assessment. A decision is one `review` record for each part of the
work that it covers, with the digest that was read, and the office's mark on each part; all in one changeset.
`Reading.seen` goes into the form and comes back with the decision: if anybody acted in between, the decision is
refused as `Overtaken`, whose `deeds` say who did what. Nobody reviews own work. An addendum, or a late change,
opens the review again: `Reading.changed` says what is new since the last one.
"""

from .deciding import COMMENTS_MAX, KINDS, Comment, Decision, decide
from .queue import Waiting, queue, waiting
from .reading import Happened, Reading, read

__all__ = [
    "COMMENTS_MAX",
    "KINDS",
    "Comment",
    "Decision",
    "Happened",
    "Reading",
    "Waiting",
    "decide",
    "queue",
    "read",
    "waiting",
]
