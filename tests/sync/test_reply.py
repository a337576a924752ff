import json
from typing import Any

import pytest

from sync import Fate, Malformed, Outcome, Page, PageIn, Reply, read_reply, write_reply
from tests.sync.making import page


def test_a_reply_with_nothing_to_say_is_small() -> None:
    """A no-op sync costs a few bytes."""
    reply = Reply("e1", 5, page=Page("c1"))

    assert write_reply(reply) == b'{"clock":5,"epoch":"e1","page":{"cursor":"c1"}}'
    assert read_reply(write_reply(reply)) == Reply("e1", 5, page=page("c1"))


def test_each_kind_of_outcome_comes_back() -> None:
    """Accepted, accepted with another clock, held, waiting."""
    outcomes = (
        Outcome("a", 1),
        Outcome("b", 2, at_ms=0),
        Outcome("c", 3, held="code", sentence="Why."),
        Outcome("d", 0, missing=("e",)),
    )

    assert read_reply(write_reply(Reply("e1", 5, outcomes))).outcomes == outcomes
    assert b'["d",0,["e"]]' in write_reply(Reply("e1", 5, outcomes))
    assert [outcome.settled for outcome in outcomes] == [True, True, True, False]


def test_a_whole_reply_comes_back() -> None:
    """Rows go through as bytes."""
    whole = Reply(
        "e1", 5, (), (Fate("a", 1, "not_applied", "double"),),
        Page("c1", True, (b'{"x":1}', b"2"), ("s1",), ("s2",), ("s3",), {"s1": "d"}, "t", 9),
        8, "lease", enrol_again=True,
    )  # fmt: skip
    arrives = PageIn("c1", True, ({"x": 1}, 2), ("s1",), ("s2",), ("s3",), {"s1": "d"}, "t", 9)

    assert read_reply(write_reply(whole)) == Reply(
        "e1", 5, (), whole.fates, arrives, 8, "lease", enrol_again=True
    )


@pytest.mark.parametrize(
    "members",
    [
        {"epoch": 1}, {"clock": "5"}, {"clock": True}, {"outcomes": {}}, {"outcomes": ["a1"]}, {"outcomes": [["a"]]},
        {"outcomes": [["a", "1"]]}, {"outcomes": [["a", 1, "held"]]}, {"outcomes": [["a", 1, {}]]},
        {"outcomes": [["a", 1, [2]]]}, {"outcomes": [["a", 1, "x", "y", "z"]]}, {"outcomes": [["a", 1, 2, 3]]},
        {"fates": [["a", 1, "released"]]}, {"fates": [["a", 1, 2, "x"]]}, {"fates": "abcd"}, {"page": None},
        {"page": {}},
        {"page": {"cursor": 1}}, {"page": {"cursor": "c", "digests": []}},
        {"page": {"cursor": "c", "digests": {"a": 1}}},
        {"page": {"cursor": "c", "records": {}}}, {"page": {"cursor": "c", "enter": "s1"}},
        {"safe": -1}, {"lease": 1},
        {"page": {"cursor": "c", "whole": [1]}}, {"page": {"cursor": "c", "leave": {}}},
        {"page": {"cursor": "c", "head": "1"}}, {"page": {"cursor": "c", "total": 1}},
    ],
)  # fmt: skip
def test_a_reply_of_another_form_is_refused(members: dict[str, Any]) -> None:
    """Nothing of it is stored, and all stays pending."""
    with pytest.raises(Malformed):
        read_reply(json.dumps({"epoch": "e1", "clock": 5, **members}).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"epoch":"e1"}', b"null"])
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    """A proxy's page of regret, say."""
    with pytest.raises(Malformed):
        read_reply(data)
