"""
Inputs: what a score needs besides the answers, as records tell it.

The same on tablet and server: who reads the same records gets the same score. What is not known says so, and
an instrument then takes the more careful cut-off.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sync import RecordView

from .evaluation import Inputs

SEXES: Final = ("female", "male")
"""Sexes for which an instrument may have a cut-off of its own."""

CHOSEN: Final[Mapping[str, str]] = {"phq2_sensitive": "positive_sensitive"}
"""{what an agency may decide in its settings: the optional cut-off that it chooses by that}."""


def inputs_of(client: RecordView | None, settings: Iterable[RecordView]) -> Inputs:
    """
    What a client's record and the agency's settings say.

    Args:
        client: The record of whoever is asked; none where it is not here.
        settings: The agency's `settings` records.
    """
    sex = None if client is None else client.value("sex")
    found: dict[str, Any] = {"sex_for_scoring": sex if sex in SEXES else "unknown"}
    for decided in settings:
        whole = decided.value("whole")
        told = whole if isinstance(whole, dict) else {}
        found |= {cutoff: True for setting, cutoff in CHOSEN.items() if told.get(setting) is True}
    return found
