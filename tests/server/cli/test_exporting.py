"""`doorstep export`: what another system reads of one client."""

from __future__ import annotations

from typing import Any

import pytest

from casework import instruments
from server.services.access import people
from server.services.desk import office
from sync import Write, random_id

from .conftest import Installation
from .resources import phq2, saved


def test_an_export_has_scores_with_loinc_codes(at_work: Installation) -> None:
    """Another system reads codes, not our names."""
    at_work.told("import", saved(at_work, "short.json", phq2()), by="sue")
    client = at_work.client(by="sue")
    said = {"instrument": {"id": "phq2", "version": "1.0"}, "answers": {}}
    answers = first_answers()
    write_assessment(at_work, client, said | {"answers": answers})

    records = at_work.told("export", client, by="sue")["records"]

    (assessment,) = [record for record in records if record["type"] == "assessment"]
    assert assessment["result"]["complete"] is True
    assert assessment["result"]["total"] == 3
    assert [one["loinc"] for one in assessment["result"]["observations"]][:2] == ["44250-9", "44255-8"]


@pytest.mark.parametrize(("sex", "cutoffs"), [("male", ["note_q1_only"]), ("", ["positive_unspecified"])])
def test_an_export_judges_as_the_tablet_did(at_work: Installation, sex: str, cutoffs: list[str]) -> None:
    """One set of answers has one result, whoever computes it."""
    client = at_work.client(by="sue", **({"sex": sex} if sex else {}))
    answers: dict[str, Any] = {"q1": "w2_3", "q2": "d1_2", "q3": "never"}
    write_assessment(
        at_work, client, {"instrument": {"id": "audit_c", "version": "1998"}, "answers": answers}
    )

    records = at_work.told("export", client, by="sue")["records"]

    (assessment,) = [record for record in records if record["type"] == "assessment"]
    assert assessment["result"]["cutoffs"][: len(cutoffs)] == cutoffs
    assert assessment["result"]["total"] == 3


def first_answers() -> dict[str, str]:
    """Answers with the scores 1 and 2."""
    items = instruments.load("phq2").items
    return {
        item.id: next(option.code for option in item.options if option.score == score)
        for item, score in zip(items, (1, 2), strict=True)
    }


def write_assessment(at_work: Installation, client: str, units: dict[str, Any]) -> None:
    """An assessment, as somebody at the office would enter it from paper."""
    with at_work.book() as book:
        by = people.person(book.session, book.agency, at_work.ids["sue"])
        id_ = random_id(bytes(16))
        writes = [Write("assessment", id_, unit, (), value) for unit, value in units.items()]
        office.write(book, by, office.Said(client, writes), at_work.providers)


def test_an_export_takes_rivals_and_unknown_instruments_as_they_are(at_work: Installation) -> None:
    """An export for care waits for nobody, and makes no score up."""
    client = at_work.client(by="sue")
    write_assessment(at_work, client, {"instrument": {"id": "other", "version": "9"}, "answers": {"a": "b"}})
    with at_work.book() as book:
        uma = people.person(book.session, book.agency, at_work.ids["uma"])
        rival = Write("client", client, "legal_name", (), {"family": "Brook", "given": "Rosa"})
        office.write(book, uma, office.Said(client, [rival]), at_work.providers)

    records = at_work.told("export", client, by="sue")["records"]

    by_type = {record["type"]: record for record in records}
    assert by_type["assessment"]["result"] is None
    name = by_type["client"]["units"]["legal_name"]
    assert name["settled"] is False
    assert {rival["value"]["family"] for rival in name["rivals"]} == {"Rivers", "Brook"}
    waiting = at_work.run("conflicts", by="sue")
    assert "legal_name" in waiting.stdout
