"""Days, moments and numbers that can be reckoned with, in forms and in addresses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from server.web import asked
from server.web.fields import Day, Moment, Whole
from tests.browser.scene import Scene


class Typed(Form):  # type: ignore[misc]  # the library is untyped
    """One of each."""

    day = Day()
    moment = Moment(format="%Y-%m-%dT%H:%M")
    whole = Whole()


@pytest.mark.parametrize(
    ("name", "said", "read"),
    [
        ("day", "1941-03-14", date(1941, 3, 14)),
        ("day", "9999-12-31", None),
        ("day", "0001-01-01", None),
        ("moment", "9999-12-31T23:59", None),
        ("whole", "48", 48),
        ("whole", "-1", -1),
        ("whole", "9" * 10, None),
    ],
)
def test_what_cannot_be_reckoned_with_is_asked_for_again(
    scene: Scene, name: str, said: str, read: Any
) -> None:
    """The day after the last one of the calendar does not exist, and whoever asks for it gets no error page."""
    with scene.app.test_request_context():
        form = Typed(MultiDict({name: said}))
        form.validate()

        assert (form[name].data, bool(form[name].errors)) == (read, read is None)


@pytest.mark.parametrize(
    ("said", "day", "moment"),
    [
        ("day=2026-11-24&since=0", date(2026, 11, 24), 0),
        ("day=9999-12-31&since=99999999999999999999", None, None),
        ("day=soon&since=soon", None, None),
        ("", None, None),
    ],
)
def test_an_address_that_was_made_up_asks_for_nothing(
    scene: Scene, said: str, day: date | None, moment: int | None
) -> None:
    """The list is shown as if nothing had been asked for."""
    with scene.app.test_request_context(f"/?{said}"):
        assert (asked.day("day"), asked.moment_ms("since")) == (day, moment)
