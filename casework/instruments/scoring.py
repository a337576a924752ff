"""
Scoring: what one administration comes to, computed the same on tablet and server and never stored.

A missing answer is never 0: an incomplete administration has no total and no band, and says what is missing.
Only what is certain whatever the missing answers are (a *yes* to intent, say) stands before completion.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .answers import Answers
from .evaluation import Inputs, Reading
from .model import Definition


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one administration, by the version of the definition that asked."""

    instrument: str
    version: str
    complete: bool
    missing: tuple[str, ...]
    """Required items without an answer, in order."""
    total: int | None
    band: str | None
    outcomes: Mapping[str, str]
    """{outcome name: code}, such as `level` or `result`."""
    cutoffs: tuple[str, ...]
    """Cut-offs that are reached."""
    derived: Mapping[str, bool]
    """Facts derived from a complete administration; empty before."""

    @property
    def level(self) -> str | None:
        """The code of the outcome `level`, where the instrument has one."""
        return self.outcomes.get("level")

    @property
    def result(self) -> str | None:
        """The code of the outcome `result`, where the instrument has one."""
        return self.outcomes.get("result")

    @property
    def code(self) -> str | None:
        """The one word for it: level, result or band."""
        return self.level or self.result or self.band


def score(definition: Definition, answers: Answers, inputs: Inputs | None = None) -> Score:
    """Score answers, complete or not; `inputs` tells what answers cannot, such as `sex_for_scoring`."""
    reading = Reading(definition, answers, inputs=inputs)
    outcomes = {outcome.name: reading.outcome(outcome.name) for outcome in definition.outcomes}
    reached = [cutoff.code for cutoff in definition.cutoffs if reading.reaches(cutoff.code) is True]
    derived = {fact.code: reading.holds(fact.when) is True for fact in definition.derived}
    return Score(
        instrument=definition.id,
        version=definition.version,
        complete=reading.complete,
        missing=reading.missing,
        total=reading.total,
        band=_band(definition, reading.total),
        outcomes={name: code for name, code in outcomes.items() if code is not None},
        cutoffs=tuple(reached),
        derived=derived if reading.complete else {},
    )


def _band(definition: Definition, total: int | None) -> str | None:
    if total is None:
        return None
    return next((band.code for band in definition.bands if band.least <= total <= band.most), None)
