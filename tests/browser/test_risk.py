from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]
ANSWERS = {f"q{number}": "several_days" for number in range(1, 9)} | {"q9": "nearly_every_day"}


@pytest.fixture
def endangered(scene: Scene, tablets: Tablets) -> str:
    """A client whose answers raised a danger of self-harm."""
    ana = tablets.of("worker")
    with ana.edit(scene.clients[0], reason="home visit") as edit:
        edit.assess("phq9", ANSWERS)
    ana.sync()
    return scene.clients[0]


def test_the_pages_of_risk_are_for_everybody(browse: Browse, look: Looker, endangered: str) -> None:
    """Empty, waiting, open and refused, in both languages, light and dark, narrow and wide."""
    look(browse("other supervisor", "/risk"))
    page = browse("supervisor", "/risk")
    look(page)
    page.locator("tbody a").click()
    look(page)
    page.get_by_role("button", name="Close").click()
    look(page, again=False)
    page.get_by_role("button", name="Acknowledge").click()
    page.goto("/risk/acts")
    assert page.locator("tbody tr").count() == 1
    look(page)


def test_a_danger_is_acknowledged_assigned_acted_on_and_closed(
    browse: Browse, scene: Scene, tablets: Tablets, endangered: str
) -> None:
    """Each act is on record, with who did it; the tablet has the lower level after its next sync."""
    page = browse("supervisor", "/risk")
    page.locator("tbody a").click()
    raised = page.inner_text("main")
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_label("Assign to").select_option(label="Ben Okafor")
    page.get_by_role("button", name="Assign", exact=True).click()
    page.get_by_label("What was done").fill("Called her; her son stays tonight.")
    page.get_by_role("button", name="Note what was done").click()
    page.get_by_label("What was done").fill("Seen by the crisis team; plan agreed.")
    page.get_by_label("Close as").select_option(label="Low")
    page.get_by_role("button", name="Close").click()
    said = page.inner_text("main")
    ana = tablets.carried[0]
    ana.sync()

    assert "Patient Health Questionnaire-9" in raised
    assert "nobody has acknowledged it" in raised
    assert all(
        word in said for word in ("Acknowledged", "Ben Okafor", "her son stays", "plan agreed", "Closed")
    )
    (flag,) = ana.records("risk_flag").about(endangered)
    assert flag.columns["level"] == "low"
    page.goto("/risk")
    assert page.get_by_text("No open danger.").is_visible()


def test_who_acts_second_is_told_what_the_first_did(browse: Browse, scene: Scene, endangered: str) -> None:
    """Two people do not call the same client about the same danger without knowing of each other."""
    scene.lead("other supervisor")
    first, second = browse("supervisor", "/risk"), browse("other supervisor", "/risk")
    for page in (first, second):
        page.locator("tbody a").click()
    first.get_by_role("button", name="Acknowledge").click()
    second.get_by_role("button", name="Acknowledge").click()

    said = second.inner_text("main")
    assert "Your act was not saved" in said
    assert "Miriam Stein: Acknowledged" in said
