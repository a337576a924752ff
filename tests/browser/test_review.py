from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from client_sdk import Tablet

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]
WORDS = "She sleeps badly. She denies wanting to die."


def note(tablet: Tablet, client: str, words: str = WORDS) -> str:
    """A signed note, sent."""
    with tablet.edit(client, reason="home visit") as edit:
        made = edit.create("note", kind="progress", narrative=words)
    with tablet.edit(client) as edit:
        edit.sign(made)
    tablet.sync()
    return made.id


@pytest.fixture
def signed(scene: Scene, tablets: Tablets) -> str:
    """A client about whom Ana signed a note."""
    note(tablets.of("worker"), scene.clients[0])
    return scene.clients[0]


def test_the_pages_of_review_are_for_everybody(
    browse: Browse, look: Looker, tablets: Tablets, signed: str
) -> None:
    """Empty, waiting, and one work with answers and dangers, in both languages, light and dark, narrow and wide."""
    with tablets.carried[0].edit(signed) as edit:
        edit.assess("phq2", {"q1": "nearly_every_day", "q2": "several_days"})
    tablets.carried[0].sync()
    look(browse("other supervisor", "/review"))
    page = browse("supervisor", "/review")
    look(page)
    page.get_by_role("row").filter(has_text="Assessment").get_by_role("link").click()
    look(page)


def test_a_return_is_a_task_on_the_tablet_and_the_addendum_opens_the_review_again(
    browse: Browse, tablets: Tablets, signed: str
) -> None:
    """The author's words stay; the correction is an addendum; what is new since the last review is marked."""
    ana = tablets.carried[0]
    page = browse("supervisor", "/review")
    page.locator("tbody a").first.click()
    shown = page.inner_text("main")
    page.get_by_text("Comment on single fields").click()
    page.get_by_label("Narrative").fill("Since when?")
    page.get_by_label("To the author").fill("Please say more about her sleep.")
    page.get_by_role("button", name="Return to the author").click()
    page.wait_for_url("**/review")
    ana.sync()

    assert WORDS in shown
    (returned,) = ana.returned()
    review = ana.record("review", returned.name)
    assert review is not None
    assert review.value("reason") == "Please say more about her sleep."
    assert [said["text"] for said in review.members("comments").values()] == ["Since when?"]

    (made,) = ana.records("note").about(signed)
    with ana.edit(signed) as edit:
        addendum = edit.create("addendum", note=made.id, kind="addendum", narrative="Since her husband died.")
    with ana.edit(signed) as edit:
        edit.sign(addendum)
    ana.sync()
    page.reload()
    page.locator("tbody a").first.click()
    again = page.inner_text("main")

    assert "Since her husband died." in again
    assert "new since last review" in again.lower()
    assert "Please say more about her sleep." in again


def test_a_morning_of_reviews_needs_no_mouse(
    browse: Browse, scene: Scene, tablets: Tablets, signed: str
) -> None:
    """The next work comes at once; keys do what buttons do."""
    note(tablets.carried[0], scene.clients[2], "He walks again.")
    page = browse("supervisor", "/review")
    page.keyboard.press("o")
    page.wait_for_url("**/review/*/note/*")
    first = page.url
    page.keyboard.press("a")
    page.wait_for_url(lambda url: url != first and "/note/" in url)
    page.get_by_label("You sign as").fill("LCSW 1234")
    page.get_by_role("heading", name="Your decision").click()
    page.keyboard.press("c")
    page.wait_for_url("**/review")

    assert page.get_by_text("Nothing waits for your review.").is_visible()
    tablets.carried[0].sync()
    kinds = {
        review.view.value("kind")
        for client in (signed, scene.clients[2])
        for review in tablets.carried[0].records("review").about(client)
    }
    assert kinds == {"approved", "cosigned"}


def test_who_reviews_second_is_told_what_the_first_decided(
    browse: Browse, scene: Scene, tablets: Tablets, signed: str
) -> None:
    """And nothing is decided twice."""
    scene.lead("other supervisor")
    first, second = browse("supervisor", "/review"), browse("other supervisor", "/review")
    for page in (first, second):
        page.locator("tbody a").first.click()
    first.get_by_role("button", name="Approve").click()
    first.wait_for_url("**/review")
    second.get_by_label("To the author").fill("Too short.")
    second.get_by_role("button", name="Return to the author").click()

    said = second.inner_text("main")
    assert "Your decision was not saved" in said
    assert "Miriam Stein" in said
    assert "Approved" in said
