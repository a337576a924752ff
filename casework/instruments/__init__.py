"""
Instruments: definitions as data, and the engine that asks, scores and alerts.
"""

from .administration import Progress, Step, answer, may_start, progress, prune
from .alerts import SEND_AFTER_S, Alert, alerts, newly, raised
from .answers import Answers, absence, check_answers
from .evaluation import Inputs
from .form import Form, FormItem, FormOption, Import, Problem, is_loinc
from .inputs import inputs_of
from .library import Library, imported, load, shipped
from .model import Band, Case, Definition, Item, Labels, Option, Outcome, Raises, Rule, words
from .observations import Observation, observations
from .reader import data_of, read_definition
from .scoring import Score, score
from .wording import bring_in

__all__ = [
    "SEND_AFTER_S",
    "Alert",
    "Answers",
    "Band",
    "Case",
    "Definition",
    "Form",
    "FormItem",
    "FormOption",
    "Import",
    "Inputs",
    "Item",
    "Labels",
    "Library",
    "Observation",
    "Option",
    "Outcome",
    "Problem",
    "Progress",
    "Raises",
    "Rule",
    "Score",
    "Step",
    "absence",
    "alerts",
    "answer",
    "bring_in",
    "check_answers",
    "data_of",
    "imported",
    "inputs_of",
    "is_loinc",
    "load",
    "may_start",
    "newly",
    "observations",
    "progress",
    "prune",
    "raised",
    "read_definition",
    "score",
    "shipped",
    "words",
]
