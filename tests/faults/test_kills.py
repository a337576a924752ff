"""A few kills of each kind in every run of the tests; `kill_tablet` and `kill_server` do hundreds."""

from pathlib import Path

import pytest

from . import kill_server, kill_tablet
from .ledger import Save
from .nursery import Failed

KILLS = 10


def test_a_tablet_that_is_killed_loses_nothing_that_it_told(tmp_path: Path) -> None:
    """A worker who was told that it is saved walks away from it."""
    tally = kill_tablet.Campaign(tmp_path, seed=7).play(KILLS, lambda _: None)

    assert tally.kills == KILLS
    assert tally.saves > 0
    assert len(tally.stages) > 2, "the kills are spread over the day"


def test_a_save_that_was_told_and_is_not_there_is_found_out(tmp_path: Path) -> None:
    """A proof that cannot fail proves nothing."""
    campaign = kill_tablet.Campaign(tmp_path, seed=7)
    campaign.ledger.saves["A" * 22] = Save("A" * 22, ("need", "n", "detail"), "told")

    with pytest.raises(Failed, match="lost"):
        campaign.play(3, lambda _: None)


def test_a_server_that_is_killed_loses_nothing_that_it_told(database_url: str, tmp_path: Path) -> None:
    """What the server said to have is let go on tablets one day."""
    tally = kill_server.play(tmp_path, database_url, KILLS // 2, 7, lambda _: None)

    assert tally.kills == KILLS // 2
    assert tally.told == tally.saves > 0
