"""Tablets that were copied, rolled back, lost or enrolled again: neither branch is lost, and the old key ends."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import table_of, writing
from server.services.log import exchange, taking
from server.tables.device import DeviceRow
from sync import compose

from .audit import audit
from .conftest import World
from .tablet import Scripted
from .test_chain import outcomes
from .test_merging import Pair, meet

TRANSACTIONS: Final = 2
"""What a request with work writes in: one hears its head, one takes its changesets."""

_device = table_of(DeviceRow)


class Stopped(BaseException):
    """The server is killed."""


def copy_of(tablet: Scripted) -> Scripted:
    """The same tablet out of a backup: from here on the two do not know of each other."""
    copied = copy.copy(tablet)
    copied.own, copied.pending = dict(tablet.own), list(tablet.pending)
    copied.shown, copied.staged = dict(tablet.shown), dict(tablet.staged)
    copied.salts = 1000
    return copied


@contextmanager
def stopping_at(monkeypatch: pytest.MonkeyPatch, begun: int) -> Iterator[None]:
    """A server that is killed as it begins its n-th transaction, from 0."""
    transactions = count()

    @contextmanager
    def killed_at(session: Session, **how: Any) -> Iterator[None]:
        if next(transactions) == begun:
            raise Stopped
        with writing(session, **how):
            yield

    with monkeypatch.context() as patch:
        for module in (exchange, taking):
            patch.setattr(module, "writing", killed_at)
        yield


def state_of(world: World, tablet: Scripted) -> Any:
    """The state of a tablet's device."""
    with world.house.database.reading() as session:
        return session.scalar(select(_device.c.state).where(_device.c.id == tablet.device))


def reissue(old: Scripted, new: Scripted, name: str) -> str:
    """The unsent changeset of a former device, under a new one."""
    made = old.own[name].made
    return new.sign(
        compose(
            new.prefix, subject=made.subject, seq=new.seq + 1, prev=new.prev, at=made.at, wall=made.wall,
            schema=made.schema, salt=made.salt, writes=made.writes, reason=made.reason, settles=made.settles,
            was=made.name,
        )
    )  # fmt: skip


def test_a_tablet_restored_from_a_copy_loses_neither_branch(world: World, pair: Pair) -> None:
    """Both branches are accepted; the device takes no more and is told to enrol again."""
    ana, ben = pair
    copied = copy_of(ana)
    one = ana.set("c1", "language", "es")
    ana.sync()

    two = [copied.set("c1", "preferred_name", "Annie"), copied.set("c1", "language", "fr")]
    reply = copied.ask()

    assert [outcome.held for outcome in reply.outcomes] == ["", ""]
    assert (reply.enrol_again, reply.page) == (True, None)
    later = copied.set("c1", "preferred_name", "Bo")
    again = copied.send(copied.request([*two, later]))
    assert [outcome.name for outcome in again.outcomes] == two, "later ones store nothing"
    assert again.enrol_again
    ben.sync()
    live = ben.shown["client", "c1"].units["language"].live
    assert {write.value for write in live} == {"es", "fr"}
    assert one in {write.name for write in live}


@pytest.mark.parametrize("begun", range(TRANSACTIONS + 1))
def test_a_server_that_stops_between_its_transactions_does_not_forget_a_fork(
    world: World, pair: Pair, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    """Seed 1035: the second branch was in the log, so the same request, sent again, revealed nothing any more."""
    ana, _ = pair
    copied = copy_of(ana)
    ana.set("c1", "language", "es")
    ana.sync()
    copied.set("c1", "language", "fr")
    request = copied.request()

    with stopping_at(monkeypatch, begun), pytest.raises(Stopped) if begun < TRANSACTIONS else nullcontext():
        copied.send(request)

    assert copied.send(request).enrol_again
    assert state_of(world, ana) == "forked"


def test_a_server_that_stops_does_not_forget_that_a_store_was_rolled_back(
    world: World, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tablet works on, and soon its store is ahead of what was told of it: nothing shows the fork then."""
    ana, _ = pair
    ana.anchor = "8.seal"
    ana.ask([])
    ana.anchor = "3.seal"
    ana.set("c1", "language", "es")
    with stopping_at(monkeypatch, 1), pytest.raises(Stopped):
        ana.send(ana.request())

    ana.anchor = "9.seal"

    assert ana.send(ana.request()).enrol_again
    assert state_of(world, ana) == "forked"


def test_only_the_request_that_shows_a_store_rolled_back_is_taken_in(world: World, pair: Pair) -> None:
    """A copy that goes on saying so would else work on under the key that it must give up."""
    ana, _ = pair
    ana.anchor = "8.seal"
    ana.ask([])
    ana.anchor = "3.seal"
    taken = [ana.set("c1", "language", value) for value in ("es", "fr")]

    first = ana.ask(taken)
    later = ana.set("c1", "language", "de")
    second = ana.ask([later])

    assert {name: outcome.held for name, outcome in outcomes([first]).items()} == dict.fromkeys(taken, "")
    assert (second.outcomes, ana.pending) == ((), [later])
    assert (first.enrol_again, second.enrol_again) == (True, True)


def test_work_accepted_before_re_enrolment_is_no_conflict_when_it_comes_again(
    world: World, pair: Pair
) -> None:
    """The reply to p1 was lost, the device was wiped of its key: the re-issue is a repeat."""
    ana, ben = pair
    name = ana.set("c1", "language", "es")
    sent = ana.send(ana.request())
    later = ana.set("c1", "language", "fr")
    new = world.tablet("ana")
    again = [reissue(ana, new, name), reissue(ana, new, later)]

    told = outcomes(new.sync())

    assert again == [name, later]
    assert told[name] == sent.outcomes[0]
    assert not told[later].held
    new.set("c1", "language", "de")
    meet(new, ben)
    assert [live.value for live in ben.shown["client", "c1"].units["language"].live] == ["de"]


def test_a_re_issue_takes_the_place_of_its_original_that_waits(world: World, pair: Pair) -> None:
    """And the original that comes after it is a repeat."""
    ana, ben = pair
    first, second = ana.set("c1", "language", "es"), ana.set("c1", "language", "fr")
    assert ana.send(ana.request([second])).outcomes[0].missing == (first,)
    new = world.tablet("ana")
    reissue(ana, new, first), reissue(ana, new, second)
    new.sync()
    audit(world.house)

    told = outcomes(ana.sync())

    assert all(told[name].settled and not told[name].held for name in (first, second))
    meet(new, ben)
    assert [live.name for live in ben.shown["client", "c1"].units["language"].live] == [second]


def test_work_of_a_revoked_device_is_held_gap_or_not_and_it_gets_no_page(world: World, pair: Pair) -> None:
    """A lost tablet's work waits for a person, and nothing more goes to it."""
    ana, ben = pair
    names = [ana.set("c1", "language", value) for value in ("es", "fr", "de")]
    ana.ask(names[2:], page_bytes=0)
    world.put_device(ana, "revoked")

    overtaking = ana.ask(names[2:])
    audit(world.house)
    reply = ana.ask(names[1:])

    assert overtaking.outcomes[0].held == "revoked"
    assert reply.page is None
    assert {name: o.held for name, o in outcomes([reply]).items()} == dict.fromkeys(names[1:], "revoked")
    world.release(names[2])
    ben.sync()
    assert "de" in [live.value for live in ben.shown["client", "c1"].units["language"].live]


@pytest.mark.parametrize("anchor", ["9.seal", "3.seal"])
def test_a_revoked_tablet_that_got_an_old_copy_back_still_gives_all_that_it_has(
    pair: Pair, world: World, anchor: str
) -> None:
    """Seed 4407: it was told to enrol again, for which nobody gives it a code, and kept the rest of its work."""
    ana, _ = pair
    ana.anchor = "8.seal"
    ana.ask([])
    world.put_device(ana, "revoked")
    ana.anchor = anchor
    names = [ana.set("c1", "language", value) for value in ("es", "fr")]

    first, second = ana.ask(names[:1]), ana.ask(names[1:])

    assert (first.enrol_again, second.enrol_again) == (False, False)
    assert {name: o.held for name, o in outcomes([first, second]).items()} == dict.fromkeys(names, "revoked")
