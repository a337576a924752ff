"""
Leaving: access to a subject has ended, and the tablet gives it up when no work can be lost by it.

It waits until the drafts there are saved or given up, and every changeset of its own that touches the
subject has an outcome. Then the subject is erased here and the worker is told. Envelopes stay, for they are
closed to all here.
"""

from dataclasses import replace

from .replica import Replica
from .rows import Notice


def ended(replica: Replica, subject: str) -> None:
    """The last grant has ended: nothing more comes, and the subject goes as soon as it can."""
    for key in replica.staged.of_subject(subject):
        replica.staged.delete(key, subject)
    about = replica.subjects.get(subject)
    if about is not None:
        left = replace(about, leaving=True, entering=False, staged=False, wanted=False)
        replica.subjects.put(subject, replace(left, whole_at=replica.shown_position(subject)))


def erase_left(replica: Replica, now_ms: int) -> None:
    """Erase every subject that waits to leave and need wait no longer."""
    for about in replica.subjects.group("moving"):
        if about.leaving and _may_go(replica, about.id):
            _erase(replica, about.id, now_ms)


def _may_go(replica: Replica, subject: str) -> bool:
    return not replica.drafts.group(subject) and all(own.position > 0 for own in replica.own.group(subject))


def _erase(replica: Replica, subject: str, now_ms: int) -> None:
    for own in replica.own.group(subject):
        replica.own.delete(own.name)
    for key in replica.records.of_subject(subject):
        row = replica.records.get(key)
        if row is not None and row.server is not None:
            replica.set_server(key, subject, None)
        replica.erase(key, subject)
    replica.subjects.delete(subject)
    replica.notices.put(f"left/{subject}", Notice(now_ms, "left", subject))
    replica.leave(subject)
