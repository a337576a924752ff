"""Whatever a file holds, import takes it or says one line about it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.services.keeping import importing

from .resources import LOINC, patient, phq2

RESOURCES = (patient(), phq2())
LINE_CHARS_MAX = 500

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1e308,
    "",
    " ",
    "x" * 5_000,
    "\x00",
    "\u202e",
    "EN",
    "2020-13-01",
]
ODD += [LOINC, "8302-2", "LA6568-5", [], {}, [None], [[]], ["a"], {"code": "x"}, {"a": 1}]


def places(part: Any) -> list[tuple[Any, Any]]:
    """(object or list, key) of everything inside a resource."""
    keys: list[Any] = []
    if isinstance(part, dict):
        keys = list(part)
    elif isinstance(part, list):
        keys = list(range(len(part)))
    return [(part, key) for key in keys] + [found for key in keys for found in places(part[key])]


@given(st.data())
def test_a_resource_with_anything_anywhere_is_taken_or_refused_in_single_lines(data: st.DataObject) -> None:
    """Files come from programs that nobody here has seen; none may end in a traceback."""
    resource = deepcopy(data.draw(st.sampled_from(RESOURCES)))
    for _ in range(data.draw(st.integers(1, 3))):
        part, key = data.draw(st.sampled_from(places(resource)))
        if data.draw(st.booleans()):
            part[key] = deepcopy(data.draw(st.sampled_from(ODD)))
        else:
            part.pop(key)

    finds, faults = importing.read("a.json", json.dumps(resource).encode())

    assert bool(finds) is not bool(faults)
    for fault in faults:
        assert len(str(fault).splitlines()) == 1
        assert len(str(fault)) < LINE_CHARS_MAX


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.csv", "a.CSV", "a.txt", ""]))
def test_any_bytes_are_refused_in_single_lines(data: bytes, name: str) -> None:
    """A photograph that was dragged onto the wrong window is no reason to stop."""
    _, faults = importing.read(name, data)

    assert all(len(str(fault).splitlines()) == 1 for fault in faults)
