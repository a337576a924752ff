from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .looking import Looker
from .scene import Scene

Browse = Callable[..., Any]
ZONE = ZoneInfo("America/New_York")


def test_staff_offices_and_duty_are_for_everybody(browse: Browse, look: Looker, scene: Scene) -> None:
    """As administrators keep them and auditors read them, in both languages, light and dark, narrow and wide."""
    page = browse("administrator", "/staff")
    look(page)
    page.goto("/staff/new")
    look(page)
    page.goto(f"/staff/{scene.person('supervisor').id}")
    look(page)
    look(browse("auditor", f"/staff/{scene.person('worker').id}"))
    look(browse("supervisor", "/duty"))


def test_somebody_is_admitted_invited_and_given_a_supervisor_of_record(browse: Browse, scene: Scene) -> None:
    """From the first day to the first sign-in, on three pages."""
    page = browse("administrator", "/staff/new")
    page.get_by_label("Name").fill("Nia Walsh")
    page.get_by_label("Role").select_option(label="Worker")
    page.get_by_label("Office").select_option(index=1)
    page.get_by_role("button", name="Admit").click()
    page.get_by_label("Supervisor of record").select_option(label="Miriam Stein")
    page.get_by_label("From").fill("2026-11-01")
    page.get_by_role("button", name="Name the supervisor of record").click()
    page.wait_for_load_state()
    said = page.inner_text("main")

    assert "Nia Walsh" in said
    assert "Miriam Stein" in page.locator("ul.rows").first.inner_text()
    assert "Nov 1, 2026" in said


def test_hours_without_duty_become_fewer_by_a_turn(browse: Browse, scene: Scene) -> None:
    """Home counts them; the page says which they are; a turn covers them and can be taken out."""
    page = browse("supervisor", "/duty")
    now = datetime.fromtimestamp(scene.clock.now_ms() / 1000, ZONE)
    page.get_by_label("Who").select_option(label="Ben Okafor")
    page.get_by_label("Place").select_option(label="First")
    page.get_by_label("From").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("Until").fill(f"{now + timedelta(days=8):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Put on duty").click()
    page.wait_for_load_state()
    covered = page.inner_text("main")
    page.goto("/")
    counted = page.locator("a.tile", has_text="Hours without duty").inner_text()
    page.goto("/duty")
    page.get_by_role("button", name="Take out").click()
    page.wait_for_load_state()

    assert "Ben Okafor" in covered
    assert "of the first place" not in counted
    assert page.get_by_text("Nobody is on duty.").is_visible()
