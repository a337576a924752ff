"""
Finding people by name without storing names: keyed digests of words and of their beginnings.

A name becomes its words, without case and accents; each word gives a token for itself and for each
beginning from two letters on. What somebody types gives one token a word, so "mar gon" finds Márquez
González. Equal beginnings give equal tokens: how common a beginning is can be counted by who holds the
database, its letters cannot be read.
"""

import hmac
import unicodedata
from typing import Final

WORD_CHARS_MAX: Final = 16
"""Characters of a word that tell names apart; longer words are found by these."""

BEGINNING_CHARS_MIN: Final = 2
"""Letters from which a beginning is found: one letter finds a twentieth of everybody."""

TOKEN_BYTES: Final = 16
"""Bytes of a token: no two names meet by chance."""


def name_tokens(key: bytes, name: str) -> list[bytes]:
    """The tokens under which a name is filed, each once, in an order that tells nothing."""
    beginnings = {word[:end] for word in words(name) for end in range(_shortest(word), len(word) + 1)}
    return sorted(_token(key, beginning) for beginning in beginnings)


def query_tokens(key: bytes, typed: str) -> list[bytes]:
    """The tokens that a name must have, all of them, to be found by what was typed."""
    return sorted({_token(key, word) for word in words(typed)})


def words(text: str) -> list[str]:
    """
    The words of a text without case, accents and marks.

    >>> words("José O’Brien-Straße")
    ['jose', 'o', 'brien', 'strasse']
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.category(c).startswith("M"))
    return [word[:WORD_CHARS_MAX] for word in kept.split()]


def _shortest(word: str) -> int:
    """In scripts without letters one sign says as much as a syllable or a word."""
    has_letters = unicodedata.category(word[0]) != "Lo"
    return min(BEGINNING_CHARS_MIN, len(word)) if has_letters else 1


def _token(key: bytes, word: str) -> bytes:
    return hmac.digest(key, word.encode(), "sha256")[:TOKEN_BYTES]
