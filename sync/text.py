"""
Three-way merge of narratives, sentence by sentence.

The unit is the sentence because a merge by word can make a sentence that nobody wrote: out of "denies
suicidal thoughts" and "reports no plans" a merge by word made the opposite of both. Where a full stop may end
no sentence ("2.5 mg", "Dr. Ito", "pt. denies") the text is not parted: a longer unit only asks a person more
often.
"""

import re
from collections.abc import Sequence
from typing import Final

import merge3

SENTENCES_MAX: Final = 2000
"""Sentences of one text that is still merged: the time of a comparison grows with their square."""

_BREAK = re.compile(r"[.!?…]+[\"')\]”’»]*\s+|\n\s*")
_BEGINS = re.compile(r"[\"'(\[“‘«¿¡]*([^\W\d_])")
_SHORT = re.compile(r"(?:^|[^\w])(?:[^\W\d_]|[A-ZÀ-Þ][^\W\d_]{1,3})\Z")
_SHORT_CHARS: Final = 5


def sentences(text: str) -> list[str]:
    """The sentences of a text; joined they are the text again."""
    ends = [found.end() for found in _BREAK.finditer(text) if _parts(text, found)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if start < end]


def merge_texts(base: str, texts: Sequence[str]) -> str | None:
    """
    Merge texts that were all made out of `base`; none where a sentence was touched by two of them.

    The caller gives the texts in one order on every replica.
    """
    merged: str | None = base
    for text in texts:
        merged = None if merged is None else _merge_two(base, merged, text)
    return merged


def _parts(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence surely ends here: a new line, or a stop that is no abbreviation before a capital."""
    if "\n" in found.group():
        return True
    begins = _BEGINS.match(text, found.end())
    if begins is None or not begins.group(1).isupper():
        return False
    start = found.start()
    return text[start] != "." or _SHORT.search(text[max(0, start - _SHORT_CHARS) : start]) is None


def _merge_two(base: str, one: str, other: str) -> str | None:
    parted = sentences(base), sentences(one), sentences(other)
    if max(map(len, parted)) > SENTENCES_MAX:
        return None
    merge = merge3.Merge3(*parted)
    parts: list[str] = []
    for kind, *rest in merge.merge_groups():
        if kind == "conflict":
            return None
        parts.extend(rest[0])
    return "".join(parts)
