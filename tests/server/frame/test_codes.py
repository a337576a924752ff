from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import (
    CodeRefused,
)
from server.services.access.codes import code_bytes, code_text


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_it_was_written_and_as_people_type(code: bytes) -> None:
    """Small letters, O for 0, I and L for 1, spaces or nothing between the groups."""
    text = code_text(code)
    typed = text.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert code_bytes(text) == code_bytes(typed) == code


@given(
    st.binary(min_size=16, max_size=16),
    st.integers(0, 25),
    st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
)
def test_one_mistyped_character_is_noticed(code: bytes, place: int, char: str) -> None:
    """Before the server spends an attempt on it."""
    chars = list(code_text(code).replace("-", ""))
    if chars[place] == char:
        return
    chars[place] = char

    with pytest.raises(CodeRefused):
        code_bytes("".join(chars))


@pytest.mark.parametrize("text", ["", "0004", "!" * 27, "Z" * 27])
def test_what_is_no_code_is_refused(text: str) -> None:
    """Too short, of other signs, or more than 128 bits."""
    with pytest.raises(CodeRefused):
        code_bytes(text)
