"""Whole flows without a mouse and without script: from the supervisor's keyboard to the worker's tablet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from client_sdk import Tablet
from client_sdk.errors import Revoked
from server.services.desk import office
from server.services.log.book import open_book

from .hands import Hands
from .scene import Scene
from .tablets import SECRET, Tablets
from .test_review import note
from .test_risk import ANSWERS

Browse = Callable[..., Any]
ZONE = ZoneInfo("America/New_York")


def day_of(scene: Scene, days: int = 0) -> str:
    """A day of the agency's as it is typed."""
    now = datetime.fromtimestamp(scene.clock.now_ms() / 1000, ZONE)
    return f"{now + timedelta(days=days):%m%d%Y}"


def hands_of(browse: Browse, role: str) -> Hands:
    """Somebody signed in, without script."""
    return Hands(browse(role, "/account", java_script_enabled=False))


def withdraw(scene: Scene, role: str, client: str) -> None:
    """A client goes from somebody, whose tablet does not know of it yet."""
    house = scene.house
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, scene.agency, house.providers) as book,
    ):
        office.unassign(book, scene.person("supervisor"), scene.person(role).id, client, house.providers)
    scene.clock.ahead_ms += 60_000


def test_a_referral_comes_to_the_tablet_and_a_client_to_another(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """Registered, assigned, visited by two, covered in an absence, offered to somebody else."""
    ana, ben = tablets.of("worker"), tablets.of("second worker")
    hands, worker = hands_of(browse, "supervisor"), scene.person("worker").id
    other, lead = scene.person("second worker").id, scene.person("supervisor").id
    hands.open("/intake/new")
    hands.fill("Family name", "Okonkwo")
    hands.choose("Do not visit alone", "Yes")
    hands.button("Register", "**/intake")
    hands.press(hands.page.get_by_role("row").filter(has_text="Okonkwo").get_by_role("link"))
    hands.choose("Assign to", "Ana Reyes")
    hands.button("Assign", "**/intake")
    ana.sync()
    (client,) = ana.search("Okonkwo")

    hands.open(f"/schedule/{worker}/visit")
    hands.choose("Client", "Okonkwo")
    hands.day("From", f"{day_of(scene, 1)} 1000AM")
    hands.button("Plan it")
    assert "not visited alone" in hands.page.inner_text("main")
    hands.choose("Together with", "Ben Okafor")
    hands.button("Plan it", "**/schedule?day=*")
    ana.sync()
    ben.sync()
    planned = [tablet.records("visit").about(client.id) for tablet in (ana, ben)]
    assert [{visit.worker for visit in visits} for visits in planned] == [{worker, other}] * 2

    hands.open(f"/schedule/{worker}/absence")
    hands.day("First day", day_of(scene, 1))
    hands.day("Last day", day_of(scene, 1))
    hands.button("Write it down", "**/cover?*")
    hands.choose("Who covers", "Miriam Stein")
    hands.button("Cover these days", "**/schedule?day=*")
    hands.open(f"/caseload/{worker}")
    hands.tick(hands.page.get_by_label("Okonkwo"))
    hands.choose("To", "Ben Okafor")
    hands.fill("What the receiver must know", "She hears badly on the left.")
    hands.button("Offer", "**/caseload/offers")
    ana.sync()
    ben.sync()

    assert {visit.worker for visit in ben.records("visit").about(client.id)} == {lead, other}
    assert [offer.value("note") for offer in ben.records("handover")] == ["She hears badly on the left."]


def test_what_waits_is_reviewed_settled_released_and_acted_on(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """What a morning of supervision is made of, each with its effect on the tablets."""
    client, other = scene.clients[0], scene.clients[2]
    scene.assign("second worker", client)
    ana, ben = tablets.of("worker"), tablets.of("second worker")
    note(ana, client)
    with ana.edit(client) as edit:
        edit.assess("phq9", ANSWERS)
    for tablet, born in ((ana, "1941-03-15"), (ben, "1940-03-14")):
        with tablet.edit(client) as edit:
            edit.update(edit.handle("client", client), date_of_birth=born)
    ana.sync()
    ben.sync()
    withdraw(scene, "worker", other)
    with ana.edit(other) as edit:
        edit.create("note", narrative="The stairs are not safe any more.")
    ana.sync()

    hands = hands_of(browse, "supervisor")
    hands.open("/review")
    hands.press(hands.page.get_by_role("row").filter(has_text="Note").get_by_role("link"))
    hands.fill("To the author", "Please say more about her sleep.")
    hands.button("Return to the author")
    hands.open("/conflicts")
    hands.press(hands.page.get_by_role("link", name="Date of birth"), "**/date_of_birth")
    hands.tick(hands.page.get_by_label("Take value 2"))
    hands.fill("Reason", "Her passport says so.")
    hands.button("Save the decision", "**/conflicts")
    hands.open("/late")
    hands.press(hands.page.locator("tbody a").first)
    hands.tick(hands.page.get_by_label("Put it into the record as it is"))
    hands.fill("Reason", "She was on her way already.")
    hands.button("Save the decision", "**/late")
    hands.open("/risk")
    hands.press(hands.page.locator("tbody a").first)
    hands.button("Acknowledge: I have read it")
    hands.fill("What was done, or why", "Seen by the crisis team; plan agreed.")
    hands.choose("Close as", "Low")
    hands.button("Close")
    ana.sync()

    (returned,), (flag,) = ana.returned(), ana.records("risk_flag").about(client)
    review = ana.record("review", returned.name)
    assert review is not None
    assert review.value("reason") == "Please say more about her sleep."
    assert flag.columns["level"] == "low"
    assert [notice.decision for notice in ana.notices().values() if notice.decision] == ["released"]
    item = ana.record("client", client)
    assert item is not None
    assert item.undecided == {}


def test_people_tablets_duty_and_settings_need_no_mouse(browse: Browse, scene: Scene, tmp_path: Path) -> None:
    """What an administrator does on the first day, to the tablet that enrols by it and the one that is revoked."""
    hands = hands_of(browse, "administrator")
    hands.open("/staff/new")
    hands.fill("Name", "Nia Walsh")
    hands.choose("Role", "Worker")
    hands.choose("Office", "Harlow Fork")
    hands.button("Admit")
    said = hands.page.inner_text("main")
    hands.open("/settings")
    hands.fill("Days to co-sign", "9")
    hands.button("Save")
    hands.open("/settings")
    kept = hands.field("Days to co-sign").input_value()
    hands.open("/duty")
    hands.choose("Who", "Ben Okafor")
    hands.choose("Place", "First")
    hands.day("From", f"{day_of(scene)} 1200AM")
    hands.day("Until", f"{day_of(scene, 8)} 1200AM")
    hands.button("Put on duty")
    on_duty = hands.page.inner_text("main")
    hands.open("/devices")
    hands.choose("Worker", "Nia Walsh")
    hands.button("Make a code")
    code = hands.page.locator("code.code").inner_text()
    tablet = Tablet.enrol(
        tmp_path / "tablet", server=scene.address, code=code, secret=SECRET, plain_http=True
    )
    hands.open("/devices")
    hands.press(hands.page.locator("tbody a").first)
    shown = hands.page.inner_text("main")
    hands.reach(hands.page.locator("summary", has_text="Revoke it for good"))
    hands.page.keyboard.press("Enter")
    hands.button("Revoke it")
    with pytest.raises(Revoked):
        tablet.sync()
    fingerprint = tablet.identity.fingerprint
    tablet.lock()

    assert "Nia Walsh" in said
    assert kept == "9"
    assert "Ben Okafor" in on_duty
    assert fingerprint in shown
