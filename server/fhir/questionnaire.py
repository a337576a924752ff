"""
Questionnaire: a form of another system in the neutral terms that `casework.instruments` understands.

Groups are taken apart, items that only display something are left out. What cannot be asked is refused by its
link id: a form without one of its questions is another form.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from casework.instruments import Form, FormItem, FormOption

from ..errors import Unreadable

Object: TypeAlias = Mapping[str, Any]

LOINC: Final = "http://loinc.org"
SCORES: Final = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
)
"""Extensions that give an option its score."""

KINDS: Final = {
    "choice": "choice",
    "string": "text",
    "text": "text",
    "integer": "number",
    "date": "date",
    "decimal": "number",
}
"""{type of item: how it is asked}; `boolean` is a choice between yes and no."""

ID_CHARS_MAX: Final = 64
_YES_NO: Final = (FormOption("yes", "Yes"), FormOption("no", "No"))


def form_of(questionnaire: Object) -> Form:
    """
    The form that a valid Questionnaire describes.

    Raises:
        Unreadable: An item cannot be asked here.
    """
    return Form(
        id=_id(questionnaire),
        title=questionnaire.get("title") or questionnaire.get("name") or _id(questionnaire),
        items=tuple(_items(questionnaire.get("item", ()))),
        version=str(questionnaire.get("version") or questionnaire.get("date") or "1"),
        language=questionnaire.get("language", "en"),
        loinc=_loinc(questionnaire),
        notice=questionnaire.get("copyright", ""),
    )


def _items(items: Iterable[Object]) -> Iterable[FormItem]:
    for item in items:
        if item["type"] not in ("group", "display"):
            yield _item(item)
        yield from _items(item.get("item", ()))


def _item(item: Object) -> FormItem:
    options = _YES_NO if item["type"] == "boolean" else tuple(_options(item))
    kind = "choice" if item["type"] == "boolean" else KINDS.get(item["type"])
    if kind is None:
        raise Unreadable(f"item {item['linkId']}: type {item['type']} cannot be asked here")
    if kind == "choice" and not options:
        raise Unreadable(f"item {item['linkId']}: its options must stand in the file, as answerOption")
    return FormItem(
        link_id=item["linkId"],
        text=item.get("text", ""),
        loinc=_loinc(item),
        options=options if kind == "choice" else (),
        kind=kind,
        required=item.get("required", False),
        multiple=item.get("repeats", False),
    )


def _options(item: Object) -> Iterable[FormOption]:
    for option in item.get("answerOption", ()):
        coding = option.get("valueCoding")
        if coding is None:
            value = str(option.get("valueString") or option.get("valueInteger") or "")
            yield FormOption(_name(value), value)
        else:
            display = coding.get("display") or coding.get("code", "")
            yield FormOption(coding.get("code", ""), display, coding.get("system"), _score(option, coding))


def _score(*parts: Object) -> int | None:
    """The score of an option, where it is a whole number."""
    for part in parts:
        for extension in part.get("extension", ()):
            value = extension.get("valueDecimal", extension.get("valueInteger"))
            if extension.get("url") in SCORES and value is not None and value == int(value):
                return int(value)
    return None


def _loinc(part: Object) -> str | None:
    codes = (code.get("code") for code in part.get("code", ()) if code.get("system") == LOINC)
    return next(filter(None, codes), None)


def _id(questionnaire: Object) -> str:
    """A name of ours for the form, made of its own."""
    given = questionnaire.get("name") or questionnaire.get("id") or questionnaire.get("url", "")
    name = _name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", given)).replace("-", "_").lower()
    return name if re.match(r"[a-z]", name) else f"form_{name}"[:ID_CHARS_MAX]


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:ID_CHARS_MAX] or "form"
