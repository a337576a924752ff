"""
Days: what *today* and *this week* mean to an agency, as text that facts are compared with.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ..access import agencies


@dataclass(frozen=True, slots=True)
class Days:
    """Some days in a time zone: from the beginning of the first to the end of the last."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> str:
        """When the first day begins, in UTC."""
        return utc(_midnight(self.first, self.zone))

    @property
    def end(self) -> str:
        """When the last day has ended, in UTC; no longer part of it."""
        return utc(_midnight(self.last + timedelta(days=1), self.zone))

    @property
    def begin_ms(self) -> int:
        """The same in milliseconds since 1970."""
        return int(_midnight(self.first, self.zone).timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        """The same in milliseconds since 1970."""
        return int(_midnight(self.last + timedelta(days=1), self.zone).timestamp() * 1000)

    def each(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def day_of(self, at: str) -> date:
        """The day on which a moment falls; a day is its own."""
        if "T" not in at:
            return date.fromisoformat(at)
        return datetime.fromisoformat(at).astimezone(self.zone).date()


def zone_of(session: Session, agency: str) -> ZoneInfo:
    """The agency's time zone."""
    return ZoneInfo(agencies.agency_of(session, agency).time_zone)


def today(zone: ZoneInfo, now_ms: int) -> Days:
    """The day that it is."""
    day = datetime.fromtimestamp(now_ms / 1000, zone).date()
    return Days(day, day, zone)


def week(zone: ZoneInfo, day: date) -> Days:
    """The seven days from the Monday before a day, or on it."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6), zone)


def month(zone: ZoneInfo, day: date) -> Days:
    """The calendar month in which a day lies."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Days(first, following - timedelta(days=1), zone)


def utc(moment: datetime) -> str:
    """A moment as facts hold it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_of(ms: int) -> str:
    """Milliseconds since 1970 as facts hold them."""
    return utc(datetime.fromtimestamp(ms // 1000, UTC))


def seconds_between(since: str, until: str) -> float:
    """Seconds between two moments of facts."""
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
