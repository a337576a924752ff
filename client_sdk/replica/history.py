"""
A changed history: the server was restored from a backup and has forgotten what came after it.

Nothing that the tablet was told since then holds. Waiting leaves are void, shown positions go back to the
kept cursor's, outcomes beyond it are open again; and everything that was ever sent and is still kept is
offered as it was signed, the work whose content is gone as its sealed envelope.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync import Pending, Standing, write_envelope_line
from sync.limits import PUSH_BYTES_MAX

from .pages import discard_staged
from .records import RecordKey
from .replica import Replica
from .rows import Own, Sent

NAMED_BYTES_MAX: Final = PUSH_BYTES_MAX // 2
"""Bytes of the subjects that are named after a changed history: they fit into one request, however they compress."""

QUOTED_BYTES: Final = 3
"""Bytes that a name takes besides itself: two quotes and a comma."""


@dataclass(frozen=True, slots=True)
class Reoffer:
    """What the tablet says after the server's history has changed."""

    offers: Sequence[Pending]
    """In order of making."""
    holds: tuple[str, ...] | None
    """The subjects that are here; none where they are too many to name, and the tablet begins from nothing."""
    again: tuple[str, ...]


def cut(replica: Replica, standing: Standing) -> None:
    """Go back to a cursor that still holds, in a transaction of the caller's."""
    place = replica.place.value
    kept = tuple([part for part in place.kept if part.cursor in standing.kept])
    position = next((part.position for part in place.kept if part.cursor == standing.cursor), 0)
    again = _void(replica, position)
    moved: set[tuple[RecordKey, str]] = set()
    for own in list(replica.own.values()):
        sent = replica.sent.get(own.name)
        if max(own.position, 0 if sent is None else sent.position) > position:
            # Neither the outcome nor what a person decided about it holds.
            replica.own.put(own.name, Own(own.made, own.order, own.line))
            moved.update((key, own.made.subject) for key in own.records)
    for key, subject in moved:
        replica.refresh(key, subject)
    for name, sent in list(replica.sent.items()):
        if sent.position > position:
            replica.sent.put(name, replace(sent, position=0, held=""))
    replica.place.value = replace(
        place,
        epoch=standing.epoch,
        cursor=standing.cursor,
        head=min(place.head, position),
        kept=kept,
        restored=again,
    )


def reoffer(replica: Replica) -> Reoffer:
    """
    What to offer, in order of making; also after the tablet was switched off in between.

    A tablet that holds more than one request can name begins from nothing, in a transaction of its own: what
    does not enter again is not granted any more, and goes.
    """
    again = replica.place.value.restored or ()
    holds = tuple(sorted(about.id for about in replica.subjects.values() if about.shown))
    if sum(len(subject) + QUOTED_BYTES for subject in (*holds, *again)) > NAMED_BYTES_MAX:
        with replica.transaction():
            _begin_from_nothing(replica)
        return Reoffer(pending(replica), None, ())
    return Reoffer(pending(replica), holds, again)


def pending(replica: Replica) -> list[Pending]:
    """
    Everything that no outcome has settled, in order of making.

    What had an outcome that a restored server forgot goes as its envelope, as it was signed: the key that signed it
    may be one that this tablet no longer has, and under another its line would be nobody's.
    """
    lines = {own.order: Pending(own.name, own.line) for own in replica.own.values() if own.position == 0}
    forgotten = [sent for sent in replica.sent.values() if sent.position == 0 and _is_as_sent(replica, sent)]
    envelopes = replica.shelf.envelopes([sent.envelope for sent in forgotten]) if forgotten else {}
    for sent in forgotten:
        if sent.envelope in envelopes:
            lines[sent.order] = Pending(sent.name, write_envelope_line(envelopes[sent.envelope]))
    return [lines[order] for order in sorted(lines)]


def _is_as_sent(replica: Replica, sent: Sent) -> bool:
    """Whether it is as it was when it had its outcome: not issued anew since under another key."""
    own = replica.own.get(sent.name)
    return own is None or own.made.id == sent.envelope


def _begin_from_nothing(replica: Replica) -> None:
    """All that is shown stays shown until it enters again."""
    place = replica.place.value
    replica.place.value = replace(place, cursor="", head=0, kept=(), restored=None)
    for about in list(replica.subjects.values()):
        replica.subjects.put(about.id, replace(about, whole_at=0))


def _void(replica: Replica, position: int) -> tuple[str, ...]:
    """Take back what was told beyond a position; the subjects of which rows or a leave were told."""
    again: list[str] = []
    for about in list(replica.subjects.values()):
        discard_staged(replica, about.id)
        if not about.shown:
            replica.subjects.delete(about.id)
            continue
        if about.newest > position or about.leaving:
            again.append(about.id)
        cut_back = replace(
            about,
            entering=False,
            leaving=False,
            staged=False,
            refetched=False,
            wanted=False,
            whole_at=min(about.whole_at, position),
        )
        replica.subjects.put(about.id, cut_back)
    return tuple(sorted(again))
