"""
Entry: a value of a declared unit, typed into a form.

The fields follow from what casework declares: a date gets a date, a choice a list, a group a field for each part.
What is typed becomes the value that the unit holds; whether it may be held is for casework to say.

    fields = entry.fields("client", "date_of_birth", "value")      # {"value": a date}
    data = entry.typed("client", "date_of_birth", "value", old, zone)
    form = type("SettleForm", (FlaskForm,), fields)(data=data)
    entry.read(form, "client", "date_of_birth", "value", zone)     # "1941-03-14"
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_wtf import FlaskForm
from wtforms import (
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

import casework
from casework import Field, Label
from sync import Json

from ..fields import Day, Moment, Whole
from ..wording import YES_NO, language

LONG: Final = ("text", "narrative")
UNTYPED: Final = ("answers", "object", "digest")
"""Kinds that nobody types: an entry of them is taken as it is."""

MOMENTS: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How browsers give a moment."""

Fields: TypeAlias = "dict[str, UnboundField[Any]]"


class Ticks(SelectMultipleField):  # type: ignore[misc]  # the library is untyped
    """Some of a list, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def can_type(type_: str, unit: str) -> bool:
    """Whether a value of this unit can be typed at all."""
    declared = casework.field_of(type_, unit)
    return declared is not None and _is_typed(declared)


def fields(type_: str, unit: str, name: str, *, required: bool = False) -> Fields:
    """{name of a form field: field} for one unit; names of parts go on behind a double underscore."""
    return dict(_fields(_declared(type_, unit), name, required))


def typed(type_: str, unit: str, name: str, value: Json, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields show of a value that is there."""
    return {} if value is None else dict(_typed(_declared(type_, unit), name, value, zone))


def read(form: FlaskForm, type_: str, unit: str, name: str, zone: ZoneInfo) -> Json:
    """The value that was typed; None where nothing was."""
    return _read(form, _declared(type_, unit), name, zone)


def _declared(type_: str, unit: str) -> Field:
    found = casework.field_of(type_, unit)
    assert found is not None, f"{type_} declares {unit}"
    return found


def _is_typed(declared: Field) -> bool:
    if declared.kind == "group":
        return all(map(_is_typed, declared.parts.values()))
    if declared.kind == "list":
        return declared.of is not None and not declared.of.parts and _is_typed(declared.of)
    return declared.kind not in UNTYPED


def _fields(declared: Field, name: str, required: bool) -> Iterator[tuple[str, "UnboundField[Any]"]]:
    if declared.kind != "group":
        yield name, _field(declared, required)
        return
    for part, of in declared.parts.items():
        yield from _fields(of, f"{name}__{part}", False)


def _field(declared: Field, required: bool) -> Any:
    label, inside, kind = _label(declared.label), _inside(declared), declared.kind
    needed = [InputRequired() if required else Optional()]
    several = kind in ("several", "list")
    if several and inside.codes:
        return Ticks(label, choices=_choices(inside))
    if several or kind in LONG:
        return TextAreaField(label, needed, render_kw={"rows": 4 if several else 8})
    if kind == "choice":
        return SelectField(label, needed, choices=[("", "–"), *_choices(inside)], default="")
    if kind == "flag":
        said = [(str(value).lower(), _label(words)) for value, words in YES_NO.items()]
        return SelectField(label, needed, choices=[("", "–"), *said], default="")
    if kind == "date":
        return Day(label, needed)
    if kind == "instant":
        return Moment(label, needed, format=MOMENTS)
    return Whole(label, needed) if kind == "number" else StringField(label, needed)


def _typed(declared: Field, name: str, value: Any, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    if declared.kind == "group":
        inside = value if isinstance(value, Mapping) else {}
        for part, of in declared.parts.items():
            if inside.get(part) is not None:
                yield from _typed(of, f"{name}__{part}", inside[part], zone)
    elif declared.kind == "list" and not _inside(declared).codes:
        yield name, "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    elif declared.kind == "flag":
        yield name, str(value).lower()
    elif declared.kind in ("date", "instant"):
        yield name, _moment(declared.kind, str(value), zone)
    else:
        yield name, value


def _read(form: FlaskForm, declared: Field, name: str, zone: ZoneInfo) -> Json:
    if declared.kind == "group":
        said = {part: _read(form, of, f"{name}__{part}", zone) for part, of in declared.parts.items()}
        return {part: value for part, value in said.items() if value is not None} or None
    # A form may leave a part out that is not for people to type.
    return _value(declared, form[name].data, zone) if name in form else None


def _value(declared: Field, said: Any, zone: ZoneInfo) -> Json:
    if isinstance(said, datetime):
        return said.replace(tzinfo=zone).isoformat()
    if isinstance(said, date):
        return said.isoformat()
    if isinstance(said, str):
        if declared.kind == "list":
            return [line.strip() for line in said.splitlines() if line.strip()] or None
        if declared.kind == "flag":
            return {"true": True, "false": False}.get(said)
        return said.strip() or None
    if isinstance(said, list):
        return [str(code) for code in said] or None
    return said if isinstance(said, int) else None


def _moment(kind: str, value: str, zone: ZoneInfo) -> date | datetime | None:
    """A day or a moment for its field; text that is none leaves it empty."""
    try:
        if kind == "date":
            return date.fromisoformat(value)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(zone).replace(tzinfo=None) if found.tzinfo is not None else found


def _inside(declared: Field) -> Field:
    return declared.of if declared.kind == "list" and declared.of is not None else declared


def _choices(declared: Field) -> list[tuple[str, Any]]:
    return [(code, _label(Label(*said))) for code, said in declared.codes.items()]


def _label(label: Label) -> Any:
    """A label in the language of whoever reads it."""
    return LazyString(lambda: label.of(language()))
