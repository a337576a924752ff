"""
Canonical bytes, and the names made from them.

*Canonical JSON* is RFC 8785 for the values that we allow: no floats, whole numbers that every reader keeps,
keys in ASCII, text without lone surrogates. For these the standard library writes the same bytes as a general
library, eight times faster; a law holds the two together.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from .errors import Malformed, Oversize
from .limits import DEPTH_MAX, INTEGER_MAX, STRING_CHARS_MAX

Json: TypeAlias = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""A value that a write may carry: JSON without floats. Decimals travel as text."""

ID_BYTES: Final = 16
"""Bytes of a digest that make an id: 128 bits, written as 22 characters of base64url."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class Compiled(NamedTuple):
    """
    A compiled library that reads and writes JSON.

    What it writes has the bytes that the standard library would write, which a law holds it to. What it does not
    read or write it refuses by ValueError or TypeError; then the standard library is asked.
    """

    read: Callable[[bytes], Json]
    write: Callable[[Json], bytes]


_compiled: Compiled | None = None


def use_compiled(library: Compiled | None) -> None:
    """Let a compiled library read what must be canonical and write what is, from now on and in this process."""
    global _compiled
    _compiled = library


def canonical(value: Json) -> bytes:
    """
    Write a value as canonical JSON.

    Raises:
        Malformed: A float, a number beyond 2**53 - 1, a key outside ASCII or a lone surrogate.
        Oversize: Deeper than `DEPTH_MAX` or a string longer than `STRING_CHARS_MAX`.
    """
    _check(value, DEPTH_MAX)
    try:
        return encode(value)
    except UnicodeEncodeError:
        raise Malformed("text holds a lone surrogate") from None


def encode(value: Json) -> bytes:
    """Canonical JSON of a value that was checked when it was read."""
    if _compiled is not None:
        try:
            return _compiled.write(value)
        except (TypeError, ValueError):
            return _encode(value).encode()
    return _encode(value).encode()


def read_canonical(data: bytes) -> Json:
    """
    Read canonical JSON, and nothing else: other bytes for the same value are refused.

    One value has one spelling, so doubled keys, spaces and escaped letters cannot hide a second meaning.

    Raises:
        Malformed: Not JSON, or not canonical.
        Oversize: Too deep, or a string too long.
    """
    value = read_written(data)
    if canonical(value) != data:
        raise Malformed("JSON is not in canonical form")
    return value


def read_written(data: bytes) -> Json:
    """
    Read what `encode` has written; other JSON may come back with numbers that are not whole.

    Raises:
        Malformed: Not JSON.
        Oversize: Too deep.
    """
    if _compiled is not None:
        try:
            return _compiled.read(data)
        except ValueError:
            return read_json(data)
    return read_json(data)


def read_json(data: bytes) -> Json:
    """
    Read JSON without floats, in any spelling.

    Raises:
        Malformed: Not UTF-8, not JSON, with a number that is not whole, or with half a surrogate pair.
    """
    try:
        value: Json = _decode(data.decode())
        if b"\\u" in data:
            # Only an escape can bring half a surrogate pair, and what holds one can be stored nowhere.
            encode(value)
    except UnicodeEncodeError:
        raise Malformed("text holds a lone surrogate") from None
    except UnicodeDecodeError:
        raise Malformed("text is not UTF-8") from None
    except RecursionError:
        raise Oversize("DEPTH_MAX", DEPTH_MAX, DEPTH_MAX + 1) from None
    except ValueError:
        raise Malformed("text is not JSON") from None
    return value


def digest_id(data: bytes) -> str:
    """The first 16 bytes of SHA-256 as base64url, 22 characters."""
    return encode_bytes(hashlib.sha256(data).digest()[:ID_BYTES])


def derived_id(*parts: str) -> str:
    """A UUID that follows from its parts, so that two tablets without signal arrive at the same one."""
    return _as_uuid(hashlib.sha256(canonical(list(parts))).digest()[:ID_BYTES], version=8)


def random_id(entropy: bytes) -> str:
    """A version 4 UUID made of 16 random bytes."""
    assert len(entropy) == ID_BYTES, "an id takes 16 random bytes"
    return _as_uuid(entropy, version=4)


def encode_bytes(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_bytes(text: str) -> bytes:
    """
    Base64url without padding as bytes.

    Raises:
        Malformed: Not base64url, or not the one spelling of its bytes.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Malformed("text is not base64url") from None
    if encode_bytes(data) != text:
        raise Malformed("base64url is not in its shortest form")
    return data


def _as_uuid(data: bytes, version: int) -> str:
    number = int.from_bytes(data, "big")
    number = number & ~(0xF << 76) | version << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _no_float(text: str) -> Any:
    raise Malformed("numbers must be whole")


# Made once: `json.loads` with words of one's own makes a decoder at each call.
_decode = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).decode


def _check(value: Json, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if len(value) > STRING_CHARS_MAX:  # type: ignore[arg-type]  # kind is str
            raise Oversize("STRING_CHARS_MAX", STRING_CHARS_MAX, len(value))  # type: ignore[arg-type]  # kind is str
    elif kind is int:
        if not -INTEGER_MAX <= value <= INTEGER_MAX:  # type: ignore[operator]  # kind is int
            raise Malformed("a number lies beyond 2**53 - 1")
    elif kind is dict or kind is list:
        if depth == 0:
            raise Oversize("DEPTH_MAX", DEPTH_MAX, DEPTH_MAX + 1)
        _check_parts(value, depth - 1)  # type: ignore[arg-type]  # kind is dict or list
    elif value is not None and kind is not bool:
        raise Malformed(f"a value of kind {kind.__name__} is not JSON here")


def _check_parts(value: list[Json] | dict[str, Json], depth: int) -> None:
    if isinstance(value, dict):
        for key in value:
            if type(key) is not str or not key.isascii():
                raise Malformed("a key is not ASCII text")
    for part in value if isinstance(value, list) else value.values():
        # Most parts are short text, and looking at them here takes half of the time.
        if type(part) is not str or len(part) > STRING_CHARS_MAX:
            _check(part, depth)
