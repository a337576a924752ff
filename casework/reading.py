"""
Reading a view safely: what a unit shows, whatever form a newer schema gave it.

Index columns, projection rows and checks all look at records that another version may have written. These
readers give None where a value is not what they ask for, so that no record can break a list.
"""

import re
from datetime import UTC, date, datetime
from typing import Any, Final, TypeGuard

from sync import RecordView

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}\Z").match
"""A code is short and has no spaces: words of a client seldom pass, and never a sentence."""

YEARS: Final = range(2, 9_999)
"""Years of a moment. In the first and the last of the calendar it may have no day in another zone."""


def part(view: RecordView, unit: str, *path: str) -> Any:
    """A unit's shown value, or what lies in it under `path`."""
    value: Any = view.value(unit)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def words_at(view: RecordView, unit: str, *path: str) -> str | None:
    """Text, where it is text and not empty."""
    value = part(view, unit, *path)
    return value if isinstance(value, str) and value else None


def code_at(view: RecordView, unit: str, *path: str) -> str | None:
    """A code or an id: short, and of letters that codes are made of."""
    value = part(view, unit, *path)
    return value if is_code(value) else None


def day_at(view: RecordView, unit: str, *path: str) -> date | None:
    """A day of the calendar."""
    return _day(part(view, unit, *path))


def moment_at(view: RecordView, unit: str, *path: str) -> datetime | None:
    """A moment with its offset."""
    return _moment(part(view, unit, *path))


def utc_at(view: RecordView, unit: str, *path: str) -> str | None:
    """A day as it is, or a moment in UTC to the second: text that sorts by time."""
    return utc_text(part(view, unit, *path))


def utc_text(value: Any) -> str | None:
    """A day or a moment as text that sorts by time; nothing for anything else."""
    day = _day(value)
    if day is not None:
        return day.isoformat()
    moment = _moment(value)
    return None if moment is None else _in_utc(moment.astimezone(UTC))


def utc_of_ms(ms: int) -> str:
    """Milliseconds since 1970 as text that sorts by time; the year 9999 for what no calendar holds."""
    try:
        return _in_utc(datetime.fromtimestamp(ms // 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return "9999-12-31T23:59:59Z"


def is_code(value: Any) -> TypeGuard[str]:
    """Whether a value has the form of a code or an id."""
    return isinstance(value, str) and _CODE(value) is not None


def _in_utc(moment: datetime) -> str:
    # `strftime` writes the year 999 with three digits, which would sort after this one.
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    fits = moment is not None and moment.tzinfo is not None and moment.year in YEARS
    return moment if fits else None
