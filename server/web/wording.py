"""
Wording: what records hold, as a page says it: in the language of the reader, with the labels that casework declares.

A page makes one `Wording` with what it has opened (names of people, instruments) and hands it to its template as
`words`. A unit that a newer program wrote has no label here and is shown as it is.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

import casework
from casework import Field, Label, UnknownInstrument, instruments
from casework.codes import PURPOSES
from casework.instruments import Definition, Library, Score
from sync import CHOSEN, LIFE, Json, Life, RecordView

from .showing import NONE, day, name, when, zone

LIFE_LABEL: Final = Label("Counts", "Cuenta")
CHOSEN_LABEL: Final = Label("Chosen: {}", "Elegido: {}")
YES_NO: Final = {True: Label("Yes", "Sí"), False: Label("No", "No")}
REVIVED: Final = Label("Yes, again", "Sí, de nuevo")
RETRACTED: Final = Label("Retracted", "Retirado")
ABSENCES: Final = {
    "refused": Label("Refused to answer", "No quiso responder"),
    "not_answered": Label("Not answered", "Sin respuesta"),
}
SHORT_CHARS: Final = 8
"""Characters of an id that stand for somebody or something whose name is not known here."""


class Wording:
    """Labels and values in words."""

    def __init__(self, names: Mapping[str, str], library: Library | None = None) -> None:
        """
        Args:
            names: {id: name} of people that values may refer to.
            library: The instruments of the agency; the shipped ones where none is given.
        """
        self._names = names
        self._library = library or instruments.shipped()

    def type(self, type_: str) -> str:
        """What a record type is called."""
        return casework.label(type_, language=language())

    def label(self, type_: str, unit: str) -> str:
        """What a unit is called; a part of a group follows a dot."""
        if unit == LIFE:
            return LIFE_LABEL.of(language())
        if unit.startswith(CHOSEN):
            return CHOSEN_LABEL.of(language()).format(self.label(type_, unit.removeprefix(CHOSEN)))
        return casework.label(type_, unit, language=language())

    def code(self, type_: str, unit: str, code: str) -> str:
        """A code of a choice in words."""
        return casework.label(type_, unit, code, language=language())

    def purpose(self, code: str) -> str:
        """For what somebody read a record."""
        return code_label(PURPOSES[code]) if code in PURPOSES else code

    def person(self, id_: str) -> Markup:
        """The name of somebody, else the beginning of the id."""
        return name(self._names.get(id_) or id_[:SHORT_CHARS])

    def people(self, ids: Iterable[str]) -> Markup:
        """The names of some, one after the other."""
        return Markup(", ").join(map(self.person, ids))

    def values(
        self, type_: str, unit: str, values: Iterable[Json], shown: RecordView | None = None
    ) -> Markup:
        """Several values of a unit, one below the other."""
        return _items(self.value(type_, unit, value, shown) for value in values)

    def value(self, type_: str, unit: str, value: Json, shown: RecordView | None = None) -> Markup:
        """
        A value of a unit.

        Args:
            type_: The record's type.
            unit: The unit that holds it.
            value: What it holds.
            shown: The record, which answers need: it names their instrument.
        """
        if value is None:
            return escape(NONE)
        if unit == LIFE:
            return escape(_life(value))
        declared = casework.field_of(type_, unit)
        if declared is None:
            return escape(_raw(value))
        if declared.kind == "answers" and isinstance(value, Mapping):
            return self.answers(value, self.definition(shown))
        return self._worded(declared, value)

    def pairs(self, shown: RecordView, units: Iterable[str]) -> list[tuple[str, Markup]]:
        """(label, value) of those of these units that the record has."""
        return [
            (self.label(shown.type, unit), self.value(shown.type, unit, value, shown))
            for unit in units
            if (value := shown.value(unit)) is not None
        ]

    def instant(self, text: str) -> Markup:
        """A moment or a day that a projection holds, ISO 8601."""
        return escape(NONE) if not text else _instant(text) if "T" in text else day(text)

    def instant_text(self, text: str) -> str:
        """The same where no element can stand: in a picture."""
        return self.instant(text).striptags()

    def day_text(self, text: str) -> str:
        """The day of a moment, in the agency's time zone, where no element can stand."""
        found = datetime.fromisoformat(text)
        here = found.astimezone(zone()) if found.tzinfo is not None else found
        return format_date(here.date(), "medium", language())

    def labels(self, labels: Mapping[str, str]) -> str:
        """What an instrument says, in the language of the reader."""
        return _words(labels)

    def time(self, text: str) -> str:
        """The time of day of a moment that a projection holds, in the agency's time zone."""
        return format_time(datetime.fromisoformat(text), "short", zone(), language())

    def weekday(self, day_: date) -> str:
        """What a day of the week is called."""
        return format_date(day_, "EEEE", language())

    def result(self, definition: Definition | None, score: Score) -> str:
        """What a score is called: its band, or the code of its outcome."""
        if definition is None:
            return score.code or ""
        labels = {case.code: case.labels for outcome in definition.outcomes for case in outcome.cases}
        labels |= {band.code: band.labels for band in definition.bands}
        return _words(labels[score.code]) if score.code in labels else score.code or ""

    def rule(self, instrument: str, rule: str) -> str:
        """Why a rule spoke: the form (id and version) and what it asks for; as they are, where they are not known."""
        id_, _space, version = instrument.partition(" ")
        try:
            definition = self._library.load(id_, version)
        except UnknownInstrument:
            return f"{instrument} {rule}".strip()
        said = [_words(each.action) for each in definition.rules if each.id == rule]
        return f"{_words(definition.titles)}: {said[0] if said else rule}"

    def definition(self, shown: RecordView | None) -> Definition | None:
        """The instrument that an assessment asked, in the version that asked; none that is not known here."""
        asked = None if shown is None else shown.value("instrument")
        if not isinstance(asked, dict):
            return None
        try:
            return self._library.load(str(asked.get("id")), str(asked.get("version")))
        except UnknownInstrument:
            return None

    def title(self, definition: Definition | None) -> str:
        """What an instrument is called."""
        return _("An instrument that is not known here") if definition is None else _words(definition.titles)

    def answers(self, answers: Mapping[str, Any], definition: Definition | None) -> Markup:
        """Question and answer, in the order of the form; what was not asked is left out."""
        if definition is None:
            return _pairs((item, escape(_raw(answer))) for item, answer in sorted(answers.items()))
        asked = [item for item in definition.items if item.id in answers]
        known = {item.id for item in asked}
        rows = [(_words(item.labels), _answer(item, answers[item.id])) for item in asked]
        rows += [(id_, escape(_raw(answer))) for id_, answer in answers.items() if id_ not in known]
        return _pairs(rows)

    def _worded(self, declared: Field, value: Any) -> Markup:
        if isinstance(value, Mapping) and declared.parts:
            return self._group(declared, value)
        if isinstance(value, list):
            of = declared.of if declared.kind == "list" and declared.of is not None else declared
            return _items(self._worded(of, entry) for entry in value)
        if isinstance(value, bool):
            return escape(YES_NO[value].of(language()))
        if isinstance(value, str):
            return self._text(declared, value)
        return escape(_raw(value))

    def _text(self, declared: Field, value: str) -> Markup:
        if value in declared.codes:
            return escape(Label(*declared.codes[value]).of(language()))
        if declared.kind == "reference":
            return self.person(value) if value in self._names else _short(value)
        if declared.kind == "language":
            return escape(_language(value))
        if declared.kind == "date":
            return day(value)
        if declared.kind == "instant":
            return _instant(value)
        return Markup('<span class="written">{}</span>').format(value)

    def _group(self, declared: Field, value: Mapping[str, Any]) -> Markup:
        """The parts in the order of the form; one that is called as the whole is has no label of its own."""
        rows = []
        for part_name, part in declared.parts.items():
            if value.get(part_name) is not None:
                label, whole = part.label.of(language()), declared.label.of(language())
                rows.append(("" if label == whole else label, self._worded(part, value[part_name])))
        rows += [(key, escape(_raw(part))) for key, part in value.items() if key not in declared.parts]
        return rows[0][1] if len(rows) == 1 else _pairs(rows)


def language() -> str:
    """The language of the reader."""
    return str(get_locale() or "en")


def code_label(said: tuple[str, str]) -> str:
    """What a declared code is called, out of what it is called in each language."""
    return Label(*said).of(language())


def _words(labels: Mapping[str, str]) -> str:
    return instruments.words(labels, language())


def _answer(item: instruments.Item, answer: Any) -> Markup:
    absent = answer.get("absent") if isinstance(answer, dict) else None
    if absent in ABSENCES:
        return Markup("<em>{}</em>").format(ABSENCES[absent].of(language()))
    if isinstance(answer, list):
        return _items(_answer(item, entry) for entry in answer)
    option = item.option(answer) if isinstance(answer, str) else None
    if option is not None:
        return escape(_words(option.labels))
    return day(answer) if item.kind == "date" and isinstance(answer, str) else escape(_raw(answer))


def _pairs(rows: Iterable[tuple[str, Markup]]) -> Markup:
    row = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    plain = Markup('<div class="plain"><dt class="visually-hidden">{}</dt><dd>{}</dd></div>')
    shown = [row.format(label, said) if label else plain.format(_("Value"), said) for label, said in rows]
    return Markup('<dl class="facts facts-inside">{}</dl>').format(Markup("").join(shown))


def _items(entries: Iterable[Markup]) -> Markup:
    shown = [Markup("<li>{}</li>").format(entry) for entry in entries]
    return Markup('<ul class="inside">{}</ul>').format(Markup("").join(shown)) if shown else escape(NONE)


def _language(tag: str) -> str:
    """What a language is called in the language of the reader; its tag, where that is not known."""
    try:
        found = Locale.parse(tag.replace("-", "_")).get_display_name(language())
    except (UnknownLocaleError, ValueError):
        return tag
    return found or tag


def _instant(text: str) -> Markup:
    """A moment, in the agency's time zone as everywhere; text that is none as it is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return escape(text)
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return when(round(aware.timestamp() * 1000))


def _life(value: Json) -> str:
    told = value if isinstance(value, dict) else {}
    if told.get("state") != Life.RETRACTED.value:
        return REVIVED.of(language())
    reason = casework.retracting.REASONS.get(str(told.get("reason")))
    why = "" if reason is None else f": {Label(*reason).of(language())}"
    return f"{RETRACTED.of(language())}{why}"


def _short(id_: str) -> Markup:
    return Markup('<code title="{}">{}</code>').format(id_, id_[:SHORT_CHARS])


def _raw(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
