"""Clients: the list, one client's page with everything that is recorded, and what was said in confidence."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from .looking import Looker
from .scene import Scene
from .tablets import Tablets
from .test_review import note
from .test_risk import ANSWERS

Browse = Callable[..., Any]


@pytest.fixture
def recorded(scene: Scene, tablets: Tablets) -> str:
    """A client with a note, three assessments, one corrected and one refused, a danger, a hazard and a contact."""
    ana, client = tablets.of("worker"), scene.clients[0]
    note(ana, client)
    with ana.edit(client, reason="home visit") as edit:
        first = edit.assess("phq9", ANSWERS)
    with ana.edit(client, reason="read again") as edit:
        edit.assess("phq9", {**ANSWERS, "q1": "not_at_all"}, amends=first.id)
    with ana.edit(client, reason="home visit") as edit:
        refused = edit.begin_assessment("phq9")
        edit.answer(refused, {"q1": "several_days"})
        edit.complete_assessment(refused, ending="refused")
        person = edit.handle("client", client)
        edit.update(person, do_not_visit_alone="yes")
        edit.add_member(person, "hazards", {"kind": "dog", "review_on": "2027-01-01"})
    ana.sync()
    return client


def ask_for_copy(page: Any, client: str) -> None:
    """Say for what and for whom a copy is."""
    page.goto(f"/clients/{client}/copy")
    page.get_by_label("Purpose").select_option("legal")
    page.get_by_label("Who receives it").fill("Harlow County Court")


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


def test_scores_access_and_copies_are_for_everybody(
    browse: Browse, look: Looker, scene: Scene, recorded: str
) -> None:
    """Charts, empty and full, before and after a purpose is told; the form, what it refuses, and the paper."""
    page = browse("supervisor", f"/clients/{scene.clients[1]}/scores")
    look(page)
    page.goto(f"/clients/{recorded}/scores")
    look(page)
    page.get_by_role("button", name="Show them").click()
    look(page, again=False)
    page.get_by_label("Purpose").select_option("care")
    page.get_by_role("button", name="Show them").click()
    look(page, again=False)
    page.goto(f"/clients/{recorded}/access")
    look(page)
    page.goto(f"/clients/{recorded}/copy")
    look(page)
    page.get_by_role("button", name="Show for printing").click()
    look(page, again=False)
    ask_for_copy(page, recorded)
    page.get_by_role("button", name="Show for printing").click()
    look(page, again=False)


def test_a_chart_says_in_words_and_shapes_what_the_table_says(browse: Browse, recorded: str) -> None:
    """Whoever does not see it hears the same figures; the gap is there, and nothing is drawn through it."""
    page = browse("supervisor", f"/clients/{recorded}/scores")
    chart = page.get_by_role("img", name="Patient Health Questionnaire-9: totals over time")
    described = page.locator("svg.chart desc").text_content() or ""

    assert chart.is_visible()
    assert [each.rpartition(": ")[2] for each in described.split("; ")] == ["11", "10", "no total"]
    assert page.locator("table .num").all_inner_texts() == ["11", "10"]
    assert page.locator(".chart .chart-missing").count() == 1
    assert page.locator(".chart .chart-superseded").count() == 1
    assert page.locator(".chart .chart-line").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_shows_the_record_and_nothing_of_the_page(browse: Browse, recorded: str, theme: str) -> None:
    """Black on white, whatever the device prefers, with who printed it; navigation and buttons stay on the screen."""
    page = browse("supervisor", color_scheme=theme)
    ask_for_copy(page, recorded)
    page.get_by_role("button", name="Show for printing").click()
    assert page.get_by_role("button", name="Print").is_visible()

    page.emulate_media(media="print", color_scheme=theme)

    for gone in (".side", ".top", ".foot", ".paper-acts"):
        assert not page.locator(gone).first.is_visible(), gone
    colours = page.evaluate(
        """() => ["body", ".paper td", ".chart-label"].map((where) => {
          const style = getComputedStyle(document.querySelector(where));
          return where.startsWith(".chart") ? style.fill : style.color;
        })"""
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(0, 0, 0)", "rgb(51, 51, 51)"]
    printed = PdfReader(io.BytesIO(page.pdf()))
    first = printed.pages[0].extract_text()
    assert "Copied by" in first
    assert f"1 / {len(printed.pages)}" in first


def test_a_pdf_is_taken_without_script(browse: Browse, recorded: str, tmp_path: Path) -> None:
    """The one button that counts works on a locked-down machine as well."""
    page = browse("supervisor", java_script_enabled=False)
    ask_for_copy(page, recorded)
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").click()
    taken.value.save_as(tmp_path / "copy.pdf")

    text = " ".join(each.extract_text() for each in PdfReader(tmp_path / "copy.pdf").pages)
    assert "Harlow County Court" in text
    assert "no total" in text
