"""
Casework: what a visit records, and what it means.

Record types and their merge rules, instruments and their scores, risk, signing. Pure: time, ids and random
bytes come in as arguments, and nothing here reads a clock, a network or a disk but this package's own data.
"""

from . import instruments, retracting, risk, signing
from .catalogue import (
    SCHEMA,
    Blocked,
    blocked,
    blocks,
    checks,
    columns,
    counts,
    facts,
    field_of,
    label,
    names,
    new_id,
    record_types,
    rule_of,
    search_text,
    settled_by,
    subject_columns,
    subject_of,
    validate,
)
from .errors import BadAnswer, CaseworkError, NotAllowedYet, UnknownField, UnknownInstrument
from .fields import ACTS, Field, Label
from .record import Fact, Record

__all__ = [
    "ACTS",
    "SCHEMA",
    "BadAnswer",
    "Blocked",
    "CaseworkError",
    "Fact",
    "Field",
    "Label",
    "NotAllowedYet",
    "Record",
    "UnknownField",
    "UnknownInstrument",
    "blocked",
    "blocks",
    "checks",
    "columns",
    "counts",
    "facts",
    "field_of",
    "instruments",
    "label",
    "names",
    "new_id",
    "record_types",
    "retracting",
    "risk",
    "rule_of",
    "search_text",
    "settled_by",
    "signing",
    "subject_columns",
    "subject_of",
    "validate",
]
