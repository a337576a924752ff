"""
Three-way merge of narratives, sentence by sentence.

The unit is the sentence because a merge by word can make a sentence that nobody wrote: out of "denies suicidal
thoughts" and "reports no plans" a merge by word made the opposite of both.
"""

import re
from collections.abc import Sequence

import merge3

_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+[\"')\]]*\s*|\n+|\Z)")


def sentences(text: str) -> list[str]:
    """The sentences of a text; joined they are the text again."""
    return [part for part in _SENTENCE.findall(text) if part]


def merge_texts(base: str, texts: Sequence[str]) -> str | None:
    """
    Merge texts that were all made out of `base`; none where a sentence was touched by two of them.

    The caller gives the texts in one order on every replica.
    """
    merged: str | None = base
    for text in texts:
        merged = None if merged is None else _merge_two(base, merged, text)
    return merged


def _merge_two(base: str, one: str, other: str) -> str | None:
    merge = merge3.Merge3(sentences(base), sentences(one), sentences(other))
    parts: list[str] = []
    for kind, *rest in merge.merge_groups():
        if kind == "conflict":
            return None
        parts.extend(rest[0])
    return "".join(parts)
