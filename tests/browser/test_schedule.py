from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]
ZONE = ZoneInfo("America/New_York")


def tomorrow(scene: Scene) -> datetime:
    """Tomorrow at ten, as the agency has it."""
    now = datetime.fromtimestamp(scene.clock.now_ms() / 1000, ZONE)
    return (now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)


def plan(page: Any, scene: Scene, client: str) -> None:
    """Plan a visit of Ana's for tomorrow."""
    page.goto(f"/schedule/{scene.person('worker').id}/visit")
    page.get_by_label("Client").select_option(label=client)
    page.get_by_label("From").fill(f"{tomorrow(scene):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url("**/schedule?day=*")


def test_the_pages_of_intake_and_schedule_are_for_everybody(
    browse: Browse, look: Looker, scene: Scene
) -> None:
    """Every form and list, also a form that is shown again, in both languages, light and dark, narrow and wide."""
    page = browse("supervisor", "/intake")
    look(page)
    page.goto("/intake/new")
    look(page)
    page.get_by_role("main").get_by_role("button").last.click()
    assert page.get_by_role("alert").count()
    look(page, again=False)
    page.goto(f"/intake/{scene.clients[0]}")
    look(page)
    plan(page, scene, "Alvarez, Rosa")
    look(page)
    for address in ("visit", "absence", "cover"):
        page.goto(f"/schedule/{scene.person('worker').id}/{address}")
        look(page)
    page.goto(f"/schedule/{scene.person('worker').id}/visit")
    page.get_by_role("button", name="Plan it").click()
    assert page.get_by_role("alert").count()
    look(page, again=False)


def test_a_referral_is_registered_assigned_and_on_the_tablet(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """From the telephone to the worker's tablet; what was not decided waits in the list with its term."""
    ana = tablets.of("worker")
    page = browse("supervisor", "/intake/new")
    page.get_by_label("Family name").fill("Okonkwo")
    page.get_by_label("Given name").fill("Adaeze")
    page.get_by_label("Date of birth").fill("1944-02-03")
    page.get_by_label("Referred by").select_option(index=1)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/intake")
    waiting = page.get_by_role("row").filter(has_text="Okonkwo")
    listed = waiting.inner_text()
    waiting.get_by_role("link").click()
    page.get_by_label("Assign to").select_option(label="Ana Reyes")
    page.get_by_role("button", name="Assign").click()
    page.wait_for_url("**/intake")
    ana.sync()

    assert "waits" in listed
    assert page.get_by_role("row").filter(has_text="Okonkwo").count() == 0
    (client,) = ana.search("Okonkwo")
    (episode,) = ana.records("episode").about(client.id)
    assert client.date_of_birth == "1944-02-03"
    assert episode.status == "referred"


def test_the_visits_of_somebody_absent_are_covered_in_one_act(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """The other's tablet has the visit and the client for these days, and lets both go when they are over."""
    ben = tablets.of("second worker")
    page = browse("supervisor", "/schedule")
    plan(page, scene, "Alvarez, Rosa")
    page.goto(f"/schedule/{scene.person('worker').id}/absence")
    page.get_by_label("First day").fill(f"{tomorrow(scene):%Y-%m-%d}")
    page.get_by_label("Last day").fill(f"{tomorrow(scene):%Y-%m-%d}")
    page.get_by_label("Kind").select_option(index=0)
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_url("**/cover?*")
    page.get_by_label("Who covers").select_option(label="Ben Okafor")
    page.get_by_role("button", name="Cover these days").click()
    page.wait_for_url("**/schedule?day=*")
    shown = page.inner_text("main")
    scene.clock.ahead_ms += 24 * 3600 * 1000
    ben.sync()
    seen = ben.record("client", scene.clients[0])
    (visit,) = ben.records("visit").about(scene.clients[0])
    scene.clock.ahead_ms += 2 * 24 * 3600 * 1000
    ben.sync()

    assert "absent" in shown
    assert "Covers:" in shown
    assert seen is not None
    assert visit.worker == scene.person("second worker").id
    assert ben.record("client", scene.clients[0]) is None
