"""Clients: the list, one client's page with everything that is recorded, and what was said in confidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .looking import Looker
from .scene import Scene
from .tablets import Tablets
from .test_review import note
from .test_risk import ANSWERS

Browse = Callable[..., Any]


@pytest.fixture
def recorded(scene: Scene, tablets: Tablets) -> str:
    """A client with a note, an assessment, a danger, a hazard and a contact."""
    ana, client = tablets.of("worker"), scene.clients[0]
    note(ana, client)
    with ana.edit(client, reason="home visit") as edit:
        edit.assess("phq9", ANSWERS)
        person = edit.handle("client", client)
        edit.update(person, do_not_visit_alone="yes")
        edit.add_member(person, "hazards", {"kind": "dog", "review_on": "2027-01-01"})
    ana.sync()
    return client


def test_the_pages_of_clients_are_for_everybody(browse: Browse, look: Looker, recorded: str) -> None:
    """List, search without a find, page, record and history, both languages and themes, narrow and wide."""
    page = browse("supervisor", "/clients")
    look(page)
    page.goto("/clients?name=zz")
    look(page)
    page.goto(f"/clients/{recorded}")
    look(page)
    page.get_by_role("link", name="Assessment").first.click()
    look(page)
    page.get_by_role("button", name="Show the answers").click()
    look(page, again=False)
    page.go_back()
    page.get_by_role("link", name="History").first.click()
    look(page)
    look(browse("administrator", "/clients"))
