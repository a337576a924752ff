from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .looking import Looker
from .scene import Scene
from .tablets import Tablets

Browse = Callable[..., Any]
CLIENTS = "family,given,date_of_birth\nOsei,Kofi,1939-05-06\n,Nobody,not a day\n"


def test_settings_resources_and_forms_are_for_everybody(browse: Browse, look: Looker, tmp_path: Path) -> None:
    """In both languages, light and dark, narrow and wide; a file with a refusal, too."""
    look(browse("administrator", "/settings"))
    page = browse("supervisor", "/instruments")
    look(page)
    file = tmp_path / "clients.csv"
    file.write_text(CLIENTS)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look into it").click()
    look(page, again=False)
    page.goto("/resources/new")
    look(page)


def test_of_two_administrators_the_second_is_told_what_the_first_decided(
    browse: Browse, scene: Scene
) -> None:
    """Settings are decided whole; nobody's decision is overwritten unseen."""
    first, second = browse("administrator", "/settings"), browse("administrator", "/settings")
    for page, hours in ((first, "24"), (second, "72")):
        page.get_by_label("Hours from referral to first visit").fill(hours)
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
    said = second.inner_text("main")
    second.goto("/settings")

    assert "Not saved: somebody has changed the settings" in said
    assert second.get_by_label("Hours from referral to first visit").input_value() == "24"


def test_a_resource_and_a_file_of_clients_come_to_the_tablets_and_the_records(
    browse: Browse, scene: Scene, tablets: Tablets, tmp_path: Path
) -> None:
    """What is refused is named with its line, the rest is brought in once."""
    page = browse("supervisor", "/resources/new")
    page.get_by_label("Name").fill("Harlow Food Bank")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Phone").fill("555-0142")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/instruments")
    file = tmp_path / "clients.csv"
    file.write_text(CLIENTS)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look into it").click()
    told = page.inner_text("main")
    page.get_by_role("button", name="Bring in what is not refused").click()
    page.wait_for_url("**/instruments")
    ana = tablets.of("worker")

    assert "Osei" in told
    assert "line 3" in told
    assert page.get_by_text("Brought in: 1. Here already: 0.").is_visible()
    assert [entry.columns["name"] for entry in ana.records("resource")] == ["Harlow Food Bank"]
