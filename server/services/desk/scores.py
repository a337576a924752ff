"""
Scores: what the answers of a client come to, by the instruments of the agency; computed, never stored.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

import casework
from casework import UnknownInstrument, instruments
from casework.instruments import Definition, Inputs, Library, Score
from casework.records.assessment import answers_of
from sync import RecordView, view

from ...crypto import Sealer
from ..log.book import AGENCY
from ..log.records import read_subject


@dataclass(frozen=True, slots=True)
class Asking:
    """What a score needs besides the answers: the instruments, and what record and agency say."""

    library: Library
    inputs: Inputs

    def definition(self, shown: RecordView) -> Definition | None:
        """The instrument of an assessment, in the version that asked; none that is not here."""
        named = shown.value("instrument")
        if not isinstance(named, dict):
            return None
        try:
            return self.library.load(str(named.get("id")), str(named.get("version")))
        except UnknownInstrument:
            return None

    def score(self, shown: RecordView) -> Score | None:
        """What one assessment comes to; none where its instrument is not here."""
        definition = self.definition(shown)
        return None if definition is None else instruments.score(definition, answers_of(shown), self.inputs)


def asking(session: Session, sealer: Sealer, agency: str, client: RecordView | None) -> Asking:
    """
    The shipped instruments and those that the agency imported, and what it has decided about them.

    Args:
        session: In a transaction.
        sealer: Opens them.
        agency: Whose.
        client: The record of whoever was asked; none where it is not here.
    """
    views = [view(record, casework.rule_of) for record in read_subject(session, sealer, agency, AGENCY)]
    wholes = [shown.value("whole") for shown in views if shown.type == "instrument"]
    imported = [instruments.imported(whole) for whole in wholes if whole is not None]
    settings = [shown for shown in views if shown.type == "settings"]
    return Asking(instruments.shipped().adding(imported), instruments.inputs_of(client, settings))
