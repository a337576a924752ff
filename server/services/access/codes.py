"""
Enrolment codes as people read them: 128 random bits in Crockford's base 32, with a check character.

Groups of four, 27 characters in all, read aloud without mistaking O for 0 or I for 1
(https://www.crockford.com/base32.html).

    >>> text = code_text(bytes(range(16)))
    >>> text
    '0004-1061-050R-3GG2-8A1C-60T3-GF6'
    >>> code_bytes(text.lower().replace("0", "o").replace("-", " ")) == bytes(range(16))
    True
"""

from typing import Final

from ...errors import CodeRefused

CODE_BYTES: Final = 16
"""Random bytes of a code: nobody guesses it within its 24 hours, nor ever."""

GROUP_CHARS: Final = 4
"""Characters read in one breath."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS: Final = _ALPHABET + "*~$=U"
_CHARS: Final = 26
_ALIKE: Final = str.maketrans("OIL", "011", "- ")


def code_text(code: bytes) -> str:
    """A code for people to read."""
    assert len(code) == CODE_BYTES, "a code has 16 bytes"
    number = int.from_bytes(code, "big")
    chars = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARS)))
    whole = chars + _CHECKS[number % len(_CHECKS)]
    return "-".join(whole[n : n + GROUP_CHARS] for n in range(0, len(whole), GROUP_CHARS))


def code_bytes(text: str) -> bytes:
    """
    A code as somebody typed it.

    Raises:
        CodeRefused: It is no code: too short, too long, mistyped.
    """
    chars = text.upper().translate(_ALIKE)
    if len(chars) != _CHARS + 1 or any(char not in _ALPHABET for char in chars[:-1]):
        raise CodeRefused
    number = 0
    for char in chars[:-1]:
        number = number << 5 | _ALPHABET.index(char)
    if number >> 8 * CODE_BYTES or chars[-1] != _CHECKS[number % len(_CHECKS)]:
        raise CodeRefused
    return number.to_bytes(CODE_BYTES, "big")
