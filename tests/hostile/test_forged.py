"""Who one is not: forged authors, foreign subjects, replays, guesses; nobody becomes somebody else."""

import json
from typing import Any

import pytest
from sqlalchemy import Select, select

from server.db import Base
from sync import Json, Write

from .kit import LATE, PASSING, SYNC, Caller, Fortress, application, enrolled, name_of, post


@pytest.mark.parametrize("of", ["stranger", "foreigner"])
def test_a_key_that_is_nobodys_here_changes_nothing(made: Fortress, of: str) -> None:
    """A stranger's key opens no door, and another agency's opens only its own."""
    caller: Caller = getattr(made, of)
    before = made.essence()

    answer = made.sync(Caller(made.agency.id, made.worker.author, caller.key), made.worker.sealed(b"{}"))

    assert answer.status_code == (401 if of == "stranger" else 409)
    assert made.essence() == before


def test_a_foreign_author_and_a_foreign_device_are_not_believed(made: Fortress) -> None:
    """A worker's tablet can write in nobody's name but its worker's; what it signs for others is kept aside."""
    caller = Caller(made.agency.id, made.worker.author, made.worker.key)
    before = made.essence(but=PASSING | LATE)

    forged = [
        caller.changeset(made.client, name_of(made.client, "Forged"), author=made.agency.supervisor),
        caller.changeset(made.client, name_of(made.client, "Forged"), device=made.revoked.device),
        Caller(made.agency.id, made.worker.author).changeset(made.client, name_of(made.client, "Forged")),
    ]

    assert made.outcomes(made.sync(made.worker, *forged)) == ["bad_signature"] * 3
    assert made.essence(but=PASSING | LATE) == before


def test_a_subject_that_is_not_the_workers_is_held_and_not_shown(made: Fortress) -> None:
    """The other agency's client, an office and another worker are out of reach; what is tried waits for a person."""
    fresh = enrolled(made)
    before = made.essence(but=PASSING | LATE)
    lines = [
        fresh.changeset(
            made.agency.supervisor, [Write("staff", made.agency.supervisor, "name", (), "Mallory")]
        ),
        fresh.changeset(
            made.client, [Write("client", made.agency.clients[1], "preferred_name", (), "Mixed up")]
        ),
    ]

    outcomes = made.outcomes(made.sync(fresh, *lines))

    assert "accepted" not in outcomes
    assert made.essence(but=PASSING | LATE) == before


def test_the_other_agencys_clients_do_not_exist_here(made: Fortress) -> None:
    """The same id in two agencies is two things; nobody learns that the other one is there."""
    fresh = enrolled(made)
    foreign = made.other.clients[0]
    with made.other.house.database.reading() as session:
        before = session.execute(records_of(made.other.id)).all()

    made.sync(fresh, fresh.changeset(foreign, name_of(foreign, "Mine now")))

    with made.other.house.database.reading() as session:
        assert session.execute(records_of(made.other.id)).all() == before


def test_a_request_that_is_replayed_is_refused(made: Fortress) -> None:
    """Whoever recorded a request on a hotel's network gets nothing out of sending it again."""
    body = made.request()
    headers = made.worker.signed(body)

    first = made.send(None, body, headers=headers)
    before = made.essence()
    again = made.send(None, body, headers=headers)

    assert (first.status_code, again.status_code) == (200, 401)
    assert json.loads(again.data)["code"] == "replayed-request"
    assert made.essence() == before


def test_a_changeset_that_is_replayed_gets_its_first_outcome(made: Fortress) -> None:
    """Sent again by its own device it counts once; sent by another one it is nobody's."""
    fresh = enrolled(made)
    line = fresh.changeset(made.client, name_of(made.client, "Once"))
    first = json.loads(made.sync(fresh, line).data)["outcomes"]
    before = made.essence()

    again = json.loads(made.sync(fresh, line, line).data)["outcomes"]

    assert again == first * 2
    assert made.essence() == before
    assert made.outcomes(made.sync(made.worker, line)) == ["bad_signature"]


def test_a_revoked_device_gets_no_page_and_changes_no_record(made: Fortress) -> None:
    """What its worker wrote is kept for a person to decide; nothing else comes of it."""
    before = made.essence(but=PASSING | LATE)
    line = made.revoked.changeset(made.client, name_of(made.client, "Revoked"))

    answer = made.sync(made.revoked, line, head={"page_bytes": 100_000})

    assert made.outcomes(answer)[0] not in ("accepted", "waiting")
    assert "page" not in json.loads(answer.data)
    assert made.essence(but=PASSING | LATE) == before


@pytest.mark.parametrize("change", ["body", "target", "digest", "method"])
def test_a_signature_covers_what_it_says(made: Fortress, change: str) -> None:
    """A request that was changed on its way is nobody's."""
    before = made.essence()
    body = made.request()
    headers = made.worker.signed(body)
    sent, path, method = body, SYNC, "POST"
    if change == "body":
        sent = body + b"\n" + made.worker.sealed(b"{}")
    elif change == "target":
        path = SYNC + "?to=elsewhere"
    elif change == "digest":
        headers["Content-Digest"] = made.worker.signed(b"other")["Content-Digest"]
    else:
        method = "PUT"

    answer = made.send(None, sent, path=path, method=method, headers=headers)

    assert answer.status_code in (401, 405)
    assert made.essence() == before


def test_an_enrolment_with_a_guessed_or_a_used_code_makes_no_device(made: Fortress) -> None:
    """A code opens once, for the key that proves itself."""
    code = made.agency.invite(made.worker.author)
    post(made, application(Caller(made.agency.id, made.worker.author), code), 201)
    before = made.essence()
    thief = Caller(made.agency.id, made.worker.author)

    for body in (
        application(thief, code),
        application(thief, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A"),
        {**application(thief, code), "public_key": application(made.worker, code)["public_key"]},
        {**application(thief, "\0"), "label": "\0"},
    ):
        assert post(made, body) in (400, 401, 403, 422)
    assert made.essence() == before


def test_what_the_office_decides_is_not_decided_by_a_tablet(made: Fortress) -> None:
    """What a worker says about an office stands beside it as a proposal; everybody is shown what was decided."""
    fresh = enrolled(made)
    with made.agency.house.database.reading() as session:
        table = Base.metadata.tables["record"]
        mine = (table.c.agency == made.agency.id) & (table.c.type == "office")
        office = session.scalars(select(table.c.id).where(mine)).one()
    before = made.shown("office", office)

    made.sync(
        fresh,
        fresh.changeset("agency", [Write("office", office, "whole", (), {"version": 9, "name": "Mine"})]),
    )

    assert made.shown("office", office) == before


@pytest.mark.parametrize("asked", [("refetch",), ("again", "holds"), ("lacks",)])
def test_asking_for_what_is_anothers_tells_nothing_of_it(made: Fortress, asked: tuple[str, ...]) -> None:
    """A tablet may name any subject; it gets the rows of its own, and no digest that would confirm a guess."""
    hidden = made.agency.register("Hidden", (made.agency.workers[2],))
    fresh = enrolled(made)
    page = json.loads(made.sync(fresh, head={"page_bytes": 100_000}).data)["page"]
    others: list[Json] = [hidden, made.other.register("Foreign", ()), made.agency.workers[2]]
    names: list[Json] = ["n" * 22]

    head: dict[str, Json] = {part: names if part == "lacks" else others for part in asked}
    answer = made.sync(fresh, head={**head, "cursor": page["cursor"], "page_bytes": 100_000})

    told = json.loads(answer.data)["page"]
    about = {row["s"] for row in told.get("records", [])}
    assert not about & {*map(str, others)}
    assert not {*told.get("digests", {})} & {*map(str, others)}
    assert not {*told.get("enter", [])} & {*map(str, others)}


def records_of(agency: str) -> Select[Any]:
    """Every record of an agency, as it is stored."""
    table = Base.metadata.tables["record"]
    return select(table).where(table.c.agency == agency).order_by(*table.primary_key.columns)
