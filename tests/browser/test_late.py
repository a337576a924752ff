from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.services.desk import office
from server.services.log.book import open_book

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]


@pytest.fixture
def held(scene: Scene, tablets: Tablets) -> str:
    """A client from whom Ana was withdrawn before she wrote; what she sent afterwards is held."""
    client = scene.clients[0]
    ana = tablets.of("worker")
    house = scene.house
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, scene.agency, house.providers) as book,
    ):
        office.unassign(book, scene.person("supervisor"), scene.person("worker").id, client, house.providers)
    scene.clock.ahead_ms += 60_000
    with ana.edit(client, reason="She rang me.") as edit:
        edit.create("note", narrative="The stairs are not safe any more.")
    ana.sync()
    return client


def decide(page: Any, way: str) -> None:
    """Fill the form in and send it."""
    page.get_by_label(way).check()
    page.get_by_label("Reason", exact=True).fill("She was on her way already.")
    page.get_by_role("button", name="Save the decision").click()


def test_the_pages_of_late_work_are_for_everybody(browse: Browse, look: Looker, held: str) -> None:
    """Empty, waiting and open, in both languages, light and dark, narrow and wide."""
    look(browse("other supervisor", "/late"))
    page = browse("supervisor", "/late")
    look(page)
    page.locator("tbody a").click()
    look(page)
    page.get_by_role("button", name="Save the decision").click()
    look(page, again=False)


def test_held_work_is_read_and_put_into_the_record(
    browse: Browse, scene: Scene, tablets: Tablets, held: str
) -> None:
    """What it says, why it is held, and its author hears of the decision."""
    scene.assign("second worker", held)
    ben, ana = tablets.of("second worker"), tablets.carried[0]
    page = browse("supervisor", "/late")
    page.locator("tbody a").click()
    said = page.inner_text("main")
    decide(page, "Put it into the record as it is")
    ben.sync()
    ana.sync()

    words = ("The stairs are not safe", "Ana Reyes", "She rang me.", "was not assigned to this client")
    assert all(word in said for word in words)
    assert page.get_by_text("No late work.").is_visible()
    notes = list(ben.records("note").about(held))
    assert [note.narrative for note in notes] == ["The stairs are not safe any more."]
    assert [notice.decision for notice in ana.notices().values() if notice.decision] == ["released"]


def test_what_is_not_applied_stays_readable_with_its_reason(browse: Browse, held: str) -> None:
    """Nothing can be thrown away."""
    page = browse("supervisor", "/late")
    page.locator("tbody a").click()
    decide(page, "Do not apply it")
    page.goto("/late?show=decided")
    listed = page.inner_text("tbody")
    page.locator("tbody a").click()
    shown = page.inner_text("main")

    assert "Not applied" in listed
    assert all(word in shown for word in ("The stairs", "Miriam Stein", "on her way already"))
    assert page.get_by_role("button", name="Save the decision").count() == 0


def test_who_decides_second_sees_what_the_first_decided(browse: Browse, scene: Scene, held: str) -> None:
    """And nothing happens twice."""
    scene.lead("other supervisor")
    first, second = browse("supervisor", "/late"), browse("other supervisor", "/late")
    for page in (first, second):
        page.locator("tbody a").click()
    decide(first, "Put it into the record as it is")
    decide(second, "Do not apply it")

    said = second.inner_text("main")
    assert "Your decision was not saved" in said
    assert "Applied" in said
    assert "Miriam Stein" in said
