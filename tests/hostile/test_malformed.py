"""What is no request: bombs, depths, numbers that are none, doubled keys, more than a bound allows."""

import gzip
import json
import zlib
from typing import Any

import pytest

from .kit import ENROL, LATE, PASSING, TABLET, Fortress, enrolled, name_of

HUGE = (2**53, -(2**53), 2**63, 10**400)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_not_inflated(made: Fortress, encoding: str) -> None:
    """A quarter of a megabyte that would be a quarter of a gigabyte."""
    before = made.essence()
    bomb = bytes(200 * 1024 * 1024)
    body = gzip.compress(bomb, 9) if encoding == "gzip" else zlib.compress(bomb, 9)

    answer = made.send(made.worker, body, headers={"Content-Encoding": encoding})

    assert answer.status_code == 413
    assert made.essence() == before


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_a_million_brackets_are_refused(made: Fortress, opening: bytes) -> None:
    """As the head, as a changeset, as an enrolment: nobody's stack or patience runs out."""
    fresh = enrolled(made)
    deep = opening * (230_000 // len(opening))
    before = made.essence(but=PASSING | LATE)

    as_head = made.send(fresh, deep)
    as_line = made.sync(fresh, fresh.sealed(deep))
    as_value = made.sync(fresh, fresh.sealed(b'{"at":[1,0],"writes":' + deep))
    enrolment = made.send(None, deep, path=ENROL, headers={"Content-Type": "application/json"})
    packed = zlib.compress(opening * (1_000_000 // len(opening)))
    as_bomb = made.send(fresh, packed, headers={"Content-Encoding": "deflate"})

    assert {as_head.status_code, enrolment.status_code, as_bomb.status_code} <= {400, 413}
    assert made.outcomes(as_line) == made.outcomes(as_value) == ["unreadable"]
    assert made.essence(but=PASSING | LATE) == before


@pytest.mark.parametrize(
    "number", HUGE, ids=lambda number: f"{number:.0e}" if abs(number) < 10**300 else "1e400"
)
def test_huge_numbers_are_refused(made: Fortress, number: int) -> None:
    """Beyond what every reader keeps a number means different things to different readers."""
    fresh = enrolled(made)
    before = made.essence(but=PASSING | LATE)
    heads: list[dict[str, Any]] = [
        {"page_bytes": number},
        {"tablet": {**TABLET, "clock": number}},
        {"tablet": {**TABLET, "pending": number}},
        {"tablet": {**TABLET, "schema": number}},
    ]

    statuses = {
        made.send(fresh, dumped({"epoch": made.epoch, "tablet": TABLET, **head})).status_code
        for head in heads
    }
    line = fresh.sealed(b'{"at":[%d,0],"prev":"","seq":%d}' % (number, number))

    assert statuses == {400}
    assert made.outcomes(made.sync(fresh, line)) == ["unreadable"]
    assert made.essence(but=PASSING | LATE) == before


@pytest.mark.parametrize("spelling", [b"NaN", b"Infinity", b"-Infinity", b"1.5", b"1e5", b"-0", b"01"])
def test_numbers_that_are_no_whole_numbers_are_refused(made: Fortress, spelling: bytes) -> None:
    """NaN equals nothing, not even itself: a merge of it never ends the same."""
    fresh = enrolled(made)
    before = made.essence(but=PASSING | LATE)
    good = fresh.changeset(made.client, name_of(made.client)).partition(b" ")[2]
    bad = good.replace(b'"Rosa"', spelling)
    head = b'{"epoch":"","page_bytes":%s,"tablet":{}}' % spelling

    assert made.outcomes(made.sync(fresh, fresh.sealed(bad))) == ["unreadable"]
    assert made.send(fresh, head).status_code in (400, 409)
    assert made.essence(but=PASSING | LATE) == before


def test_a_doubled_key_hides_no_second_meaning(made: Fortress) -> None:
    """One reader takes the first, one the last: so neither is taken."""
    fresh = enrolled(made)
    before = made.essence(but=PASSING | LATE)
    good = fresh.changeset(made.client, name_of(made.client)).partition(b" ")[2]
    doubled = good.replace(b'{"at":', b'{"at":[1,0],"at":', 1)

    assert made.outcomes(made.sync(fresh, fresh.sealed(doubled))) == ["unreadable"]
    assert made.essence(but=PASSING | LATE) == before


def test_more_than_a_push_may_have_is_refused_whole(made: Fortress) -> None:
    """Lines, bytes and heads beyond their bounds, each named."""
    before = made.essence()
    line = made.worker.sealed(b"{}")
    many = made.sync(made.worker, *[b"x"] * 501)
    large = made.send(made.worker, made.request(line) + b" " * 300_000)
    long = made.send(made.worker, b'{"epoch":"' + b"x" * 250_000 + b'"}')

    assert [json.loads(answer.data).get("bound") for answer in (many, large)] == [
        "PUSH_CHANGESETS_MAX",
        "PUSH_BYTES_MAX",
    ]
    assert long.status_code in (400, 413)
    assert made.essence() == before


def test_five_hundred_unreadable_lines_hide_no_good_one(made: Fortress) -> None:
    """Poison beside good work is held alone."""
    fresh = enrolled(made)
    good = fresh.changeset(made.client, name_of(made.client, "Between"))
    poison = [b"poison %d" % number for number in range(400)]

    outcomes = made.outcomes(made.sync(fresh, *poison[:200], good, *poison[200:]))

    assert outcomes.count("unreadable") == 400
    assert outcomes[200] == "accepted"


def dumped(value: Any) -> bytes:
    """JSON as anybody writes it, whatever the numbers."""
    return json.dumps(value).encode()
