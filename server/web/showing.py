"""
How moments, days and words are shown: in the language of the reader and the time zone of the agency.

Months are words, so that no day is read as a month. `when` and `day` give `<time>` elements.
"""

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from ..house import house
from .desk import KEY, Desk

NONE: Final = "–"
"""Stands where there is nothing."""

DAY_MS: Final = 24 * 60 * 60 * 1000


def zone() -> ZoneInfo:
    """The agency's time zone; UTC while nobody is signed in."""
    found = g.get(KEY)
    return found.zone if isinstance(found, Desk) else ZoneInfo("UTC")


def moment(ms: int | None) -> str:
    """A moment as text: `Nov 24, 2026, 7:15 AM`."""
    if ms is None:
        return NONE
    local = datetime.fromtimestamp(ms / 1000, zone())
    locale = _locale()
    day_, time_ = format_date(local.date(), "medium", locale), format_time(local, "short", zone(), locale)
    return f"{day_}, {time_}"


def when(ms: int | None) -> Markup:
    """A moment, with the exact one and its zone behind it."""
    if ms is None:
        return escape(NONE)
    local = datetime.fromtimestamp(ms / 1000, zone())
    exact = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    named = get_timezone_name(local, width="short", locale=_locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact, f"{moment(ms)} {named}", moment(ms)
    )


def stamp(ms: int) -> str:
    """A moment with its time zone, for paper, where nothing can be pointed at."""
    local = datetime.fromtimestamp(ms / 1000, zone())
    return f"{moment(ms)} {get_timezone_name(local, width='long', locale=_locale())}"


def ago(ms: int | None) -> Markup:
    """How long ago, or how far ahead, a moment lies, with the moment behind it."""
    if ms is None:
        return escape(_("never"))
    far_s = (ms - house().providers.now_ms()) // 1000
    said = format_timedelta(far_s, add_direction=True, locale=_locale())
    exact = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, moment(ms), said)


def day(value: str | date | None) -> Markup:
    """A day, given as a date or as `2026-11-24`; shorter dates of ISO 8601 are shown as they are."""
    if value in (None, ""):
        return escape(NONE)
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return Markup('<span class="num">{}</span>').format(value)
    shown = format_date(found, "medium", _locale())
    return Markup('<time datetime="{}">{}</time>').format(found.isoformat(), shown)


def name(given: Any) -> Markup:
    """A person's name as written, unbroken and isolated: names run in both directions."""
    return Markup('<bdi class="name">{}</bdi>').format(given) if given else escape(NONE)


def today() -> date:
    """The day that the agency has now."""
    return datetime.fromtimestamp(house().providers.now_ms() / 1000, zone()).date()


def _locale() -> Any:
    return get_locale() or "en"
