"""
Checks: each promise as a function of its own, of one tablet, of the server, or of all when everything is quiet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.risk.levels import rank
from client_sdk.custody import Custody
from client_sdk.replica import Own
from client_sdk.replica.rows import Subject
from server.db import table_of
from server.tables.subject import SubjectRow
from sync import Record
from tests.simulation import comparing, keeping, meaning, oracle, scope
from tests.simulation.history import History

if TYPE_CHECKING:
    from tests.simulation.tablets import SimTablet
    from tests.simulation.world import World

AGENCY = "agency"
_subject = table_of(SubjectRow)


def at_any_time(world: World, tablet: SimTablet) -> None:
    """What holds on a tablet at every moment."""
    history = world.histories.get(tablet.replica.place.value.epoch)
    if history is None or history.epoch == _present(world):
        history = world.history()
    if tablet.replica.place.value.epoch == history.epoch == tablet.epoch_checked:
        shown_is_a_moment_of_the_log(world, tablet, history, _shown(tablet))
    saves_are_shown(world, tablet)
    if tablet.replica.place.value.epoch == history.epoch and not world.lost_times:
        settled_saves_are_shown(world, tablet, history)
    saves_are_kept(world, tablet)
    drafts_are_kept(world, tablet)
    custody_is_true(world, tablet)
    digests_never_differed(world, tablet)


def of_server(world: World) -> None:
    """What holds at the server at every moment."""
    keeping.server_is_its_log(world)


def when_quiet(world: World) -> None:
    """What holds when every tablet has said and heard everything."""
    history = world.history()
    keeping.server_is_its_log(world)
    keeping.forks_are_noticed(world)
    keeping.saves_are_conserved(world, history)
    scope.work_is_judged_by_when_it_was_written(world, history)
    meaning.scores_are_of_one_administration(world, history)
    meaning.reasons_are_kept(world, history)
    for tablet in world.tablets:
        saves_are_kept(world, tablet)
        custody_is_true(world, tablet)
        if tablet.is_served:
            scope.holds_what_is_granted(world, tablet, history)
            shown_is_a_moment_of_the_log(world, tablet, history, _shown(tablet))
            saves_are_shown(world, tablet)
            digests_agree(world, tablet, history)
            digests_never_differed(world, tablet)
            risk_is_shown(world, tablet, history)
    replicas_agree(world)


def between_pages(world: World, tablet: SimTablet, whole: Collection[str]) -> None:
    """What a page called whole is, before the next one comes."""
    history = world.history()
    if whole and tablet.replica.place.value.epoch == history.epoch == tablet.epoch_checked:
        some = [about for about in _shown(tablet) if about.id in whole]
        shown_is_a_moment_of_the_log(world, tablet, history, some)


def shown_is_a_moment_of_the_log(
    world: World, tablet: SimTablet, history: History, some: Iterable[Subject]
) -> None:
    """Each shown subject is as the log had it at one position: no half changeset, nothing skipped."""
    for about in some:
        upto = tablet.replica.shown_position(about.id)
        entries = [entry for entry in history.entries if entry.position <= upto]
        what = f"{tablet.name} shows {world.call(about.id)} at {upto}"
        found = _records(tablet, about.id)
        comparing.compare(world, "shown", what, found, oracle.units_of(entries, about.id))


def saves_are_shown(world: World, tablet: SimTablet) -> None:
    """What the tablet reads is the server's state with its own work over it: nobody reads behind a save."""
    replica = tablet.replica
    for own in replica.own.values():
        if own.decision:
            continue
        for write in own.made.writes:
            record = replica.record((write.type, write.id))
            state = None if record is None else record.units.get(write.unit)
            names = {live.name for live in state.live} if state is not None else set()
            if own.name not in names and not _is_replaced(tablet, own, write.unit):
                what = f"{tablet.name} does not show its own {own.name[:6]} in {write.type} {write.unit}"
                world.fail("overlay", what)


def settled_saves_are_shown(world: World, tablet: SimTablet, history: History) -> None:
    """What the log has taken in is not out of view before the shown state has it, whatever the tablet let go."""
    replica = tablet.replica
    for entry in history.entries:
        about = replica.subjects.get(entry.subject)
        if entry.name not in tablet.known or about is None or not about.shown or about.leaving:
            continue
        # What was held went with its subject; that it was released is not heard yet.
        if entry.name in history.held or entry.position <= replica.shown_position(about.id):
            continue
        for type_, id_, unit in entry.units:
            record = replica.record((type_, id_))
            state = None if record is None else record.units.get(unit)
            shown = state is not None and entry.name in {live.name for live in state.live}
            if not shown and not _is_named(tablet, entry.name, unit):
                what = f"{tablet.name} shows {type_} {unit} as before its own {entry.name[:6]}"
                world.fail("overlay", what)


def saves_are_kept(world: World, tablet: SimTablet) -> None:
    """Each save that its store should hold is pending, sealed, or was told an outcome."""
    replica = tablet.replica
    envelopes = {sent.name for sent in replica.sent.values()} | {own.name for own in replica.own.values()}
    missing = {name for name in tablet.known - envelopes if not _is_covered(world, tablet, name)}
    for name in sorted(missing):
        world.fail("conservation", f"{tablet.name} has let go of {name[:6]}")
    sealed = tablet.desk.store.outbox
    for sent in replica.sent.values():
        if sent.envelope not in sealed and not _is_covered(world, tablet, sent.name):
            world.fail("conservation", f"{tablet.name} has no envelope of {sent.name[:6]}")


def drafts_are_kept(world: World, tablet: SimTablet) -> None:
    """What is half typed stays until it is saved or given up, and so does its client, where access has ended."""
    for key in sorted(tablet.drafts):
        draft = tablet.replica.drafts.get(key)
        if draft is None:
            world.fail("drafts", f"{tablet.name} has lost a draft of {key.partition('/')[0]}")
        elif tablet.replica.record(("client", draft.subject)) is None and not _is_refused(
            tablet, draft.subject
        ):
            world.fail("drafts", f"{tablet.name} has a draft about {world.call(draft.subject)}, who is gone")


def digests_never_differed(world: World, tablet: SimTablet) -> None:
    """No subject had to be asked for again: a digest heals what should not have been ill."""
    for about in tablet.replica.subjects.values():
        if about.refetched or about.wanted or about.differs:
            world.fail("digest", f"{tablet.name} found another digest of {world.call(about.id)}")


def custody_is_true(world: World, tablet: SimTablet) -> None:
    """What the tablet says of who has the work is so."""
    arrived = set(world.history().lines)
    for waiting in tablet.tablet.pending():
        word, name = waiting.custody, waiting.name
        # A server that was restored has forgotten what it had: then only the tablet has it.
        if word is Custody.TABLET_ONLY and name in tablet.wire.failed and not world.lost_times:
            world.fail("custody", f"{tablet.name} says that {name[:6]} was never sent")
        if word is Custody.SENT and name not in tablet.wire.given:
            world.fail("custody", f"{tablet.name} says that {name[:6]} was sent")
        if word in (Custody.RECEIVED, Custody.AWAITING) and name not in arrived and not world.lost_times:
            world.fail("custody", f"{tablet.name} says that {name[:6]} was received")


def digests_agree(world: World, tablet: SimTablet, history: History) -> None:
    """The digest of each subject is the same on the tablet, at the server and by the oracle."""
    with world.house.database.reading() as session:
        rows = {row.id: row.digest for row in session.execute(select(_subject.c.id, _subject.c.digest))}
    for about in _shown(tablet):
        units = oracle.units_of(history.entries, about.id)
        alive = {
            (*key, unit): [one.name for one in oracle.live_of(comparing.rule_at(key[0], unit).name, writes)]
            for key, parts in units.items()
            for unit, writes in parts.items()
        }
        expected = oracle.digest_of(alive)
        at_server = int.from_bytes(rows.get(about.id, bytes(16)), "big")
        if not about.digest == at_server == expected:
            world.fail("digest", f"{tablet.name} and the server differ about {world.call(about.id)}")
    differing = tablet.tablet.status().differs
    if differing:
        world.fail("digest", f"{tablet.name} reports a difference of {differing[0][:8]}")


def risk_is_shown(world: World, tablet: SimTablet, history: History) -> None:
    """The list of clients shows the highest risk that any live flag has."""
    for about in _shown(tablet):
        row = tablet.replica.records.get(("client", about.id))
        if row is None or any(own.counts for own in tablet.replica.own.group(about.id)):
            continue
        units = oracle.units_of(history.entries, about.id)
        levels = [
            shown["value"]["level"]
            for (type_, _), parts in units.items()
            if type_ == "risk_flag" and "level" in parts
            for shown in [comparing.shown_of("risk_flag", "level", parts)]
            if isinstance(shown["value"], dict)
        ]
        expected = max(levels, key=rank) if levels else None
        if row.about.get("risk") != expected:
            world.fail("risk", f"{tablet.name} shows risk {row.about.get('risk')}, not {expected}")


def replicas_agree(world: World) -> None:
    """Two tablets that may see the same show the same."""
    shown: dict[str, tuple[str, Any]] = {}
    for tablet in world.tablets:
        for about in _shown(tablet) if tablet.is_served else []:
            state = {
                key: {unit: [live.name for live in state.live] for unit, state in record.units.items()}
                for key, record in _records(tablet, about.id).items()
            }
            plain = {
                key: {unit: names for unit, names in units.items() if names} for key, units in state.items()
            }
            name, first = shown.setdefault(about.id, (tablet.name, plain))
            if first != plain:
                world.fail("agree", f"{name} and {tablet.name} differ about {world.call(about.id)}")


def _is_replaced(tablet: SimTablet, own: Own, unit: str) -> bool:
    """Whether a later save of this tablet, or something in the log, names the save."""
    return any(key[2] == unit for key in own.replaced) or _is_named(tablet, own.name, unit)


def _is_named(tablet: SimTablet, name: str, unit: str) -> bool:
    """Whether another save of this tablet or of the log replaces this one in a unit."""
    mine = [other for other in tablet.replica.own.values() if other.counts and other.name != name]
    later = any(write.unit == unit and name in write.over for other in mine for write in other.made.writes)
    return later or any(
        name in write.over
        for entry in tablet.world.history().entries
        for (_, _, other), write in entry.units.items()
        if other == unit
    )


def _is_refused(tablet: SimTablet, subject: str) -> bool:
    """Whether a client was registered here and the office decided against it."""
    return any(own.decision for own in tablet.replica.own.group(subject))


def _is_covered(world: World, tablet: SimTablet, name: str) -> bool:
    """Whether a tablet may let go of an envelope: the log has it, and so has every backup."""
    line = world.history().lines.get(name)
    return line is not None and line.position <= tablet.replica.heard.value.safe


def _shown(tablet: SimTablet) -> list[Subject]:
    """
    The subjects that are shown as of a position of this history.

    Of one that leaves nothing more comes, it waits for the work here. What so waited while the history changed is of
    no moment of the present one until it is whole again.
    """
    subjects = list(tablet.replica.subjects.values())
    tablet.remnants &= {about.id for about in subjects if about.leaving or about.entering}
    found = [
        about for about in subjects if about.shown and not about.leaving and about.id not in tablet.remnants
    ]
    return sorted(found, key=lambda about: about.id)


def _records(tablet: SimTablet, subject: str) -> dict[tuple[str, str], Record]:
    """The server's shown state of a subject."""
    replica = tablet.replica
    rows = {key: replica.records.get(key) for key in replica.records.of_subject(subject)}
    return {key: row.server for key, row in rows.items() if row is not None and row.server is not None}


def _present(world: World) -> str:
    return world.history().epoch
