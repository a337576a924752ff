"""What of a client's record leaves the house, what of it a reader is told, and that it is noted."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from server.services.desk import days, office, reads
from server.services.desk.reads import Read
from server.services.log.book import open_book
from sync import Json, Write
from sync.ids import random_id
from tests.browser.scene import Scene

AsRole = Callable[[str], FlaskClient]
ALERT = "Screen for suicide before leaving; call the supervisor now"
ASKED = {"purpose": "legal", "receiver": "Harlow County Court"}


@pytest.fixture
def recorded(scene: Scene) -> str:
    """A client with two addresses, a note, a form whose last item was grave, and one with answers missing."""
    client, worker = scene.clients[0], scene.person("worker").id
    grave: Json = {f"q{number}": "several_days" for number in range(1, 9)} | {"q9": "nearly_every_day"}
    some: Json = {"q1": "several_days"}
    now = days.utc_of(scene.clock.now_ms())
    form: Json = {"id": "phq9", "version": "1.0"}
    _write(scene, client, "address", place={"kind": "home", "lines": ["4 Mill Lane"]}, state="current")
    _write(scene, client, "address", place={"kind": "confidential", "lines": ["9 Shelter"]}, state="current")
    _write(scene, client, "note", author=worker, narrative="She sleeps *badly*.\n<b>No</b> #markup.")
    _write(scene, client, "assessment", instrument=form, answers=grave, worker=worker, finished_at=now)
    _write(
        scene, client, "assessment", instrument=form, partial_answers=some, worker=worker, closed="refused"
    )
    return client


def test_scores_are_shown_and_what_single_answers_say_only_for_a_purpose(
    scene: Scene, as_: AsRole, recorded: str
) -> None:
    """A total is no answer; a mark for one item is. The purpose is noted with the reader's name."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/scores"

    quiet = browser.get(address)
    refused = browser.post(address, data=_with_token(quiet.text, {"purpose": ""}))
    told = browser.post(address, data=_with_token(quiet.text, {"purpose": "care"}))

    assert (quiet.status_code, refused.status_code, told.status_code) == (200, 422, 200)
    assert ">11</span>" in quiet.text
    assert "8 answers missing" in quiet.text
    assert 'class="chart-missing"' in quiet.text
    assert [ALERT in page.text for page in (quiet, refused, told)] == [False, False, True]
    assert [(read.what, read.purpose) for read in _reads(scene)] == [
        ("assessment", "care"),
        ("assessment", ""),
        ("assessment", ""),
    ]


def test_a_copy_asks_for_what_it_is_and_for_whom(scene: Scene, as_: AsRole, recorded: str) -> None:
    """Nothing leaves without a purpose, a receiver and days in order, and nothing is noted as if it had."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    form = browser.get(address).text

    for wrong in (
        {**ASKED, "purpose": ""},
        {**ASKED, "receiver": ""},
        {**ASKED, "receiver": "x" * 201},
        {**ASKED, "since": "2026-02-02", "until": "2026-02-01"},
    ):
        shown = browser.post(address, data=_with_token(form, wrong))
        assert shown.status_code == 422
        assert "She sleeps" not in shown.text

    assert "export" not in {read.via for read in _reads(scene)}


def test_a_copy_is_noted_as_an_export_with_its_purpose_and_receiver(
    scene: Scene, as_: AsRole, recorded: str
) -> None:
    """Who took what, when, for what and for whom: asked years later, answered in a line."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    form = browser.get(address).text

    for kind in ("page", "pdf"):
        browser.post(address, data=_with_token(form, {**ASKED, "as": kind}))

    found = [read for read in _reads(scene) if read.via == "export"]
    assert [(read.what, read.purpose, read.why, read.rows) for read in found] == [
        ("all", "legal", "Harlow County Court", 6)
    ] * 2


def test_page_and_pdf_hold_the_same_and_neither_what_no_copy_holds(
    scene: Scene, as_: AsRole, recorded: str
) -> None:
    """One is made from the other: what one leaves out, the other cannot have."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    form = browser.get(address).text

    page = browser.post(address, data=_with_token(form, {**ASKED, "as": "page"}))
    pdf = browser.post(address, data=_with_token(form, {**ASKED, "as": "pdf"}))

    text = _text(pdf.data)
    for said in (
        "Alvarez, Rosa",
        "born Mar 14, 1941",
        "Harlow County Home Care",
        "Miriam Stein",
        "Eastern Standard Time",
        "Required by law",
        "Harlow County Court",
        "4 Mill Lane",
        "1 confidential address is not in this copy.",
        "no total",
    ):
        assert said in text, said
    for said in ("Alvarez, Rosa", "4 Mill Lane", "Given in confidence; not in this copy.", "chart-missing"):
        assert said in page.text, said
    assert "She sleeps *badly*. <b>No</b> #markup." in text
    for secret in ("9 Shelter", ALERT, "Nearly every day"):
        assert secret not in page.text
        assert secret not in text


def test_answers_in_confidence_are_in_a_copy_that_asks_for_them(
    scene: Scene, as_: AsRole, recorded: str
) -> None:
    """By role and purpose, and because somebody ticked it."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    asked = {**ASKED, "answers": "y", "as": "pdf"}

    text = _text(browser.post(address, data=_with_token(browser.get(address).text, asked)).data)

    assert ALERT in text
    assert "Nearly every day" in text
    assert "9 Shelter" not in text


def test_a_pdf_speaks_the_readers_language_and_its_name_is_nobodys(
    scene: Scene, as_: AsRole, recorded: str
) -> None:
    """A list of downloads is seen by whoever sits there next; no proxy keeps a copy."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    browser.set_cookie("language", "es")

    made = browser.post(address, data=_with_token(browser.get(address).text, {**ASKED, "as": "pdf"}))

    assert made.mimetype == "application/pdf"
    assert made.headers["Cache-Control"] == "no-store"
    day = days.utc_of(scene.clock.now_ms())[:4]
    assert made.headers["Content-Disposition"].startswith(f"attachment; filename=record-{day}-")
    reader = PdfReader(io.BytesIO(made.data))
    assert reader.trailer["/Root"]["/Lang"] == "es"  # type: ignore[index]  # a dictionary
    assert reader.metadata is not None
    assert reader.metadata.title == "Expediente de Alvarez, Rosa"
    for page in reader.pages:
        said = " ".join(page.extract_text().split())
        assert "Harlow County Home Care · Alvarez, Rosa · nacimiento: 14 mar 1941" in said
        assert "Miriam Stein, " in said
        assert "página" in said


def test_a_copy_of_days_without_anything_says_so(scene: Scene, as_: AsRole, recorded: str) -> None:
    """An empty section would look as if somebody had taken it out."""
    browser, address = as_("supervisor"), f"/clients/{recorded}/copy"
    asked = {**ASKED, "as": "page", "since": "1999-01-01", "until": "1999-12-31"}

    page = browser.post(address, data=_with_token(browser.get(address).text, asked))

    assert "Nothing is recorded in these days." in page.text
    assert "4 Mill Lane" in page.text
    assert "She sleeps" not in page.text


def test_everybody_who_was_given_a_record_is_named(scene: Scene, as_: AsRole) -> None:
    """Who had access when is asked after a tablet was lost, and after a complaint."""
    page = as_("auditor").get(f"/clients/{scene.clients[0]}/access")

    assert "Ana Reyes" in page.text
    assert "assigned worker" in page.text
    assert "has access" in page.text
    assert f"/audit?client={scene.clients[0]}" in page.text
    assert "/audit?client=" not in as_("supervisor").get(f"/clients/{scene.clients[0]}/access").text


def test_the_navigation_marks_clients_on_every_page_about_one(scene: Scene, as_: AsRole) -> None:
    """Whoever looks up from the page sees where it belongs."""
    browser = as_("supervisor")

    for page in ("", "/scores", "/access", "/copy"):
        shown = browser.get(f"/clients/{scene.clients[0]}{page}").text
        assert '<a href="/clients" aria-current="page">' in shown, page


def test_the_history_of_an_assignment_names_the_worker(scene: Scene, as_: AsRole) -> None:
    """*Assigned: assigned* says nothing."""
    client = scene.clients[0]

    page = as_("supervisor").get(f"/clients/{client}/records/client/{client}")

    assert "Ana Reyes" in page.text.partition("<main")[2]


def _write(scene: Scene, client: str, type_: str, **units: Json) -> None:
    """A record, as somebody at the office would enter it."""
    providers, id_ = scene.house.providers, random_id(scene.house.providers.entropy(16))
    writes = [Write(type_, id_, unit, (), value) for unit, value in units.items()]
    with (
        scene.house.database.writing() as session,
        open_book(session, scene.house.sealer, scene.agency, providers) as book,
    ):
        office.write(book, scene.person("supervisor"), office.Said(client, writes), providers)


def _reads(scene: Scene) -> list[Read]:
    """Every read, the newest first."""
    by = scene.person("auditor")
    with scene.house.database.reading() as session:
        return list(reads.reads(session, scene.house.sealer, by).rows)


def _with_token(page: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0], **fields}


def _text(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
