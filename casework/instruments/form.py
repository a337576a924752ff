"""
A form: a questionnaire that an agency imports, and what is said of it.

Reading FHIR is not done here: the caller gives a `Form`. What becomes of it is in `wording`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .model import Definition

LOINC_SYSTEM: Final = "http://loinc.org"

Urgency: TypeAlias = Literal["refused", "noted"]


@dataclass(frozen=True, slots=True)
class FormOption:
    """One answer option of an imported questionnaire."""

    code: str
    display: str
    system: str | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class FormItem:
    """One item of an imported questionnaire; groups are already taken apart, display items left out."""

    link_id: str
    text: str
    loinc: str | None = None
    options: tuple[FormOption, ...] = ()
    kind: str = "choice"
    required: bool = False
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """An imported questionnaire in a neutral form."""

    id: str
    title: str
    items: tuple[FormItem, ...]
    version: str = "1"
    language: str = "en"
    loinc: str | None = None
    """The code of the panel."""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about an import, named: `refused` stops it, `noted` does not."""

    item: str
    """The link id; empty where the whole form is meant."""
    code: str
    text: str
    urgency: Urgency = "refused"


@dataclass(frozen=True, slots=True)
class Import:
    """What an import came to; no definition where a problem refuses it."""

    definition: Definition | None
    problems: tuple[Problem, ...]


def faults(form: Form) -> Iterable[Problem]:
    """What no definition could be made of."""
    if form.loinc is not None and not is_loinc(form.loinc):
        yield Problem("", "unknown_loinc", f"{form.loinc} is not a LOINC code")
    if not form.items:
        yield Problem("", "empty", "has no item that could be asked")
    for item in form.items:
        if item.loinc is not None and not is_loinc(item.loinc):
            yield Problem(item.link_id, "unknown_loinc", f"{item.loinc} is not a LOINC code")


def is_loinc(code: str) -> bool:
    """Whether a code can be a LOINC code: its last digit checks the others (Luhn's formula)."""
    number, _, check = code.partition("-")
    if not (
        number.isascii() and number.isdigit() and len(check) == 1 and check.isascii() and check.isdigit()
    ):
        return False
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    return (sum(value // 10 + value % 10 for value in doubled) + int(check)) % 10 == 0
