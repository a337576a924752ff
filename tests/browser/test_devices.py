from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client_sdk import Tablet
from client_sdk.errors import Revoked
from server.services.access import devices

from .looking import Looker
from .scene import Scene
from .tablets import SECRET, Tablets

Browse = Callable[..., Any]


def test_the_pages_of_tablets_are_for_everybody(browse: Browse, look: Looker, tablets: Tablets) -> None:
    """Empty and filled, a code, one tablet, and a lost one, in both languages, light and dark, narrow and wide."""
    tablets.of("worker")
    look(browse("other supervisor", "/register"))
    page = browse("supervisor", "/register")
    look(page)
    page.locator("tbody a").click()
    look(page)
    page.goto("/devices")
    look(page)
    page.locator("tbody a").click()
    look(page)
    page.goto("/devices")
    page.get_by_role("button", name="Make a code").click()
    look(page, again=False)


def test_a_code_from_the_page_enrols_a_tablet_whose_digits_are_on_its_page(
    browse: Browse, scene: Scene, tmp_path: Path
) -> None:
    """Both sides show the same six digits."""
    page = browse("supervisor", "/devices")
    page.get_by_label("Worker").select_option(label="Ana Reyes")
    page.get_by_label("Name of the tablet").fill("The blue one")
    page.get_by_role("button", name="Make a code").click()
    tablet = Tablet.enrol(
        tmp_path / "tablet",
        server=scene.address,
        code=page.locator("code.code").inner_text(),
        secret=SECRET,
        plain_http=True,
    )
    page.goto("/devices")
    page.locator("tbody a").click()

    assert tablet.identity.fingerprint in page.inner_text("main")
    assert "The blue one" in page.inner_text("main")
    tablet.lock()


def test_a_copied_tablet_is_not_let_work_again_by_way_of_waiting(
    browse: Browse, look: Looker, scene: Scene, tablets: Tablets
) -> None:
    """Its page says what it waits for, and offers only to revoke it."""
    copied = tablets.of("worker").identity.device
    with scene.house.database.writing() as session:
        devices.note_fork(session, devices.device_of(session, scene.agency, copied))
    page = browse("supervisor", f"/devices/{copied}")
    look(page)

    assert "until its worker enrolls it again" in page.inner_text("main")
    assert page.get_by_role("button", name="Let it wait").count() == 0
    page.get_by_text("Revoke it for good").click()
    assert page.get_by_role("button", name="Revoke it").is_visible()


def test_a_revoked_tablet_gets_nothing_and_its_work_arrives_as_late_work(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """From the lost tablet's page to the late work, in the words of the record."""
    ana, client = tablets.of("worker"), scene.clients[0]
    with ana.edit(client) as edit:
        edit.create("note", narrative="Written on the bus.")
    page = browse("supervisor", "/register")
    page.locator("tbody a").click()
    held = page.inner_text("main")
    page.get_by_role("link", name="Revoke it").click()
    page.get_by_text("Revoke it for good").click()
    page.get_by_role("button", name="Revoke it").click()
    page.wait_for_load_state()
    with pytest.raises(Revoked):
        ana.sync()
    page.goto("/late")
    page.locator("tbody a").click()

    assert "Alvarez, Rosa" in held
    assert "Written on the bus." in page.inner_text("main")
