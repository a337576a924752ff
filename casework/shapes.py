"""
Shapes: what a value must look like, each a marshmallow field that does the validating.

A shape is made once, when its field is declared, and used for every write: there is no schema object per
call. Its message is the *rule*, a sentence that never contains the value. Nothing here knows of records or
merging.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from sync import SyncError, canonical

from .reading import utc_text

NAME_CHARS_MAX: Final = 200
"""Characters of a name: the longest name in civil registers we know of is under 200."""

LINE_CHARS_MAX: Final = 500
"""Characters of one line: a street, a title, a phone remark."""

TEXT_CHARS_MAX: Final = 4_000
"""Characters of an answer in words: a page."""

NARRATIVE_CHARS_MAX: Final = 16_000
"""Characters of a narrative: in any script it stays within the 64 KiB that one string may have."""

LIST_ITEMS_MAX: Final = 100
"""Entries of one list value; what grows without end is a set of members instead."""

ABSENCES: Final = ("refused", "not_answered")
"""Why an item that was asked has no answer."""

ANSWERS_MAX: Final = 300
"""Answers of one administration: the longest form in use has about 150 items."""

_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]*\Z").match
"""One line without control characters, and without those that turn the reading direction of what follows."""

_WORDS = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]*\Z").match
"""Several lines: newline and tab are the only control characters."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z").match
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z").match
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}\Z").match

KEY: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
"""The id of a record, a subject, a worker or an office."""

Check = Callable[[dict[str, Any]], str | None]
"""Looks at a whole group and gives the rule that it breaks."""


def _messages(rule: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    """One rule for every way to break it: marshmallow's own words would differ with each."""
    ways = ("invalid", "invalid_utf8", "too_large", "null", "required", "rule", "special")
    return dict.fromkeys(ways, rule)


class Words(fields.String):
    """Text of one line, or of several."""

    def __init__(self, chars_max: int, *, lines: bool = False, least: int = 0) -> None:
        kind = "text" if lines else "one line"
        rule = f"must be {kind} of {least} to {chars_max} characters without control characters"
        super().__init__(
            validate=validate.Length(least, chars_max, error=rule), error_messages=_messages(rule)
        )
        self._allowed = _WORDS if lines else _LINE
        self._least, self._chars_max = least, chars_max

    def fits(self, value: Any) -> bool:
        """Whether a value keeps the rule, in a fraction of the time that `deserialize` takes."""
        return (
            type(value) is str
            and self._least <= len(value) <= self._chars_max
            and self._allowed(value) is not None
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not self.fits(value):
            raise self.make_error("rule")
        return value  # type: ignore[no-any-return]  # it is text


class Matching(fields.String):
    """Text of a fixed form, such as an id or a code."""

    def __init__(self, pattern: str, form: str) -> None:
        rule = f"must be {form}"
        checks = validate.Regexp(re.compile(f"(?:{pattern})\\Z"), error=rule)
        super().__init__(validate=checks, error_messages=_messages(rule))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise self.make_error("rule")
        return value


class OneOf(fields.String):
    """One code of a declared list."""

    def __init__(self, codes: Collection[str]) -> None:
        rule = f"must be one of {', '.join(codes)}"
        super().__init__(validate=validate.OneOf(tuple(codes), error=rule), error_messages=_messages(rule))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise self.make_error("rule")
        return value


class Day(fields.Date):
    """A day of the calendar, `2026-11-24`."""

    def __init__(self) -> None:
        super().__init__(format="iso", error_messages=_messages("must be a date such as 2026-11-24"))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str or _DATE(value) is None:
            raise self.make_error("rule")
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.AwareDateTime):
    """A moment with its offset, `2026-11-24T09:30:00-05:00`, that has a day in every zone."""

    def __init__(self) -> None:
        rule = "must be a moment with its offset such as 2026-11-24T09:30:00-05:00"
        super().__init__(format="iso", error_messages={**_messages(rule), "invalid_awareness": rule})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str or _INSTANT(value) is None or utc_text(value) is None:
            raise self.make_error("rule")
        return super()._deserialize(value, attr, data, **kwargs)


class Truth(fields.Boolean):
    """True or false, and neither 1 nor "yes"."""

    def __init__(self) -> None:
        super().__init__(error_messages=_messages("must be true or false"))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("rule")
        return value


class Whole(fields.Integer):
    """A whole number within bounds."""

    def __init__(self, least: int, most: int) -> None:
        rule = f"must be a whole number from {least} to {most}"
        checks = validate.Range(least, most, error=rule)
        super().__init__(strict=True, validate=checks, error_messages=_messages(rule))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("rule")
        return value


class Group(fields.Field[dict[str, Any]]):
    """An object of declared parts that move together."""

    def __init__(
        self, parts: Mapping[str, fields.Field[Any]], needs: Collection[str] = (), check: Check | None = None
    ) -> None:
        super().__init__(error_messages=_messages(f"must be an object of {', '.join(parts)}"))
        self._parts = parts
        self._needs = frozenset(needs)
        self._check = check

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if type(value) is not dict or not value.keys() <= self._parts.keys():
            raise self.make_error("rule")
        for name, part in value.items():
            self._part(name, part)
        if not self._needs <= value.keys():
            raise ValidationError(f"must have {', '.join(sorted(self._needs))}")
        broken = self._check(value) if self._check else None
        if broken is not None:
            raise ValidationError(broken)
        return value

    def _part(self, name: str, value: Any) -> None:
        if value is None:
            if name in self._needs:
                raise ValidationError({name: ["must not be empty"]})
            return
        try:
            self._parts[name].deserialize(value)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None


class Listing(fields.List[Any]):
    """A list of bounded length whose entries have one shape."""

    def __init__(self, of: fields.Field[Any], items_max: int, least: int = 0) -> None:
        rule = f"must be a list of {least} to {items_max} entries"
        checks = validate.Length(least, items_max, error=rule)
        super().__init__(of, validate=checks, error_messages=_messages(rule))
        self._items_max = items_max

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        if type(value) is not list or len(value) > self._items_max or None in value:
            raise self.make_error("rule")
        return super()._deserialize(value, attr, data, **kwargs)


class Answers(fields.Field[dict[str, Any]]):
    """
    Answers of one administration: {item: option code, list of codes, number, words, or {absent: why}}.

    Whether the item exists and offers that option only the instrument's definition can say.
    """

    def __init__(self) -> None:
        rule = f"must hold at most {ANSWERS_MAX} answers: codes, numbers, words or absences, by item"
        super().__init__(error_messages=_messages(rule))
        self._words = Words(TEXT_CHARS_MAX, lines=True)
        self._several = Listing(Matching(KEY, "an option code"), LIST_ITEMS_MAX)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if type(value) is not dict or len(value) > ANSWERS_MAX or not all(map(is_member, value)):
            raise self.make_error("rule")
        for answer in value.values():
            self._answer(answer)
        return value

    def _answer(self, answer: Any) -> None:
        if type(answer) is str:
            if not self._words.fits(answer):
                raise self._words.make_error("rule")
        elif type(answer) is list:
            self._several.deserialize(answer)
        elif type(answer) is dict:
            if answer.keys() != {"absent"} or answer["absent"] not in ABSENCES:
                raise ValidationError(f"an absence must be one of {', '.join(ABSENCES)}")
        elif type(answer) is not int:
            raise self.make_error("rule")


class Object(fields.Field[dict[str, Any]]):
    """Any object that can be written canonically, such as the content of a signature."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__(error_messages=_messages(f"must be an object of at most {bytes_max} bytes"))
        self._bytes_max = bytes_max

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if type(value) is not dict or self._size_bytes(value) > self._bytes_max:
            raise self.make_error("rule")
        return value

    def _size_bytes(self, value: Any) -> int:
        try:
            return len(canonical(value))
        except (SyncError, RecursionError):
            return self._bytes_max + 1


def is_member(text: Any) -> bool:
    """Whether a text can be the id of a member of a set, or of an item."""
    return type(text) is str and _MEMBER(text) is not None


def broken_rule(messages: Any) -> tuple[str, str]:
    """The first (part, rule) of marshmallow's messages."""
    path: list[str] = []
    while isinstance(messages, dict):
        part, messages = next(iter(messages.items()))
        path.append(str(part))
    return ".".join(path), messages[0] if isinstance(messages, list) else str(messages)
