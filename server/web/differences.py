"""
Differences: two texts word by word, for the eye of somebody who decides. Never for merging: that goes by sentence.
"""

import re
from difflib import SequenceMatcher
from typing import Final

from markupsafe import Markup

WORDS_MAX: Final = 4_000
"""Words of a text that are compared; longer ones are shown whole, for the comparison grows with their square."""

_PARTS: Final = re.compile(r"\s+|[^\s]+")


def marked(before: str, after: str) -> Markup:
    """The later text, with what was added in `<ins>` and what was taken out in `<del>`."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX:
        return Markup('<span class="written">{}</span>').format(after)
    shown = [
        part
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for part in _parts(tag, "".join(old[a:b]), "".join(new[c:d]))
    ]
    return Markup('<span class="written">{}</span>').format(Markup("").join(shown))


def _parts(tag: str, old: str, new: str) -> list[Markup]:
    if tag == "equal":
        return [Markup("{}").format(new)]
    found = [Markup("<del>{}</del>").format(old)] if old else []
    return [*found, Markup("<ins>{}</ins>").format(new)] if new else found
