"""The checks of meaning, on logs of a few lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation import meaning
from tests.simulation.history import History
from tests.simulation.oracle import Entry, Write

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


def level(position: int, name: str, over: tuple[str, ...], value: str, *reasons: str) -> Entry:
    """A changeset that sets the level of the one flag."""
    said = {"level": value, "reasons": [{"text": reason} for reason in reasons]}
    write = Write(name, "device", "worker", (position, 0), over, said)
    return Entry(name, "device", "worker", "client", position, (position, 0), {FLAG: write})


def world() -> Any:
    """All that the check asks of a world."""

    def fail(_check: str, what: str) -> None:
        raise Found(what)

    return SimpleNamespace(fail=fail, call=str)
