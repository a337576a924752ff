from typing import Any

import pytest

from sync import (
    Malformed,
    Oversize,
    canonical,
    decode_bytes,
    derived_id,
    random_id,
    read_canonical,
    read_json,
)
from sync.limits import DEPTH_MAX, INTEGER_MAX, STRING_CHARS_MAX


def nested(depth: int) -> Any:
    """Lists in lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [0.5, 2**53, -(2**53), {"é": 1}, {1: 1}, "\ud800", ["\udfff"], (1,), b"x", {"a": 1.0}, object()]
)
def test_what_another_reader_could_take_otherwise_is_not_written(value: Any) -> None:
    """Floats, great numbers and half letters come out of other libraries as something else."""
    with pytest.raises(Malformed):
        canonical(value)


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        (nested(DEPTH_MAX + 1), "DEPTH_MAX"),
        ({"a": nested(DEPTH_MAX)}, "DEPTH_MAX"),
        ("x" * (STRING_CHARS_MAX + 1), "STRING_CHARS_MAX"),
    ],
)
def test_what_is_too_deep_or_too_long_is_not_written(value: Any, bound: str) -> None:
    """Nobody can make a reader work without end."""
    with pytest.raises(Oversize) as refused:
        canonical(value)

    assert refused.value.bound == bound


@pytest.mark.parametrize("value", [nested(DEPTH_MAX), "x" * STRING_CHARS_MAX, INTEGER_MAX, -INTEGER_MAX])
def test_what_lies_at_a_bound_is_written(value: Any) -> None:
    """A bound is the last that goes."""
    assert read_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "data", [b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[1, 2]", b'"\\u0041"', b"-0", b"1.0", b"1e2", b'"\\/"']
)
def test_another_spelling_is_not_canonical(data: bytes) -> None:
    """One value has one spelling."""
    with pytest.raises(Malformed):
        read_canonical(data)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"1.5", "numbers must be whole"),
        (b"NaN", "numbers must be whole"),
        (b"\xff", "UTF-8"),
        (b"{", "not JSON"),
        (b"9" * 5_000, "not JSON"),
        (b'["\\ud800"]', "lone surrogate"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, rule: str) -> None:
    """By the rule that it breaks."""
    with pytest.raises(Malformed, match=rule):
        read_json(data)


def test_escapes_that_spell_whole_letters_are_read() -> None:
    """Another library may write them."""
    assert read_json(b'"\\ud83d\\ude00\\u0007"') == "\N{GRINNING FACE}\a"


def test_what_is_too_deep_to_read_is_oversize() -> None:
    """A hundred thousand brackets end as an error with a name."""
    with pytest.raises(Oversize, match="DEPTH_MAX"):
        read_json(b"[" * 100_000)


@pytest.mark.parametrize("text", ["A", "AB=", "AB==", "A B", "AÉ", "AB", "+/AA"])
def test_base64_in_another_spelling_is_refused(text: str) -> None:
    """Padding, other letters, bits that say nothing."""
    with pytest.raises(Malformed):
        decode_bytes(text)


def test_a_random_id_is_a_uuid_of_version_four() -> None:
    """Sixteen bytes in, the form that every database knows out."""
    assert random_id(bytes(16)) == "00000000-0000-4000-8000-000000000000"
    assert random_id(b"\xff" * 16) == "ffffffff-ffff-4fff-bfff-ffffffffffff"


def test_two_tablets_derive_the_same_id() -> None:
    """Two workers who flag the same danger without signal flag it once."""
    assert derived_id("c1", "violence") == derived_id("c1", "violence") != derived_id("c1v", "iolence")
