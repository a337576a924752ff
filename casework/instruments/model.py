"""
The model of an instrument: a definition as frozen values.

A definition is immutable: a change of facts or of wording is a new version, and what was answered is scored
by the version that asked. An *item* is one question, an *option* one way to answer it; a *branch* is what an
item's `ask_if` opens. An *outcome* is a named list of cases of which the first that certainly holds is the
result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from sync import Json

from .conditions import Test

Labels: TypeAlias = Mapping[str, str]
"""{language tag: words}; English is always there in what we ship."""

Voice: TypeAlias = Literal["now", "today", "note"]
VOICES: Final = ("now", "today", "note")
"""How loudly a rule speaks: it rings people, it is one inbox line, it stands in the timeline."""

AnswerKind: TypeAlias = Literal["choice", "text", "number", "date"]
KINDS: Final = ("choice", "text", "number", "date")

INPUTS: Final = ("sex_for_scoring", "seen_alone", "previous_total")
"""What a caller may tell besides the answers."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer."""

    code: str
    labels: Labels
    score: int | None = None
    positive: bool | None = None
    """Whether it counts as positive; None says neither."""
    loinc: str | None = None
    exclusive: bool = False
    """It cannot be chosen together with another."""
    refusal: bool = False
    """It is how the instrument itself writes down that the client refused."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question."""

    id: str
    labels: Labels
    kind: AnswerKind = "choice"
    options: tuple[Option, ...] = ()
    loinc: str | None = None
    link_id: str | None = None
    """Its id in the questionnaire whose wording was imported."""
    required: bool = False
    multiple: bool = False
    ask_if: Test | None = None
    sensitive: str | None = None
    asked_of: str = "client"

    def option(self, code: str) -> Option | None:
        """The option of a code."""
        return next((option for option in self.options if option.code == code), None)

    @property
    def refusal(self) -> str | None:
        """The code of the option for a refusal, where the instrument has one."""
        return next((option.code for option in self.options if option.refusal), None)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of totals with a name."""

    least: int
    most: int
    code: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the scores of some items."""

    items: tuple[str, ...]
    least: int
    most: int
    loinc: str | None = None
    closed_counts_as: int | None = None
    """What an item counts whose branch is closed; None where no total exists then."""


@dataclass(frozen=True, slots=True)
class Case:
    """One code of an outcome, and when it holds; the last has no condition."""

    code: str
    labels: Labels
    when: Test | None = None
    loinc: str | None = None
    waits_for: str | None = None
    """An item that is about to be asked: what this case raises is not sent on leaving the item before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A named result: the first case that certainly holds."""

    name: str
    cases: tuple[Case, ...]
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A named condition: a cut-off of the total, or a fact derived from the answers."""

    code: str
    when: Test
    labels: Labels = field(default_factory=dict)
    optional: bool = False
    """It counts only where the agency has chosen it."""


@dataclass(frozen=True, slots=True)
class Raises:
    """What a rule raises: a kind of risk flag to at least a level."""

    kind: str
    level: str


@dataclass(frozen=True, slots=True)
class Rule:
    """When somebody must do something, what, and how loudly it is said."""

    id: str
    when: Test
    voice: Voice
    action: Labels
    raises: Raises | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one instrument."""

    id: str
    version: str
    titles: Labels
    items: tuple[Item, ...]
    source: Mapping[str, Json]
    """The data it was read from: what a record of it carries."""
    construct: str = ""
    recall_period: str = ""
    licence: str = ""
    attribution: str = ""
    notice: str = ""
    loinc: str | None = None
    """The code of the panel."""
    total: Total | None = None
    bands: tuple[Band, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    derived: tuple[Cutoff, ...] = ()
    rules: tuple[Rule, ...] = ()
    ask_alone: bool = False
    official: tuple[str, ...] = ()
    """Languages in which the wording is the publisher's and not ours."""

    def item(self, id_: str) -> Item | None:
        """The item of an id."""
        return next((item for item in self.items if item.id == id_), None)


def words(labels: Labels, language: str) -> str:
    """Labels in a language, in its main language, in English, or as they are; empty where there are none."""
    for tag in (language, language.partition("-")[0], "en"):
        if tag in labels:
            return labels[tag]
    return next(iter(labels.values()), "")
