from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]


def offer(page: Any, scene: Scene, *rows: int) -> None:
    """Choose clients and offer them to Ben."""
    page.goto(f"/caseload/{scene.person('worker').id}")
    choose(page, *rows)
    page.get_by_role("button", name="Offer").click()


def choose(page: Any, *rows: int) -> None:
    """Fill the form in."""
    for row in rows:
        page.locator("tbody input").nth(row).check()
    page.get_by_label("To", exact=True).select_option(label="Ben Okafor")
    page.get_by_label("What the receiver must know").fill("She hears badly on the left.")


def test_the_pages_of_the_caseload_are_for_everybody(
    browse: Browse, look: Looker, scene: Scene, tablets: Tablets
) -> None:
    """Board, one worker, nobody forgotten and hand-overs, in both languages, light and dark, narrow and wide."""
    tablets.of("worker")
    page = browse("supervisor", "/caseload")
    look(page)
    page.get_by_role("link", name="Ana Reyes").click()
    look(page)
    page.get_by_role("button", name="Offer").click()
    look(page, again=False)
    offer(page, scene, 0)
    look(page)
    page.goto("/caseload/forgotten")
    look(page)
    look(browse("administrator", f"/caseload/{scene.person('worker').id}"))


def test_a_client_passes_when_the_receiver_accepts_on_the_tablet(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """Until then the giver is responsible; afterwards the client has left the giver's tablet, and nothing is lost."""
    ana, ben = tablets.of("worker"), tablets.of("second worker")
    page = browse("supervisor", "/caseload")
    offer(page, scene, 0)
    page.wait_for_url("**/caseload/offers")
    ben.sync()
    (handover,) = ben.records("handover")
    with ben.edit(handover.subject) as edit:
        edit.update(
            handover,
            answer={
                "answer": "accepted",
                "by": scene.person("second worker").id,
                "at": "2026-11-24T09:00:00-05:00",
            },
        )
    ben.sync()
    scene.pass_time()
    ana.sync()
    page.goto("/caseload/offers")

    assert handover.value("note") == "She hears badly on the left."
    assert page.get_by_text("No open hand-over.").is_visible()
    assert ben.record("client", handover.subject) is not None
    assert ana.record("client", handover.subject) is None


def test_an_offer_is_taken_back_and_the_receiver_no_longer_sees_the_client(
    browse: Browse, scene: Scene, tablets: Tablets
) -> None:
    """A mistake in the list of names is mended before anybody accepts."""
    ben = tablets.of("second worker")
    page = browse("supervisor", "/caseload")
    offer(page, scene, 0, 1)
    page.wait_for_url("**/caseload/offers")
    ben.sync()
    before = {handover.subject for handover in ben.records("handover")}
    page.get_by_role("button", name="Take back").first.click()
    page.get_by_role("button", name="Take back").first.click()
    page.wait_for_load_state()
    ben.sync()

    assert len(before) == 2
    assert all(ben.record("client", client) is None for client in before)


def test_who_hands_a_client_over_second_is_told_who_was_first(
    browse: Browse, look: Looker, scene: Scene
) -> None:
    """Two supervisors clear one caseload on Monday: nobody is promised what another has been promised."""
    scene.lead("other supervisor")
    address = f"/caseload/{scene.person('worker').id}"
    first, second = browse("supervisor", address), browse("other supervisor", address)
    for page in (first, second):
        choose(page, 0)
        page.get_by_role("button", name="Offer").click()

    told = second.inner_text("main")
    assert "Nothing was offered" in told
    assert "Miriam Stein" in told
    look(second, again=False)
    second.goto("/caseload/offers")
    assert second.locator("tbody tr").count() == 1
