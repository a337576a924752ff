"""
Entering: `field=value` arguments as units of a record.

    preferred_name=Rosa               a value, as text or as JSON, whatever the field wants
    legal_name.given=Rosa             one part of a group; the other parts stay as they are shown
    hazards+={"kind": "dog", …}       a member more in a set
    hazards/MEMBER=null               a member less; null clears a value elsewhere, too
"""

import json
from collections.abc import Iterable
from typing import Any, Final

import casework
from casework import BadAnswer, Field, UnknownField
from sync import Json

from ..items import Item

JSON_KINDS: Final = frozenset(("group", "list", "object", "answers"))
DIGITS_MAX: Final = 15
"""Digits of a whole number that every JSON reader keeps exactly."""

TRUTHS: Final = {"true": True, "yes": True, "false": False, "no": False}


def entered(type_: str, arguments: Iterable[str], item: Item | None = None) -> dict[str, Any]:
    """
    The units that arguments name, for `Edit.create` and `Edit.update`.

    Args:
        type_: The record type.
        arguments: Each `field=value`, `group.part=value`, `set+=value` or `set/member=value`.
        item: The record whose groups are changed in part.

    Raises:
        BadAnswer, UnknownField: One of them is not of this form, or names nothing of the type.
    """
    found: dict[str, Any] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or not name:
            raise BadAnswer(type_, "arguments", "must be field=value")
        if name.endswith("+"):
            found.setdefault(name[:-1], []).append(_value(type_, name[:-1], text))
        elif "." in name:
            unit, _, part = name.partition(".")
            found[unit] = {**_group(type_, unit, found, item), part: _value(type_, name, text)}
        else:
            found[name] = _value(type_, name, text)
    return found


def read_value(type_: str, unit: str, text: str) -> Json:
    """One value as somebody types it."""
    value: Json = _value(type_, unit, text)
    return value


def read_json(text: str, where: str) -> Any:
    """JSON; a number with a point is kept as text, as records do. `where` names it in an error."""
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        raise BadAnswer(where, "", "must be JSON") from None


def _value(type_: str, name: str, text: str) -> Any:
    declared = _field(type_, name)
    if text == "null":
        return None
    if declared.kind in JSON_KINDS:
        return read_json(text, f"{type_}.{name}")
    if declared.kind == "several" and not text.startswith("["):
        return [code.strip() for code in text.split(",") if code.strip()]
    if declared.kind == "several":
        return read_json(text, f"{type_}.{name}")
    if declared.kind == "flag":
        return TRUTHS.get(text.lower(), text)
    if declared.kind == "number":
        return int(text) if _is_whole(text) else text
    return read_json(text, f"{type_}.{name}") if text.startswith('"') else text


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdecimal() and len(digits) <= DIGITS_MAX


def _field(type_: str, name: str) -> Field:
    """The declared field of a unit, of a part of a group (`unit.part`), or of the members of a set."""
    whole, _, parts = name.partition(".")
    kind = casework.record_types().get(type_)
    found = None if kind is None else kind.fields.get(whole.partition("/")[0])
    for part in parts.split(".") if parts else ():
        found = None if found is None else found.parts.get(part)
    if found is None:
        raise UnknownField(type_, name)
    return found


def _group(type_: str, unit: str, found: dict[str, Any], item: Item | None) -> dict[str, Any]:
    if _field(type_, unit).kind != "group":
        raise BadAnswer(type_, unit, "has no parts")
    value = found.get(unit, None if item is None else item.value(unit))
    return dict(value) if isinstance(value, dict) else {}
