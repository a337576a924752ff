"""
Times as somebody types them: `now`, or ISO 8601; without an offset it is the agency's time.
"""

from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casework import BadAnswer

from ..client import Tablet

NOW: Final = "now"


def clocked(tablet: Tablet, unit: str, typed: str, now_ms: int) -> dict[str, Any]:
    """
    One end of a visit, by hand. *Now* is told by both clocks: this machine's, and as the server corrects it.

    Args:
        tablet: Whose agency and clock.
        unit: `begin` or `end`, for an error.
        typed: What somebody typed.
        now_ms: By this machine's clock.

    Raises:
        BadAnswer: It is no time.
    """
    zone = _zone(tablet)
    if typed != NOW:
        return {"device_at": _read(typed, zone, unit), "method": "manual"}
    corrected_ms = now_ms + tablet.status().clock_offset_ms
    return {
        "device_at": moment(now_ms, zone),
        "corrected_at": moment(corrected_ms, zone),
        "method": "manual",
    }


def moment(ms: int, zone: tzinfo) -> str:
    """A moment as records keep it: with its offset, to the second."""
    return datetime.fromtimestamp(ms // 1000, zone).isoformat()


def _read(typed: str, zone: tzinfo, unit: str) -> str:
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        raise BadAnswer("visit", unit, "must be now, or a time such as 2026-11-24T09:30") from None
    return (read if read.tzinfo is not None else read.replace(tzinfo=zone)).isoformat(timespec="seconds")


def _zone(tablet: Tablet) -> tzinfo:
    try:
        return ZoneInfo(tablet.identity.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
