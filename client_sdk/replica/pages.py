"""
Pages: what comes is staged first, and shown when it is complete.

A subject that *enters* is shown when it is *whole*, in the place of what was shown of it; everything else
when the last page has come. Then this tablet's own accepted work is folded in where the server left it out.
"""

from dataclasses import replace

from sync import At, PageIn, Record, UnitState, observe, read_row
from sync.digest import write_digest
from sync.limits import KEPT_CURSORS_MAX

from . import leaving
from .records import StagedRow
from .replica import EVERYBODYS, Replica
from .rows import DAY_MS, Own, Subject, unit_key
from .standing import Kept


def take(replica: Replica, page: PageIn, now_ms: int) -> tuple[str, ...]:
    """
    Stage a page, and show what is complete with it.

    Args:
        replica: In a transaction.
        page: As it came.
        now_ms: Time by the server's clock.

    Returns:
        Subjects to ask for again: their digest did not match, for the first time.

    Raises:
        Malformed: A row has not the form of a row.
    """
    for subject in page.leave:
        leaving.ended(replica, subject)
    for subject in page.enter:
        _enter(replica, subject)
    _stage(replica, [read_row(row) for row in page.rows], now_ms)
    for subject in page.whole:
        _become_whole(replica, subject, page.head)
    if page.more:
        return ()
    return _complete(replica, page, now_ms)


def discard_staged(replica: Replica, subject: str) -> None:
    """What was staged of a subject is void."""
    for key in replica.staged.of_subject(subject):
        replica.staged.delete(key, subject)


def _enter(replica: Replica, subject: str) -> None:
    """A whole state begins; the old one stays shown meanwhile, and a waiting leave is void."""
    discard_staged(replica, subject)
    whole_at = replica.shown_position(subject)
    about = replica.subjects.get(subject) or Subject(subject)
    replica.subjects.put(
        subject, replace(about, entering=True, leaving=False, staged=False, whole_at=whole_at)
    )


def _stage(replica: Replica, rows: list[Record], now_ms: int) -> None:
    seen = At(0, 0)
    for row in rows:
        key = (row.type, row.id)
        staged = replica.staged.get(key)
        units = row.units if staged is None else {**staged.record.units, **row.units}
        replica.staged.put(key, StagedRow(replace(row, units=units)))
        about = replica.subjects.get(row.subject) or Subject(row.subject)
        replica.subjects.put(row.subject, replace(about, staged=True))
        seen = max([seen, *(write.at for unit in row.units.values() for write in unit.live)])
    chain = replica.chain.value
    replica.chain.value = replace(chain, at=observe(chain.at, seen, now_ms))


def _become_whole(replica: Replica, subject: str, head: int) -> None:
    """What is staged replaces everything that was shown of the subject."""
    about = replica.subjects.get(subject) or Subject(subject)
    replica.subjects.put(subject, replace(about, newest=0))
    come = {key: staged for key in replica.staged.of_subject(subject) if (staged := replica.staged.get(key))}
    for key in replica.records.of_subject(subject):
        row = replica.records.get(key)
        if key not in come and row is not None and row.server is not None:
            replica.set_server(key, subject, None)
            replica.refresh(key, subject)
    for key, staged in come.items():
        replica.set_server(key, subject, staged.record)
        replica.refresh(key, subject)
    discard_staged(replica, subject)
    about = replica.subjects.get(subject) or about
    whole = replace(
        about,
        shown=True,
        entering=False,
        leaving=False,
        staged=False,
        whole_at=max(head, about.whole_at),
        refetched=about.refetched or about.wanted,
        wanted=False,
    )
    replica.subjects.put(subject, whole)
    _fold(replica, [own for own in replica.own.group(subject) if own.accepted and own.position <= head])


def _complete(replica: Replica, page: PageIn, now_ms: int) -> tuple[str, ...]:
    place = replica.place.value
    replica.place.value = replace(place, head=max(place.head, page.head))
    for about in replica.subjects.group("moving"):
        if about.entering:
            # The server has nothing left to say, so what entered is whole though no page named it.
            _become_whole(replica, about.id, page.head)
        elif about.staged:
            _show_staged(replica, about.id)
    _fold(replica, _included(replica))
    _let_go_unheld(replica, page.head)
    if not place.kept:
        _let_go_ungranted(replica)
    _keep_cursor(replica, page.cursor, now_ms)
    return _compare(replica, page)


def _show_staged(replica: Replica, subject: str) -> None:
    """The units that changed replace the same units of what is shown."""
    for key in replica.staged.of_subject(subject):
        staged, row = replica.staged.get(key), replica.records.get(key)
        assert staged is not None, "a row that is listed is there"
        server = None if row is None else row.server
        merged = staged.record
        if server is not None:
            merged = replace(server, units={**server.units, **merged.units})
        replica.set_server(key, subject, merged)
        replica.refresh(key, subject)
    discard_staged(replica, subject)
    about = replica.subjects.get(subject) or Subject(subject)
    replica.subjects.put(subject, replace(about, shown=True, staged=False))


def _included(replica: Replica) -> list[Own]:
    """Own work that the shown state of its subject includes."""
    return [
        own
        for own in replica.own.values()
        if own.accepted and own.position <= replica.shown_position(own.made.subject)
    ]


def _fold(replica: Replica, included: list[Own]) -> None:
    """
    Take own work into the server's state, and out of the overlay.

    A unit whose only live write is this device's own is not sent: where the row that came is older than our
    write, or missing, our write is the unit.
    """
    touched = {(key, own.made.subject) for own in included for key in own.records}
    for own in sorted(included, key=lambda own: own.position):
        for key in own.records:
            _fold_into(replica, own, Record(*key, own.made.subject))
        replica.own.delete(own.name)
    _mark_replaced(replica, included)
    for key, subject in touched:
        replica.refresh(key, subject)


def _fold_into(replica: Replica, own: Own, empty: Record) -> None:
    key = (empty.type, empty.id)
    row = replica.records.get(key)
    server = empty if row is None or row.server is None else row.server
    units = dict(server.units)
    for write in own.made.writes:
        state = units.get(write.unit)
        if (write.type, write.id) == key and (state is None or state.position < own.position):
            units[write.unit] = UnitState(live=(own.live(write.value),), position=own.position)
    if units != server.units:
        replica.set_server(key, empty.subject, replace(server, units=units))


def _mark_replaced(replica: Replica, included: list[Own]) -> None:
    """Held work that these have replaced must not come back into view when they are out of the overlay."""
    if not included or not (held := {own.name for own in replica.own.values() if own.held}):
        return
    for own in included:
        for write in own.made.writes:
            for name in held.intersection(write.over):
                other = replica.own.get(name)
                assert other is not None, "held work that is listed is there"
                replica.own.put(name, replace(other, replaced=other.replaced | {unit_key(write)}))


def _let_go_unheld(replica: Replica, head: int) -> None:
    """Accepted work about a subject that this page did not bring: access to it has ended meanwhile."""
    for own in list(replica.own.values()):
        subject = own.made.subject
        if own.accepted and own.position <= head and replica.subjects.get(subject) is None:
            replica.subjects.put(subject, Subject(subject, leaving=True))


def _let_go_ungranted(replica: Replica) -> None:
    """The first complete page of a history: what is here and did not enter with it is not granted in it."""
    for about in list(replica.subjects.values()):
        if about.shown and about.whole_at == 0 and about.id != EVERYBODYS:
            leaving.ended(replica, about.id)


def _keep_cursor(replica: Replica, cursor: str, now_ms: int) -> None:
    """Keep one cursor a day."""
    place = replica.place.value
    today = Kept(now_ms // DAY_MS, cursor, place.head)
    earlier = [kept for kept in place.kept if kept.day != today.day]
    replica.place.value = replace(place, kept=(today, *earlier)[:KEPT_CURSORS_MAX])


def _compare(replica: Replica, page: PageIn) -> tuple[str, ...]:
    """Hold our digests against the server's."""
    again: list[str] = []
    for subject, digest in page.digests.items():
        about = replica.subjects.get(subject)
        if about is None or about.leaving:
            continue
        if write_digest(about.digest) == digest:
            replica.subjects.put(subject, replace(about, refetched=False, differs=False, wanted=False))
        elif about.refetched:
            replica.subjects.put(subject, replace(about, differs=True))
        else:
            replica.subjects.put(subject, replace(about, wanted=True))
            again.append(subject)
    place = replica.place.value
    if page.total and not any(about.leaving for about in replica.subjects.group("moving")):
        replica.place.value = replace(place, total_differs=write_digest(place.digest) != page.total)
    return tuple(again)
