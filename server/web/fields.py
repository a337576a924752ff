"""
Fields: numbers, days and moments that can be reckoned with.

What the library reads may be a number of four hundred digits or the last day of the calendar, after which nothing
comes: whoever adds a day to that, or divides this, stumbles.
"""

from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, IntegerField

FIRST_YEAR: Final = 1850
LAST_YEAR: Final = 2200
"""Years of which anybody speaks here: the oldest client's parents were born after the first."""

DIGITS_MAX: Final = 9
"""Digits of a number that somebody types: more are no hours, days or minutes."""


def can_be(day: date) -> bool:
    """Whether a day lies in a time of which anybody speaks here."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


class Whole(IntegerField):  # type: ignore[misc]  # the library is untyped
    """A number without a fraction."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if valuelist and len(valuelist[0].strip()) > DIGITS_MAX:
            self.data = None
            raise ValueError(_l("Enter a whole number of at most %(count)s digits.", count=DIGITS_MAX))
        super().process_formdata(valuelist)


class Day(DateField):  # type: ignore[misc]  # the library is untyped
    """A day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        super().process_formdata(valuelist)
        _check(self)


class Moment(DateTimeLocalField):  # type: ignore[misc]  # the library is untyped
    """A day and a time."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        super().process_formdata(valuelist)
        _check(self)


def _check(field: Any) -> None:
    if field.data is not None and not can_be(field.data):
        field.data = None
        raise ValueError(_l("Enter a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
