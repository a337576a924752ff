"""
The catalogue: every record type, and what the other rooms ask about them.

Types are found in `records/` by themselves, in the order of their file names, so a new type is a new file
there. Nothing else in this room names one.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from marshmallow import ValidationError

from sync import CheckFlag, Json, Life, RecordView, Rule, derived_id, latest, random_id

from . import records
from .errors import BadAnswer, UnknownField
from .fields import ACTS, BY_CASE, Field, Label, searchable
from .record import Fact, Record, Subject
from .shapes import broken_rule, is_member

SCHEMA: Final = 1
"""The number of the declared schema; raised with every released change of it."""

_LATEST: Final = latest()

_UNITS_KEPT: Final = 8192
"""Units whose field is looked up once: every declared one, and the members of sets in recent use."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """An undecided unit that an act must wait for."""

    type: str
    id: str
    unit: str


def _found() -> dict[str, type[Record]]:
    """The record types, in the order of the files that declare them."""
    found: dict[str, type[Record]] = {}
    for module in sorted(entry.name for entry in pkgutil.iter_modules(records.__path__)):
        declared = vars(pkgutil.resolve_name(f"{records.__name__}.{module}")).values()
        for kind in declared:
            if isinstance(kind, type) and issubclass(kind, Record) and kind.__module__.endswith(f".{module}"):
                assert kind.type not in found, f"two record types are called {kind.type}"
                found[kind.type] = kind
    return found


_TYPES: Final[Mapping[str, type[Record]]] = MappingProxyType(_found())
_FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {name: kind.fields for name, kind in _TYPES.items()}


def record_types() -> Mapping[str, type[Record]]:
    """{name: class} of every record type, ordered by name of file."""
    return _TYPES


@lru_cache(maxsize=_UNITS_KEPT)
def field_of(type_: str, unit: str) -> Field | None:
    """The declared field of a unit, of a set the field of its members; None where nothing is declared."""
    fields = _FIELDS.get(type_)
    if fields is None:
        return None
    name, slash, member = unit.partition("/")
    declared = fields.get(name)
    if declared is None or declared.many is not bool(slash) or (slash and not is_member(member)):
        return None
    return declared


def rule_of(type_: str, unit: str) -> Rule:
    """The sync rule of a unit; `latest` for what is not declared."""
    declared = field_of(type_, unit)
    return _LATEST if declared is None else declared.rule


def validate(type_: str, unit: str, value: Json, schema: int = SCHEMA) -> None:
    """
    Hold one write against the rule of its unit.

    A type or unit of a newer schema than ours passes untouched: it is stored and relayed for those who know
    it.

    Raises:
        UnknownField: The type or the unit is not declared.
        BadAnswer: The value breaks the rule.
    """
    declared = field_of(type_, unit)
    if declared is None:
        if schema > SCHEMA:
            return
        raise UnknownField(type_ if type_ in _TYPES else "record", unit if type_ in _TYPES else None)
    try:
        declared.shape.deserialize(value)
    except ValidationError as error:
        part, rule = broken_rule(error.messages)
        raise BadAnswer(type_, unit, rule, part) from None


def subject_of(type_: str) -> Subject:
    """
    What records of a type belong to.

    Raises:
        UnknownField: There is no such type.
    """
    return _type(type_).subject


def new_id(type_: str, subject: str, fields: Mapping[str, Any], entropy: bytes) -> str:
    """
    The id of a new record: the subject's own, derived where two tablets must meet in it, else random.

    `entropy` is 16 random bytes.

    Raises:
        UnknownField: There is no such type.
        BadAnswer: A field that makes the id is missing.
    """
    kind = _type(type_)
    if kind.is_subject:
        return subject
    if not kind.identity:
        return random_id(entropy)
    for name in kind.identity:
        validate(type_, name, fields.get(name))
    return derived_id(type_, subject, *(str(fields[name]) for name in kind.identity))


def checks(view: RecordView) -> tuple[CheckFlag, ...]:
    """What the fields of a record say together that cannot be right."""
    kind = _TYPES.get(view.type)
    return () if kind is None else tuple(kind.checks(view))


def columns(view: RecordView) -> dict[str, Json]:
    """{index column: value} of one record; none for a type that we do not know."""
    kind = _TYPES.get(view.type)
    return {} if kind is None else kind.columns(view)


def subject_columns(views: Iterable[RecordView]) -> dict[str, Json]:
    """{column: value} that a subject's row shows because of its records: the highest risk, the last visit."""
    found: dict[str, Json] = dict.fromkeys(_SUBJECT_COLUMNS)
    for view in views:
        kind = _TYPES.get(view.type)
        for column, value in () if kind is None else kind.about_subject(view).items():
            before = found[column]
            if value is not None:
                found[column] = (
                    value if kind is None or before is None else kind.greatest(column, before, value)
                )
    return found


def search_text(view: RecordView) -> str:
    """The words that free text search looks at, a line a value."""
    fields = _FIELDS.get(view.type, {})
    words: list[str] = []
    for unit in sorted(view.units):
        declared = fields.get(unit.partition("/")[0])
        if declared is not None:
            words.extend(searchable(declared, view.value(unit)))
    return "\n".join(words)


def facts(view: RecordView) -> tuple[Fact, ...]:
    """Projection rows of one record: ids, codes, levels and dates; those that say nothing are left out."""
    kind = _TYPES.get(view.type)
    made = () if kind is None else kind.facts(view)
    return tuple(fact for fact in made if fact.code is not None or fact.at is not None)


def counts(view: RecordView) -> bool:
    """Whether lists go by what a record says: one that was retracted does not, but for a danger nobody has seen."""
    kind = _TYPES.get(view.type)
    return view.life is not Life.RETRACTED or (kind is not None and kind.outlives_retraction(view))


def names(view: RecordView) -> tuple[str, ...]:
    """Names under which people look the record up."""
    kind = _TYPES.get(view.type)
    return () if kind is None else tuple(kind.names(view))


def settled_by(type_: str, unit: str) -> frozenset[str]:
    """The roles that may settle an undecided unit, or decide it where the office decides."""
    declared = field_of(type_, unit)
    return BY_CASE if declared is None else declared.settled_by


def blocks(type_: str, unit: str) -> frozenset[str]:
    """The acts that wait while a unit is undecided; never signing, and never an export for care."""
    declared = field_of(type_, unit)
    return frozenset() if declared is None else declared.blocks


def blocked(act: str, views: Iterable[RecordView]) -> tuple[Blocked, ...]:
    """What an act (`claim`, `discharge_summary`) must wait for among some records."""
    assert act in ACTS, "an act that rests on settled facts"
    return tuple(
        Blocked(view.type, view.id, unit)
        for view in views
        for unit in sorted(view.undecided())
        if act in blocks(view.type, unit)
    )


def label(type_: str, unit: str = "", code: str = "", language: str = "en") -> str:
    """
    What a screen shows for a type, a unit, or a code of a choice; parts of a group follow a dot.

    A name that is not declared is shown as it is.
    """
    if not unit:
        return _TYPES[type_].title.of(language) if type_ in _TYPES else type_
    whole, _, part = unit.partition(".")
    declared = field_of(type_, whole)
    for name in part.split(".") if part else ():
        declared = None if declared is None else _inside(declared).parts.get(name)
    if declared is None:
        return code or unit
    if not code:
        return declared.label.of(language)
    codes = _inside(declared).codes
    return Label(*codes[code]).of(language) if code in codes else code


def _inside(declared: Field) -> Field:
    """What a list consists of; any other field itself."""
    return declared.of if declared.kind == "list" and declared.of is not None else declared


def _type(type_: str) -> type[Record]:
    if type_ not in _TYPES:
        raise UnknownField(type_)
    return _TYPES[type_]


def _subject_columns() -> tuple[str, ...]:
    """Every column that some type may give its subject's row."""
    empty = {name: RecordView(name, "", "", {}) for name in _TYPES}
    return tuple(column for name, kind in _TYPES.items() for column in kind.about_subject(empty[name]))


_SUBJECT_COLUMNS: Final = _subject_columns()
