"""
Scope: which clients a tablet holds and whose work is taken in, against what was granted, by the log and the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.history import History

if TYPE_CHECKING:
    from tests.simulation.tablets import SimTablet
    from tests.simulation.world import World

AGENCY = "agency"


def is_that_of_the_log(world: World, tablet: SimTablet, began_ms: int) -> None:
    """
    After a complete sync a tablet shows each client to whom its worker had access then, and is leaving all others.

    Args:
        world: Of the tablet.
        tablet: It has just synced.
        began_ms: When the sync began: what was due by then is in the log.
    """
    history, place = world.history(), tablet.replica.place.value
    if place.epoch != history.epoch:
        return
    if overdue := history.overdue(began_ms, place.head):
        world.fail("due", f"{len(overdue)} grants should have begun or ended by time")
    granted = {*history.accessible(tablet.worker, place.head), AGENCY}
    abouts = list(tablet.replica.subjects.values())
    shown = {about.id for about in abouts if about.shown and not about.leaving}
    full = {entry.subject for entry in history.entries if entry.position <= place.head}
    if lacking := sorted((granted - shown) & full):
        world.fail("enter", f"{tablet.name} has synced and lacks {world.call(lacking[0])}")
    if extra := sorted(shown - granted):
        world.fail("leave", f"{tablet.name} has synced and keeps {world.call(extra[0])}")


def holds_what_is_granted(world: World, tablet: SimTablet, history: History) -> None:
    """A tablet holds what its worker may see, whole, and nothing else."""
    granted = {*history.accessible(tablet.worker, history.head), AGENCY}
    abouts = {about.id: about for about in tablet.replica.subjects.values()}
    staying = {id_ for id_, about in abouts.items() if about.leaving and _has_work(tablet, id_)}
    # Held work about a subject that never was here stays in its author's view until somebody decides.
    staying |= {own.made.subject for own in tablet.replica.own.values()} - abouts.keys()
    shown = {id_ for id_, about in abouts.items() if about.shown or about.entering} - staying
    rows = {found.subject for found in tablet.desk.store.find() if found.subject is not None}
    if extra := sorted((shown | rows) - granted - staying - {""}):
        world.fail("leave", f"{tablet.name} holds {world.call(extra[0])} and must not")
    full = {entry.subject for entry in history.entries}
    if lacking := sorted((granted - shown) & full):
        world.fail("enter", f"{tablet.name} lacks {world.call(lacking[0])}")


def work_is_judged_by_when_it_was_written(world: World, history: History) -> None:
    """Work that was written while its author had access is not held for want of it, whenever it comes."""
    for name, code in history.held.items():
        save = world.saves.get(name)
        if save is None or code != "not_assigned" or world.lost_times or world.tablets[save.tablet].was_askew:
            continue
        if history.had_access(save.author, save.subject, save.saved_ms, history.lines[name].position):
            world.fail("judgement", f"{name[:6]} is held though its author was assigned when it was written")


def _has_work(tablet: SimTablet, subject: str) -> bool:
    replica = tablet.replica
    return bool(replica.drafts.group(subject)) or any(own.position == 0 for own in replica.own.group(subject))
