from collections.abc import Iterator
from typing import NoReturn

import pytest

from sync import Json, ids, read_json
from sync.ids import Compiled, encode, read_written, use_compiled


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The process goes on with the library that it had."""
    before = ids._compiled
    yield
    use_compiled(before)


def refuse(_value: object) -> NoReturn:
    """A library that takes nothing."""
    raise ValueError


def test_a_compiled_library_is_given_the_value_and_the_bytes() -> None:
    """And what it gives back is taken."""
    written: list[Json] = []

    def write(value: Json) -> bytes:
        written.append(value)
        return b"compiled"

    use_compiled(Compiled(read_json, write))

    assert encode({"a": 1}) == b"compiled"
    assert written == [{"a": 1}]
    assert read_written(b'{"b":2}') == {"b": 2}


def test_what_a_compiled_library_refuses_the_standard_library_is_asked() -> None:
    """A great number costs time there, and nothing else."""
    use_compiled(Compiled(refuse, refuse))

    assert encode({"a": 2**70}) == b'{"a":1180591620717411303424}'
    assert read_written(b'{"a":1}') == {"a": 1}
