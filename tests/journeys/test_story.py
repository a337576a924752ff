"""The story that the demo plays, in both orders of coming back: what it is for is that nothing is lost."""

import pytest

from doorstep_cli.demo.checks import missed
from doorstep_cli.demo.play import Played, play
from doorstep_cli.demo.stage import Tell, set_up
from doorstep_cli.demo.story import Name


@pytest.fixture(scope="module", params=["ana", "ben"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tell: Tell) -> Played:
    """A whole day with one server and two tablets; the parameter is who comes back first."""
    first: Name = request.param
    folder = tmp_path_factory.mktemp("journey")
    with set_up(folder, 0, tell, lambda _so_far, _of: None) as stage:
        return play(stage, first, tell)


def test_nothing_that_was_promised_is_missed(played: Played) -> None:
    """Whoever comes back first, with the connection lost on the way up or on the way down."""
    assert [f"{check.name}: {check.missed}" for check in missed(played.checks)] == []


def test_every_act_of_the_story_was_looked_at(played: Played) -> None:
    """A check that was never made misses nothing."""
    wanted = (
        "assigned clients", "lost the connection", "address", "need", "signed", "later phone",
        "both dates of birth", "two PHQ-9", "one risk flag", "new client", "show the same", "every save",
        "settled date of birth",
    )  # fmt: skip
    names = [check.name for check in played.checks]

    assert [word for word in wanted if not any(word in name for name in names)] == []


def test_the_cost_of_every_act_was_measured(played: Played) -> None:
    """The table of the demo shows what the wire carried, not what somebody computed."""
    assert {(cost.worker, cost.act) for cost in played.costs} == {
        (worker, act)
        for worker in ("ana", "ben")
        for act in ("first pull", "the day, with a lost connection", "the settlement")
    }
    assert all(cost.requests > 0 and cost.up > 0 and cost.down > 0 for cost in played.costs)
