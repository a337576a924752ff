from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .looking import Looker
from .scene import Scene
from .tablets import Tablets
from .test_review import note
from .test_risk import ANSWERS

Browse = Callable[..., Any]


def test_monday_morning_is_for_everybody(
    browse: Browse, look: Looker, scene: Scene, tablets: Tablets
) -> None:
    """With something in every group, in both languages, light and dark, narrow and wide; and a list behind it."""
    ana = tablets.of("worker")
    note(ana, scene.clients[0])
    with ana.edit(scene.clients[0]) as edit:
        edit.assess("phq9", ANSWERS)
    ana.sync()
    page = browse("supervisor", "/")
    look(page)
    page.goto("/waiting/unassigned")
    look(page)


def test_each_number_opens_the_list_that_it_counts(browse: Browse, scene: Scene, tablets: Tablets) -> None:
    """What a supervisor counts on Monday at half past eight is what she finds behind the number."""
    ana = tablets.of("worker")
    note(ana, scene.clients[0])
    with ana.edit(scene.clients[0]) as edit:
        edit.assess("phq9", ANSWERS)
    ana.sync()
    page = browse("supervisor", "/")
    counted = {
        link.locator(".tile-title").inner_text(): (
            int(link.locator(".tile-count").inner_text()),
            link.get_attribute("href"),
        )
        for link in page.locator("a.tile").all()
    }

    assert counted["Dangers nobody has acknowledged"][0] == 1
    assert counted["Works to review"][0] == 2
    for title in (
        "Dangers nobody has acknowledged",
        "Works to review",
        "Dangers raised",
        "Conflicts",
        "Late work",
    ):
        count, address = counted[title]
        page.goto(address)
        assert page.locator("tbody tr").count() == count, title
