"""One subject whose key was destroyed stops nobody's sync: neither of its author's other work, nor of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from server.crypto import keystore
from server.errors import KeyDestroyed
from server.services.desk import late
from sync import Write

from .conftest import World
from .test_access import moves
from .test_chain import outcomes
from .test_merging import Pair


@contextmanager
def erased(world: World, subject: str) -> Iterator[None]:
    """
    The subject's key is destroyed for as long as this lasts.

    Afterwards it comes back, as no key does, so that the audit at the end of the test can read everything.
    """
    keys, row = world.house.sealer.keys._database, keystore._SubjectKey
    here = (row.agency == "a1") & (row.subject == subject)
    with keys.reading() as session:
        wrapped = session.scalar(select(row.wrapped).where(here))
    world.house.sealer.destroy("a1", subject)
    yield
    with keys.writing() as session:
        session.execute(update(row).where(here).values(wrapped=wrapped))


def test_work_about_an_erased_client_is_held_and_the_rest_arrives(world: World, pair: Pair) -> None:
    """Ana wrote about two clients while one of them was erased; the other one's work must not wait for ever."""
    ana, _ = pair
    world.client(ana, "c2")
    late_name = ana.set("c1", "language", "es")
    touching = ana.write("c2", Write("client", "c1", "language", (), "fr"))
    other = ana.set("c2", "language", "es")

    with erased(world, "c1"):
        told = outcomes(ana.sync())

        assert {name: told[name].held for name in (late_name, touching, other)} == {
            late_name: "erased",
            touching: "erased",
            other: "",
        }
        assert ana.value("c2", "language") == "es"
        with world.session() as session, session.begin():
            held = late.read(session, world.house.sealer, "a1", late_name)
        assert held.changeset is not None, "her supervisor can read what she wrote"
        assert (held.subject, held.worker) == (None, "ana")


def test_an_erased_client_leaves_every_tablet_that_meets_it(world: World, pair: Pair) -> None:
    """Ben lacks a change that nobody can open any more; everything else goes on, and the client leaves him."""
    ana, ben = pair
    world.client(ana, "c2")
    world.assign("ben", "c2")
    ana.set("c1", "language", "es")
    ana.sync()
    ben.told.clear()

    with erased(world, "c1"):
        ben.sync()
        ana.sync()

        assert ("leave", "c1") in moves(ben)
        assert ben.value("c2", "language") == "en"
        assert not [key for key in (*ben.shown, *ana.shown) if key == ("client", "c1")]


def test_an_erased_client_does_not_keep_a_tablet_from_its_first_sync(world: World, pair: Pair) -> None:
    """A new tablet asks for everything, and one of her clients cannot be opened."""
    world.client(pair[0], "c2")
    later = world.tablet("ana")

    with erased(world, "c1"):
        later.sync()

        assert later.value("c2", "language") == "en"
        assert ("client", "c1") not in later.shown


def test_work_that_waited_for_lost_work_about_an_erased_client_is_held(world: World, pair: Pair) -> None:
    """What a tablet gives up counts as arrived, whatever became of its client."""
    ana, _ = pair
    lost = ana.set("c1", "language", "es")
    behind = ana.set("c1", "language", "fr")
    ana.ask([behind])

    with erased(world, "c1"):
        ana.pending.remove(lost)
        told = outcomes([ana.ask([], lacks=(lost,))])

        assert told[behind].held == "lost_before"


def test_an_erased_author_is_told_so(world: World, pair: Pair) -> None:
    """Nothing of theirs can be kept any more, and a tablet that asks for ever would be worse."""
    ana, _ = pair
    ana.set("c1", "language", "es")

    with erased(world, "c1"), erased(world, "ana"), pytest.raises(KeyDestroyed):
        ana.sync()
