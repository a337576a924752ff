"""What a view may do: read, act, write, attempt."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from flask import g, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import table_of
from server.errors import Overtaken, Refused
from server.services.access import directory
from server.services.access.people import SUPERVISOR, WORKER
from server.services.desk import registry
from server.services.desk.listing import Page
from server.services.desk.overtaking import Deed
from server.services.desk.registry import Draft, DraftRecord
from server.services.log.book import Book
from server.tables.read import ReadRow
from server.web import paging
from server.web.desk import KEY, Desk, Refusal, desk, request_session
from tests.browser.scene import Scene

from .visitor import Visitor


@pytest.fixture
def seat(scene: Scene) -> Iterator[Desk]:
    """The supervisor's desk in a request."""
    with scene.app.test_request_context("/clients?after=x&state=active"):
        made = Desk(scene.house, scene.person(SUPERVISOR), "Miriam", "Harlow", ZoneInfo("America/New_York"))
        g.setdefault(KEY, made)
        yield made


def test_a_question_is_asked_in_the_session_of_the_request(seat: Desk) -> None:
    """One session for a request, given back at its end by the extension."""
    sessions = [seat.read(lambda session: session), request_session()]
    names = [entry.name for entry in seat.read(lambda s: directory.clients(s, seat.sealer, seat.by))]

    assert sessions[0] is sessions[1]
    assert len(names) == 8
    assert desk() is seat


def test_nothing_is_written_while_reading(seat: Desk) -> None:
    """A page that reads changes nothing, by mistake neither."""

    def change(session: Session) -> None:
        session.execute(table_of(ReadRow).delete())

    with pytest.raises(Exception, match=r"readonly|read-only"):
        seat.read(change)


def test_reading_about_a_client_is_noted_before_anything_is_shown(scene: Scene, seat: Desk) -> None:
    """Also when the page then fails."""

    def fail(_session: Session) -> None:
        raise Refused("broken")

    with pytest.raises(Refused):
        seat.read_about(scene.clients[0], "all", fail, purpose=None)
    reads = seat.read(lambda session: session.execute(select(ReadRow.subject, ReadRow.what)).all())

    assert [tuple(read) for read in reads] == [(scene.clients[0], "all")]


def test_an_act_is_in_the_log(seat: Desk) -> None:
    """By the same services as everywhere."""
    draft = Draft(DraftRecord("client", {"legal_name": {"family": "New", "given": "Nora"}}))
    client = seat.act(lambda book: registry.register(book, seat.by, draft, seat.providers))

    assert client in [entry.id for entry in seat.read(lambda s: directory.clients(s, seat.sealer, seat.by))]


def test_what_a_rule_refuses_comes_back_to_the_form(seat: Desk) -> None:
    """With the field that it is about; what was typed is not lost on an error page."""
    draft = Draft(DraftRecord("client", {"date_of_birth": "yesterday"}))
    wrong = seat.attempt(lambda book: registry.register(book, seat.by, draft, seat.providers))

    def refuse(_session: Session) -> None:
        raise Refused("not today")

    assert isinstance(wrong, Refusal)
    assert (wrong.status, wrong.unit) == (422, "date_of_birth")
    assert seat.attempt_write(refuse) == Refusal(422, "What was asked for breaks a rule", "not today")


def test_whoever_was_faster_is_named_on_the_form(scene: Scene, seat: Desk) -> None:
    """The second person learns who acted, and when."""
    ana = scene.person(WORKER).id

    def overtake(_book: Book) -> None:
        raise Overtaken([Deed(ana, "client", "c", "state", 1_764_000_000_000, "approved")])

    refusal = seat.attempt(overtake)
    page = render_template_string(
        '{% import "parts.html" as parts with context %}{{ parts.wrongs(form, refusal) }}',
        form=_NoForm(),
        refusal=refusal,
    )

    assert isinstance(refusal, Refusal)
    assert refusal.status == 409
    assert [deed.name for deed in refusal.deeds] == ["Ana Reyes"]
    assert "Ana Reyes" in page


class _NoForm:
    """A form without fields."""

    errors: tuple[str, ...] = ()
    form_errors: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[object]:
        return iter(())


def test_a_long_list_goes_on_by_its_cursor_and_keeps_its_filters(scene: Scene, seat: Desk) -> None:
    """The next page has the filters of this one; the way back has no cursor."""
    with scene.app.test_request_context("/?after=x&state=active"):
        g.setdefault(KEY, seat)
        page = render_template_string(
            '{% import "parts.html" as parts with context %}{{ parts.pages(page) }}', page=Page((), "y")
        )
        last = render_template_string(
            '{% import "parts.html" as parts with context %}{{ parts.pages(page) }}', page=Page(())
        )

        assert paging.cursor() == "x"
    assert 'href="/?after=y&amp;state=active"' in page
    assert 'href="/?state=active"' in page
    assert "after=y" not in last


def test_counts_are_asked_at_most_every_half_minute(scene: Scene) -> None:
    """The navigation stands on every page."""
    from server.web import entries

    asked = []

    def count(_session: Session, _by: object) -> int:
        asked.append(1)
        return 7

    counts = entries.Counts()
    with scene.app.test_request_context("/"):
        seat = Desk(scene.house, scene.person(SUPERVISOR), "M", "H", ZoneInfo("UTC"))
        found = [counts.of(seat, {"risk": count}) for _ in range(3)]
        scene.clock.ahead_ms += entries.KEPT_MS
        counts.of(seat, {"risk": count})
        counts.forget(seat)
        counts.of(seat, {"risk": count})

    assert found == [{"risk": 7}] * 3
    assert len(asked) == 3


def test_whoever_has_acted_sees_new_counts_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that leaves its number where it was looks like one that was lost."""
    from server.web import entries

    forgotten = []
    monkeypatch.setattr(entries.Counts, "forget", lambda self, seat: forgotten.append(seat.by.role))
    visitor = Visitor(scene.app).enter(scene, SUPERVISOR).open("/account")
    visitor.send("/account/sessions/end")

    assert forgotten == [SUPERVISOR]


def test_people_get_pages_and_programs_get_problems(scene: Scene) -> None:
    """By what they ask for; below `/api/` always a problem."""
    client = scene.app.test_client()
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    problem = client.get("/nowhere")
    api = client.get("/api/nowhere", headers={"Accept": "text/html"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert problem.mimetype == api.mimetype == "application/problem+json"


def test_a_page_costs_few_statements(scene: Scene) -> None:
    """Who it is, whether the session stands, who is asked for: the frame's share of every page."""
    from sqlalchemy import event

    visitor = Visitor(scene.app).enter(scene, SUPERVISOR)
    told: list[str] = []
    engine = scene.app.extensions["doorstep"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: told.append(arguments[2]))
    assert visitor.signed_in

    assert len(told) <= 8, told


def test_no_style_sheet_carries_a_picture_inside_itself(scene: Scene) -> None:
    """The policy stops `data:`, and the browser would say so whenever it looks before our theme is there."""
    client = scene.app.test_client()
    page = client.get("/sign-in", headers={"Accept": "text/html"}).text
    sheets = [part.split('"')[0] for part in page.split('<link rel="stylesheet" href="')[1:]]
    answers = [client.get(sheet.replace("&amp;", "&")) for sheet in sheets]

    assert len(answers) == 3
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (200, "text/css")
        assert 'url("data:' not in answer.text
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
    css = answers[0].text
    for answer in answers:
        answer.close()
    assert ".btn-primary" in css
