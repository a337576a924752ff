"""The checks of meaning, on logs of a few lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation import meaning
from tests.simulation.history import History
from tests.simulation.oracle import Entry, Write
from tests.simulation.world import Save

FLAG = ("risk_flag", "flag", "level")


class Found(Exception):
    """The check has found something."""


def test_a_raise_that_drops_a_reason_is_found() -> None:
    """Whoever opens the flag reads why it stands, not only the last word about it."""
    log = History("epoch", entries=[level(1, "a", (), "high", "dog"), level(2, "b", ("a",), "high", "axe")])

    with pytest.raises(Found, match="dog"):
        meaning.reasons_are_kept(world(), log)


@pytest.mark.parametrize(("value", "reasons"), [("imminent", ("dog", "axe")), ("low", ("axe",))])
def test_a_raise_with_all_reasons_and_a_lowering_are_sound(value: str, reasons: tuple[str, ...]) -> None:
    """A person who lowers has seen the reasons, and says another."""
    log = History("epoch", entries=[level(1, "a", (), "high", "dog"), level(2, "b", ("a",), value, *reasons)])

    meaning.reasons_are_kept(world(), log)


def test_a_quotation_has_the_reasons_of_what_it_quotes() -> None:
    """The office writes held work anew, over what came since: that is a person's judgement, not a raise."""
    log = History("epoch", entries=[level(1, "a", (), "high", "dog"), level(2, "b", ("a",), "high", "axe")])
    log.quotations.add(2)

    meaning.reasons_are_kept(world(), log)


@pytest.mark.parametrize("lost", [False, True])
def test_what_stands_beside_or_was_lost_with_a_copy_was_in_view_of_who_lowered(*, lost: bool) -> None:
    """Seeds 1177 and 1054: the higher level was held, or stayed on a tablet that got an old copy back."""
    high = level(1, "a", (), "high", "dog")
    log = History(
        "epoch",
        entries=[level(2, "b", (), "unknown", "cat"), level(3, "c", ("a", "b"), "moderate", "vet")],
        lines={} if lost else {"a": high},
    )

    meaning.reasons_are_kept(world(saved_of(high)) if lost else world(), log)


def test_a_raise_over_held_work_keeps_its_reasons() -> None:
    """Its author had both in view."""
    log = History(
        "epoch",
        entries=[level(2, "b", ("a",), "high", "axe")],
        lines={"a": level(1, "a", (), "high", "dog")},
    )

    with pytest.raises(Found, match="dog"):
        meaning.reasons_are_kept(world(), log)


def level(position: int, name: str, over: tuple[str, ...], value: str, *reasons: str) -> Entry:
    """A changeset that sets the level of the one flag."""
    said = {"level": value, "reasons": [{"text": reason} for reason in reasons]}
    write = Write(name, "device", "worker", (position, 0), over, said)
    return Entry(name, "device", "worker", "client", position, (position, 0), {FLAG: write})


def saved_of(entry: Entry) -> Save:
    """What a tablet told its worker about an entry that may never come."""
    writes = tuple((*key, write.value) for key, write in entry.units.items())
    return Save(entry.name, "worker", "device", 0, "client", writes, 0)


def world(*saves: Save) -> Any:
    """All that the check asks of a world."""

    def fail(_check: str, what: str) -> None:
        raise Found(what)

    return SimpleNamespace(fail=fail, call=str, saves={save.name: save for save in saves})
