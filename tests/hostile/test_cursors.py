"""Cursors are opaque to tablets; a hostile one writes its own, and gets a page or an error for it."""

import json
from random import Random
from typing import Any

import pytest

from sync import encode_bytes

from .kit import Fortress, enrolled

ROUNDS = 150
NUMBERS: tuple[Any, ...] = (0, 0, 1, 2, 5, 40, 1000, 2**53, 2**61)


@pytest.mark.parametrize("seed", range(2))
def test_a_cursor_of_its_own_making_gets_a_page_or_an_error(made: Fortress, seed: int) -> None:
    """A place beyond the end, a batch of subjects that are not there, an index behind its list."""
    fresh, random = enrolled(made), Random(seed)
    first = json.loads(made.sync(fresh, head={"page_bytes": 2_000}).data)["page"]["cursor"]
    position, link = first.split(".")[:2]
    before = made.essence()
    given: set[int] = set()

    for _ in range(ROUNDS):
        progress = encode_bytes(json.dumps(_progress(made, random)).encode())
        cursor = f"{position}.{link}.{progress}"
        answer = made.sync(fresh, head={"cursor": cursor, "page_bytes": random.choice((1, 500, 100_000))})
        given.add(answer.status_code)

    assert given <= {200, 400, 409}
    assert 200 in given
    assert made.essence() == before


def _progress(made: Fortress, random: Random) -> list[Any]:
    subjects = [*made.agency.clients, *made.other.clients, "agency", "", "nobody", "~", "x" * 64]

    def number() -> Any:
        return random.choice(NUMBERS)

    def text() -> str:
        return random.choice((*subjects, "client", "need", "$life", "phone"))

    def place() -> Any:
        return None if random.random() < 0.4 else [number(), text(), text(), text()]

    batch = [
        number(),
        number(),
        [random.choice(subjects) for _ in range(random.randint(0, 4))],
        number(),
        text(),
        text(),
        place(),
        random.random() < 0.3,
    ]
    return [random.choice((None, number())), place(), None if random.random() < 0.2 else batch]
