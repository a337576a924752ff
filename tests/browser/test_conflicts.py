from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]
BORN = ("1941-03-15", "1940-03-14")


@pytest.fixture
def disputed(scene: Scene, tablets: Tablets) -> str:
    """A client about whose date of birth both workers said something else; the last one synced shows."""
    client = scene.clients[0]
    scene.assign("second worker", client)
    ana, ben = tablets.of("worker"), tablets.of("second worker")
    for tablet, born in zip((ana, ben), BORN, strict=True):
        with tablet.edit(client, reason="The card on the fridge says so.") as edit:
            item = tablet.record("client", client)
            assert item is not None
            edit.update(item, date_of_birth=born)
    ana.sync()
    ben.sync()
    return client


def decide(page: Any, choice: str, reason: str) -> None:
    """Fill the form in and send it."""
    page.get_by_label(choice).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    page.get_by_role("button", name="Save the decision").click()


def test_the_pages_of_conflicts_are_for_everybody(browse: Browse, look: Looker, disputed: str) -> None:
    """Empty, waiting and open, in both languages, light and dark, narrow and wide."""
    look(browse("other supervisor", "/conflicts"))
    page = browse("supervisor", "/conflicts")
    look(page)
    page.get_by_role("link", name="Date of birth").click()
    look(page)
    page.get_by_role("button", name="Save the decision").click()
    look(page, again=False)


def test_a_value_is_taken_and_comes_to_both_tablets(
    browse: Browse, scene: Scene, tablets: Tablets, disputed: str
) -> None:
    """Both values, who said them and why are on the page; the decision is on both tablets after their next sync."""
    page = browse("supervisor", "/conflicts")
    assert page.get_by_role("link", name="Conflicts").get_by_text("1").count() == 1
    page.get_by_role("link", name="Date of birth").click()
    said = page.inner_text("main")
    decide(page, "Take value 2, by Ana Reyes", "Her passport says so.")

    assert all(word in said for word in ("Mar 15, 1941", "Mar 14, 1940", "Ana Reyes", "Ben Okafor", "fridge"))
    assert page.get_by_text("Nothing waits to be decided.").is_visible()
    for tablet in tablets.carried:
        tablet.sync()
        item = tablet.record("client", disputed)
        assert item is not None
        assert (item.date_of_birth, item.undecided) == ("1941-03-15", {})


def test_another_value_is_written_and_undone_by_deciding_again(
    browse: Browse, tablets: Tablets, disputed: str
) -> None:
    """The page of a settled question says what was decided, between what, and takes another decision."""
    page = browse("supervisor", f"/conflicts/{disputed}/client/{disputed}/date_of_birth")
    page.get_by_label("Date of birth", exact=True).fill("1941-05-13")
    decide(page, "Write another value", "Read aloud by the client.")
    page.goto(f"/conflicts/{disputed}/client/{disputed}/date_of_birth")
    before = page.inner_text("main")
    page.get_by_label("Date of birth", exact=True).fill("1941-03-15")
    decide(page, "Write another value", "I had misread it.")

    assert "Nothing is undecided here now." in before
    assert all(word in before for word in ("May 13, 1941", "Mar 15, 1941", "Mar 14, 1940", "Read aloud"))
    tablets.carried[0].sync()
    item = tablets.carried[0].record("client", disputed)
    assert item is not None
    assert item.date_of_birth == "1941-03-15"


def test_the_second_of_two_supervisors_is_told_what_the_first_did(
    browse: Browse, scene: Scene, tablets: Tablets, disputed: str
) -> None:
    """Nothing is overwritten: the second sees who decided what, and decides again or not."""
    scene.lead("other supervisor")
    address = f"/conflicts/{disputed}/client/{disputed}/date_of_birth"
    first, second = browse("supervisor", address), browse("other supervisor", address)
    decide(first, "Take value 1, by Ben Okafor", "The birth certificate.")
    decide(second, "Take value 2, by Ana Reyes", "Her sister told me.")

    told = second.inner_text("main")
    assert "Your decision was not saved" in told
    assert "Miriam Stein" in told
    tablets.carried[0].sync()
    item = tablets.carried[0].record("client", disputed)
    assert item is not None
    assert item.date_of_birth == BORN[1]


def test_a_decision_needs_no_script_and_no_mouse(browse: Browse, disputed: str) -> None:
    """Forms are forms."""
    page = browse(
        "supervisor",
        f"/conflicts/{disputed}/client/{disputed}/date_of_birth",
        java_script_enabled=False,
    )
    page.get_by_label("Take value 1").focus()
    page.keyboard.press("Space")
    page.get_by_label("Reason", exact=True).focus()
    page.keyboard.type("The card of the insurance.")
    page.get_by_role("button", name="Save the decision").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/conflicts")

    assert page.get_by_text("Decided. The tablets").is_visible()
