from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.errors import (
    AlreadyEnrolled,
    CodeRefused,
    NotAssigned,
    UnknownDevice,
)
from server.house import House
from server.services.access.agencies import agency_of
from server.services.access.codes import code_bytes
from server.services.access.devices import Device, known
from server.services.access.enrolment import CODE_LIFE_MS, Application, enrol, fingerprint
from server.services.access.people import Person, add_person
from server.tables.enrolment import EnrolmentCodeRow

from ..conftest import Clock
from .conftest import FakeTablet, Staff, apply, code_for, states


def test_a_code_makes_a_tablet_a_device_of_its_worker(at: House, staff: Staff) -> None:
    """The one way in for a new tablet."""
    tablet = FakeTablet()
    code = code_for(at, staff.admin, staff.ana)
    with at.database.writing() as session:
        told = enrol(session, at.sealer, at.providers, tablet.application(code, label="Ana's blue tablet"))
    with at.database.reading() as session:
        device = known(session, tablet.device)
        agency = agency_of(session, "a1")

    assert device == Device("a1", tablet.device, "tablet", "ana", tablet.public_key, "active")
    assert (told.agency, told.device, told.worker, told.role) == (agency, tablet.device, "ana", "worker")
    assert told.fingerprint == fingerprint("a1", agency.public_key, tablet.public_key)


def test_a_code_is_good_once(at: House, staff: Staff) -> None:
    """A code that was read over a shoulder enrols no second tablet."""
    code = code_for(at, staff.admin, staff.ana)
    apply(at, FakeTablet(1).application(code))

    with pytest.raises(CodeRefused):
        apply(at, FakeTablet(2).application(code))


def test_of_two_tablets_at_once_one_enrols(at: House, staff: Staff) -> None:
    """Also when both ask in the same moment."""
    code = code_for(at, staff.admin, staff.ana)

    def attempt(seed: int) -> str | None:
        try:
            return apply(at, FakeTablet(seed).application(code))
        except CodeRefused:
            return None

    with ThreadPoolExecutor(4) as threads:
        devices = list(threads.map(attempt, range(1, 5)))

    assert len([device for device in devices if device]) == 1


def test_the_same_tablet_gets_the_same_answer_when_the_reply_was_lost(at: House, staff: Staff) -> None:
    """A bad link at the door of the office must not cost a second code."""
    code = code_for(at, staff.admin, staff.ana)
    tablet = FakeTablet()

    assert apply(at, tablet.application(code)) == apply(at, tablet.application(code)) == tablet.device
    assert states(at) == {tablet.device: "active"}


def test_a_code_ends_after_a_day(at: House, staff: Staff, clock: Clock) -> None:
    """A slip of paper found later opens nothing."""
    late, in_time = code_for(at, staff.admin, staff.ana), code_for(at, staff.admin, staff.ana)
    clock.ms += CODE_LIFE_MS - 1
    apply(at, FakeTablet(1).application(in_time))
    clock.ms += 1

    with pytest.raises(CodeRefused):
        apply(at, FakeTablet(2).application(late))


def test_a_refused_enrolment_uses_up_no_code(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """Who chose the wrong store tries again with the same code."""
    code = code_for(at, staff.admin, staff.ana)
    with pytest.raises(AlreadyEnrolled):
        apply(at, tablet.application(code))

    assert apply(at, FakeTablet(2).application(code)) == FakeTablet(2).device


@pytest.mark.parametrize(
    "forge",
    [
        lambda good: Application("other code", good.public_key, good.signature),
        lambda good: Application(good.code, FakeTablet(9).public_key, good.signature),
        lambda good: Application(good.code, good.public_key, bytes(64)),
        lambda good: Application(good.code, b"short", good.signature),
    ],
)
def test_a_key_that_is_not_ones_own_is_not_enrolled(
    at: House, staff: Staff, forge: Callable[[Application], Application]
) -> None:
    """Whoever saw a code and a public key pass by can do nothing with them."""
    good = FakeTablet().application(code_for(at, staff.admin, staff.ana))

    with pytest.raises(UnknownDevice):
        apply(at, forge(good))


@pytest.mark.parametrize(
    ("by", "worker", "may"),
    [
        ("admin", "ana", True),
        ("lead", "ana", True),
        ("lead", "ben", False),
        ("ana", "ana", False),
        ("ben", "ana", False),
    ],
)
def test_codes_are_made_by_administrators_and_by_the_supervisor_of_the_office(
    at: House, staff: Staff, by: str, worker: str, may: bool
) -> None:
    """A worker cannot give a tablet to anybody, not to themselves either."""
    if may:
        assert code_for(at, getattr(staff, by), getattr(staff, worker))
        return
    with pytest.raises(NotAssigned):
        code_for(at, getattr(staff, by), getattr(staff, worker))


def test_people_who_left_neither_invite_nor_enrol(at: House, staff: Staff) -> None:
    """A departed supervisor's session or a departed worker's code opens nothing."""
    gone = Person("a1", "gone", "worker", "office-north", "left")
    with at.database.writing() as session:
        add_person(session, at.sealer, gone, name="Gone", now_ms=0)
    code = code_for(at, staff.admin, gone)

    with pytest.raises(NotAssigned):
        apply(at, FakeTablet().application(code))
    with pytest.raises(NotAssigned):
        code_for(at, Person("a1", "lead", "supervisor", "office-north", "left"), staff.ana)


def test_a_supervisor_without_an_office_keeps_no_devices(at: House, staff: Staff) -> None:
    """No office on both sides is not the same office."""
    with at.database.writing() as session:
        add_person(session, at.sealer, Person("a1", "new", "worker", None), name="New", now_ms=0)

    with pytest.raises(NotAssigned):
        code_for(at, Person("a1", "floating", "supervisor", None), Person("a1", "new", "worker", None))


def test_nobody_is_invited_who_is_not_in_the_agency(at: House, staff: Staff) -> None:
    """Ids of another agency mean nothing here."""
    with pytest.raises(NotAssigned):
        code_for(at, staff.admin, Person("a2", "stranger", "worker", None))


def test_neither_code_nor_label_is_kept_in_the_clear(at: House, staff: Staff) -> None:
    """A dump of the database enrols nobody and names no tablet."""
    code = code_for(at, staff.admin, staff.ana, label="blue tablet")
    with at.database.reading() as session:
        row = session.scalars(select(EnrolmentCodeRow)).one()

    assert code_bytes(code) not in (row.code_hash, row.label)
    assert at.sealer.open("a1", "agency", b"device label", row.label or b"") == b"blue tablet"


def test_the_door_for_new_tablets_tells_what_they_need(
    at: House, web: FlaskClient, staff: Staff, clock: Clock
) -> None:
    """Agency, keys, fingerprint, bounds, and the clock to go by."""
    tablet = FakeTablet()
    answer = web.post("/api/v1/enrol", json=tablet.enrolment_body(code_for(at, staff.admin, staff.ana)))
    told = answer.get_json()

    assert answer.status_code == 201
    assert (told["agency"], told["device"], told["worker"], told["role"]) == (
        "a1",
        tablet.device,
        "ana",
        "worker",
    )
    assert (told["agency_name"], told["time_zone"], told["clock_ms"]) == (
        "Harbor",
        "America/New_York",
        clock.ms,
    )
    assert len(told["fingerprint"]) == 6


def test_a_code_is_tried_only_so_often(web: FlaskClient, staff: Staff) -> None:
    """Guessing is hopeless anyway; this keeps it cheap for us."""
    tablet = FakeTablet()
    body = tablet.enrolment_body("0004-1061-050R-3GG2-8A1C-60T3-GF6")
    answers = [web.post("/api/v1/enrol", json=body) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [403] * 20 + [429]
    assert answers[-1].content_type == "application/problem+json"
