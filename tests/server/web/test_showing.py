"""Moments, days and names as pages say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import g
from flask_babel import force_locale

from server.services.access.people import SUPERVISOR
from server.web import showing
from server.web.browsers import browser_of, called
from server.web.desk import KEY, Desk
from tests.browser.scene import Scene

# A Tuesday in July, 23:30 in New York: Wednesday in London and in UTC.
LATE_MS = int(datetime(2026, 7, 8, 3, 30, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(autouse=True)
def seated(scene: Scene) -> Iterator[None]:
    """A request of the supervisor, whose agency is in New York."""
    with scene.app.test_request_context("/"):
        g.setdefault(
            KEY,
            Desk(scene.house, scene.person(SUPERVISOR), "Miriam", "Harlow", ZoneInfo("America/New_York")),
        )
        yield


def plain(text: object) -> str:
    """With ordinary spaces."""
    return str(text).replace("\u202f", " ").replace("\xa0", " ")


def test_a_moment_is_in_the_agencys_zone_with_its_month_in_words() -> None:
    """Nobody reads the seventh of August out of the eighth of July, nor tomorrow out of tonight."""
    english = plain(showing.when(LATE_MS))
    with force_locale("es"):
        spanish = plain(showing.when(LATE_MS))

    assert english == (
        '<time datetime="2026-07-08T03:30:00Z" title="Jul 7, 2026, 11:30 PM EDT">Jul 7, 2026, 11:30 PM</time>'
    )
    assert ">7 jul 2026, 23:30<" in spanish


def test_a_day_is_shown_as_exactly_as_it_is_known() -> None:
    """ISO 8601 allows a year or a month alone; neither becomes a day."""
    assert str(showing.day("1941-03-14")) == '<time datetime="1941-03-14">Mar 14, 1941</time>'
    assert str(showing.day(date(1941, 3, 14))) == str(showing.day("1941-03-14"))
    assert str(showing.day("1941-03")) == '<span class="num">1941-03</span>'
    assert showing.day("") == showing.day(None) == showing.NONE


def test_what_is_not_there_is_said() -> None:
    """A dash, not an empty cell; and never where there was no moment."""
    assert showing.when(None) == showing.moment(None) == showing.name("") == showing.NONE
    assert str(showing.ago(None)) == "never"


def test_how_long_ago_something_was_stands_with_the_moment_behind_it(scene: Scene) -> None:
    """Also how far ahead."""
    now_ms = scene.clock.now_ms()

    assert ">3 hours ago</time>" in showing.ago(now_ms - 3 * 3_600_000)
    assert ">in 2 days</time>" in showing.ago(now_ms + 2 * showing.DAY_MS + 60_000)


def test_a_name_is_text_and_nothing_else() -> None:
    """Whatever somebody is called, the page stays a page."""
    assert str(showing.name("<b>O'Hara</b>")) == '<bdi class="name">&lt;b&gt;O&#39;Hara&lt;/b&gt;</bdi>'


def test_today_is_the_agencys_day(scene: Scene) -> None:
    """At midnight in London it is still yesterday in New York."""
    scene.clock.ahead_ms += LATE_MS - scene.clock.now_ms()

    assert showing.today() == date(2026, 7, 7)


def test_browsers_are_told_coarsely() -> None:
    """Enough to know one's own."""
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"

    assert called(browser_of(phone)) == "Safari on iOS"
    assert called(browser_of("curl/8")) == "unknown on unknown"
