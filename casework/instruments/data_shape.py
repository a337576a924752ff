"""
The shape of a definition's data: which members it has and what they look like.

Built from the same shapes as the fields of records, so an imported definition obeys the same bounds.
"""

from collections.abc import Collection
from typing import Any, Final

from marshmallow import ValidationError
from marshmallow.fields import Field

from sync import Json

from ..shapes import (
    LIST_ITEMS_MAX,
    TEXT_CHARS_MAX,
    Group,
    Listing,
    Matching,
    OneOf,
    Truth,
    Whole,
    Words,
    broken_rule,
)
from .model import KINDS, VOICES

ITEMS_MAX: Final = 300
"""Items of one instrument: as many as one administration may answer."""

SCORE_MAX: Final = 1_000
"""The greatest score of an option, and of a total."""

ID: Final = r"[a-z_][a-z0-9_]{0,63}"
"""Ids are names of the condition language."""


class Dictionary(Field[dict[str, Any]]):
    """An object whose keys are of one form and whose values are of one shape."""

    def __init__(self, keys: Matching, values: Field[Any], most: int, least: int = 0) -> None:
        rule = f"must be an object of {least} to {most} entries"
        super().__init__(error_messages={"rule": rule, "null": rule})
        self._keys, self._values = keys, values
        self._least, self._most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if type(value) is not dict or not self._least <= len(value) <= self._most:
            raise self.make_error("rule")
        for key, entry in value.items():
            self._keys.deserialize(key)
            self._entry(key, entry)
        return value

    def _entry(self, key: str, entry: Any) -> None:
        try:
            self._values.deserialize(entry)
        except ValidationError as error:
            raise ValidationError({key: error.messages}) from None


def first_fault(shape: Field[Any], data: Json) -> tuple[str, str] | None:
    """The first (part, rule) that data breaks."""
    try:
        shape.deserialize(data)
    except ValidationError as error:
        return broken_rule(error.messages)
    return None


def _group(needs: Collection[str], **parts: Field[Any]) -> Group:
    return Group(parts, needs)


def _list(of: Field[Any], most: int = LIST_ITEMS_MAX, least: int = 0) -> Listing:
    return Listing(of, most, least)


def _id() -> Matching:
    return Matching(ID, "a name in lower case")


def _loinc() -> Matching:
    return Matching(r"(LA|LL)?\d{1,7}-\d", "a LOINC code such as 44250-9 or LA6568-5")


def _condition() -> Words:
    return Words(1_000, least=1)


def _labels() -> Dictionary:
    tags = Matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "a language tag such as es")
    return Dictionary(tags, Words(TEXT_CHARS_MAX, lines=True, least=1), most=20, least=1)


def _cutoff() -> Group:
    return _group(
        ("code", "when"),
        code=_id(),
        when=_condition(),
        labels=_labels(),
        optional=Truth(),
        note=Words(TEXT_CHARS_MAX),
    )


_OPTION = _group(
    ("code", "labels"),
    code=Matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "an option code"),
    labels=_labels(),
    score=Whole(0, SCORE_MAX),
    positive=Truth(),
    loinc=_loinc(),
    exclusive=Truth(),
    refusal=Truth(),
)

_ITEM = _group(
    ("id", "labels"),
    id=_id(),
    labels=_labels(),
    kind=OneOf(KINDS),
    options=_id(),
    loinc=_loinc(),
    link_id=Words(200, least=1),
    required=Truth(),
    multiple=Truth(),
    ask_if=_condition(),
    sensitive=_id(),
    asked_of=OneOf(("client", "worker")),
)

_TOTAL = _group(
    ("items", "range"),
    items=_list(_id(), ITEMS_MAX, 1),
    range=_list(Whole(0, SCORE_MAX * ITEMS_MAX), 2, 2),
    loinc=_loinc(),
    closed_counts_as=Whole(0, SCORE_MAX),
)

_BAND = _group(
    ("least", "most", "code", "labels"),
    least=Whole(0, SCORE_MAX * ITEMS_MAX),
    most=Whole(0, SCORE_MAX * ITEMS_MAX),
    code=_id(),
    labels=_labels(),
    note=Words(TEXT_CHARS_MAX),
)

_CASE = _group(
    ("code", "labels"), code=_id(), labels=_labels(), when=_condition(), loinc=_loinc(), waits_for=_id()
)

_RULE = _group(
    ("id", "when", "voice", "action"),
    id=_id(),
    when=_condition(),
    voice=OneOf(VOICES),
    action=_labels(),
    raises=_group(("kind", "level"), kind=_id(), level=_id()),
)

_VECTOR = _group(
    ("answers",),
    answers=Dictionary(_id(), Matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "an option code"), ITEMS_MAX),
    closed=Truth(),
    inputs=Dictionary(_id(), _id(), 20),
    cutoffs=_list(_id()),
    total=Whole(0, SCORE_MAX * ITEMS_MAX),
    band=_id(),
    outcomes=Dictionary(_id(), _id(), 20),
    alerts=_list(_id()),
)

DEFINITION: Final[Field[Any]] = _group(
    ("id", "version", "titles", "items"),
    id=Matching(r"[a-z][a-z0-9_]{0,63}", "a name in lower case"),
    version=Matching(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,79}", "a version such as 1.0"),
    titles=_labels(),
    construct=Words(TEXT_CHARS_MAX),
    population=Words(TEXT_CHARS_MAX),
    recall_period=Words(TEXT_CHARS_MAX),
    licence=Words(200),
    attribution=Words(TEXT_CHARS_MAX),
    notice=Words(TEXT_CHARS_MAX),
    sources=_list(Words(TEXT_CHARS_MAX)),
    loinc=_loinc(),
    options=Dictionary(_id(), _list(_OPTION, LIST_ITEMS_MAX, 1), ITEMS_MAX),
    items=_list(_ITEM, ITEMS_MAX, 1),
    total=_TOTAL,
    bands=_list(_BAND),
    outcomes=_list(
        _group(("name", "cases"), name=_id(), loinc=_loinc(), cases=_list(_CASE, LIST_ITEMS_MAX, 1)), 20
    ),
    cutoffs=_list(_cutoff()),
    derived=_list(_cutoff()),
    rules=_list(_RULE),
    vectors=_list(_VECTOR),
    ask_alone=Truth(),
    official=_list(Matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "a language tag such as es"), 20),
)
