"""
The merging rules once more, slowly and from nothing, as the laws ask for them: by a rule's name alone.

The loops themselves are the simulator's oracle, `tests.simulation.oracle`: there is one naive merge, not two.
"""

from collections.abc import Sequence
from typing import Any

from tests.simulation import oracle
from tests.simulation.oracle import Write as Entry
from tests.simulation.oracle import life_of, live_of

__all__ = ["Entry", "life_of", "live_of", "shown_of", "story"]

WORDS = ("zero", "one", "two")
"""What a sentence of the laws' story reads in its versions."""


def shown_of(rule: str, alive: Sequence[Entry], writes: Sequence[Entry]) -> dict[str, Any]:
    """{value, by, needs, values}: what the unit shows, and its different values, the shown one first."""
    lives = rule == "safest" and any(isinstance(one.value, dict) for one in alive)
    return oracle.shown_of(oracle.LIFE if lives else oracle.Rule(rule), alive, writes)


def story(versions: Sequence[int]) -> str:
    """The text whose sentence n has been edited to version `versions[n]`."""
    return oracle.story([WORDS[version] for version in versions])
