"""Laws of compiled JSON: with it and without it, the same bytes are written, read and refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.compiled import ORJSON
from sync import Json, SyncError, canonical, encode, ids, read_canonical
from sync.ids import Compiled, read_written, use_compiled
from tests.laws.strategies import json_values

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
"""JSON as strangers write it: fractions, huge numbers, half surrogate pairs, keys in any script."""


@contextmanager
def using(library: Compiled | None) -> Iterator[None]:
    """With this library, and then as before."""
    before = ids._compiled
    use_compiled(library)
    try:
        yield
    finally:
        use_compiled(before)


def outcome(act: Any, *values: Any) -> Any:
    """What comes of it: an answer, or the kind of refusal."""
    try:
        return act(*values)
    except (SyncError, ValueError, TypeError) as error:
        return type(error)


def both(act: Any, *values: Any) -> tuple[Any, Any]:
    """What comes of it without the compiled library and with it."""
    with using(None):
        without = outcome(act, *values)
    with using(ORJSON):
        return without, outcome(act, *values)


@given(json_values)
def test_what_we_write_has_the_same_bytes(value: Json) -> None:
    """Ids and signatures are made of them: a tablet has no compiled library."""
    without, compiled = both(encode, value)

    assert without == compiled
    with using(ORJSON):
        assert read_written(compiled) == value == read_canonical(compiled)


@given(anything)
def test_what_may_not_be_written_is_refused_alike(value: Any) -> None:
    """Fractions, huge numbers, keys in any script, half surrogate pairs."""
    without, compiled = both(canonical, value)

    assert without == compiled


@given(json_values, st.integers(0, 200), st.binary(max_size=4), st.booleans())
def test_what_is_read_is_read_alike(value: Json, where: int, put: bytes, cut: bool) -> None:
    """Bytes that somebody changed, with a few put in, or cut off."""
    data = canonical(value)
    where %= len(data) + 1
    changed = data[:where] + put + (b"" if cut else data[where:])

    without, compiled = both(read_canonical, changed)

    assert without == compiled


@pytest.mark.parametrize(
    "data",
    [
        b"1.0", b"1e2", b"-0", b"9007199254740992", b"18446744073709551616", b'{"a":1,"a":1}', b'"\\ud800"',
        b'"\\u00e4"', b"NaN", b"Infinity", b" 1", b"1 ", b"", b"\xff", b"\xef\xbb\xbf1", b"[" * 20 + b"]" * 20,
        b"[" * 100_000, b'{"\xc3\xa4":1}', b'"\x7f"', b'"\\u007f"', b'"\\/"', b'"a\nb"', b"[1,]", b"'1'", b"01",
        b'"\\u0000"', b'{"b":1,"a":1}', b'"\\b\\f\\n\\r\\t\\u001f"', b'"\xf0\x9f\x98\x80"', b'"\xed\xa0\x80"',
        b"true", b"nul",
    ],
)  # fmt: skip
def test_planted_bytes_are_read_alike(data: bytes) -> None:
    """What decoders are known to differ about."""
    without, compiled = both(read_canonical, data)

    assert without == compiled
