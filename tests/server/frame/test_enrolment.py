from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.errors import (
    AlreadyEnrolled,
    CodeRefused,
    NotAssigned,
    ServerError,
    Suspended,
    UnknownDevice,
    Unready,
)
from server.house import House
from server.services.agencies import Agency, add_web_device, agency_of, web_device
from server.services.codes import code_bytes, code_text
from server.services.devices import Device, confirm, device_of, known, revoke, suspend, working
from server.services.enrolment import CODE_LIFE_MS, Application, enrol, fingerprint, invite
from server.services.people import Person, add_person, name_of, person
from server.tables.device import DeviceRow
from server.tables.enrolment import EnrolmentCodeRow

from ..conftest import Clock
from .conftest import FakeTablet, Staff, enrolled


def code_for(at: House, by: Person, worker: Person, label: str | None = None) -> str:
    """A code, made."""
    with at.database.writing() as session:
        return invite(session, at.sealer, at.providers, by, worker.id, label)


def apply(at: House, application: Application) -> str:
    """Enrol, and tell the device's id."""
    with at.database.writing() as session:
        return enrol(session, at.sealer, at.providers, application).device


def states(at: House) -> dict[str, str]:
    """The tablets and their states."""
    with at.database.reading() as session:
        rows = session.execute(select(DeviceRow.id, DeviceRow.state).where(DeviceRow.kind == "tablet")).all()
    return {row.id: row.state for row in rows}


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


def test_a_tablet_that_enrols_again_takes_over_its_store(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """The old chain is closed, and the new device names it."""
    new = enrolled(at, staff.admin, staff.ana, FakeTablet(2), old=tablet)
    with at.database.reading() as session:
        predecessor = session.scalar(select(DeviceRow.predecessor).where(DeviceRow.id == new.device))

    assert predecessor == tablet.device
    assert states(at) == {tablet.device: "forked", new.device: "active"}


def test_a_restored_server_learns_of_a_predecessor_that_it_never_met(at: House, staff: Staff) -> None:
    """The old device's kept work can then be verified."""
    old = FakeTablet(7)
    new = enrolled(at, staff.admin, staff.ana, FakeTablet(2), old=old)
    with at.database.reading() as session:
        met = device_of(session, "a1", old.device)

    assert met == Device("a1", old.device, "tablet", "ana", old.public_key, "forked")
    assert states(at)[new.device] == "active"


def test_nobody_takes_over_somebody_elses_store(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """Not even with the old key in hand, after a theft."""
    with pytest.raises(NotAssigned):
        enrolled(at, staff.admin, staff.ben, FakeTablet(2), old=tablet)


def test_a_predecessor_must_sign_too(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """Else anybody could close anybody's chain."""
    code = code_for(at, staff.admin, staff.ana)
    good = FakeTablet(2).application(code, old=tablet)
    assert good.predecessor is not None
    forged = Application(
        code, good.public_key, good.signature, None, type(good.predecessor)(tablet.public_key, bytes(64))
    )

    with pytest.raises(UnknownDevice):
        apply(at, forged)


def test_a_revoked_predecessor_stays_revoked(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """Enrolling again washes nothing clean."""
    with at.database.writing() as session:
        revoke(session, staff.admin, tablet.device)
    enrolled(at, staff.admin, staff.ana, FakeTablet(2), old=tablet)

    assert states(at)[tablet.device] == "revoked"


@pytest.mark.parametrize(
    ("by", "act", "may"),
    [
        ("admin", revoke, True),
        ("lead", revoke, True),
        ("ana", revoke, True),
        ("ben", revoke, False),
        ("ana", suspend, True),
        ("ben", suspend, False),
    ],
)
def test_who_may_stop_a_tablet(
    at: House, staff: Staff, tablet: FakeTablet, by: str, act: Callable[..., Device], may: bool
) -> None:
    """Its worker too: a lost tablet cannot wait for office hours."""
    if may:
        with at.database.writing() as session:
            assert act(session, getattr(staff, by), tablet.device).state in ("revoked", "suspended")
        return
    with pytest.raises(NotAssigned), at.database.writing() as session:
        act(session, getattr(staff, by), tablet.device)


def test_a_suspended_tablet_waits_until_somebody_else_confirms_it(
    at: House, staff: Staff, tablet: FakeTablet
) -> None:
    """Its own worker cannot; and what is not suspended is not confirmed."""
    with at.database.writing() as session:
        waiting = suspend(session, staff.admin, tablet.device)
    with pytest.raises(Suspended):
        working(waiting)
    with pytest.raises(NotAssigned), at.database.writing() as session:
        confirm(session, staff.ana, tablet.device)
    with at.database.writing() as session:
        assert working(confirm(session, staff.lead, tablet.device)).state == "active"
    with pytest.raises(NotAssigned), at.database.writing() as session:
        confirm(session, staff.lead, tablet.device)


def test_a_revoked_tablet_is_not_merely_suspended_again(at: House, staff: Staff, tablet: FakeTablet) -> None:
    """Revoked is for good."""
    with at.database.writing() as session:
        revoke(session, staff.admin, tablet.device)
    with pytest.raises(NotAssigned), at.database.writing() as session:
        suspend(session, staff.admin, tablet.device)


def test_the_web_device_is_kept_by_nobody(at: House, staff: Staff) -> None:
    """Nobody stops the server's own hand."""
    with at.database.reading() as session:
        web, _key = web_device(session, at.sealer, "a1")
    with pytest.raises(NotAssigned), at.database.writing() as session:
        revoke(session, staff.admin, web)


def test_the_web_device_signs_with_the_key_that_it_is_named_after(
    at: House, agency: Agency, clock: Clock
) -> None:
    """After a restore the newest one signs."""
    clock.ms += 1
    with at.database.writing() as session:
        newer = add_web_device(session, at.sealer, at.providers, agency="a1")
    with at.database.reading() as session:
        web, key = web_device(session, at.sealer, "a1")
        device = device_of(session, "a1", web)

    assert web == newer
    assert device.public_key == key.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda s, at: known(s, "nobody"), UnknownDevice),
        (lambda s, at: device_of(s, "a1", "nobody"), UnknownDevice),
        (lambda s, at: agency_of(s, "a9"), Unready),
        (lambda s, at: web_device(s, at.sealer, "a9"), Unready),
        (lambda s, at: person(s, "a1", "nobody"), NotAssigned),
        (lambda s, at: name_of(s, at.sealer, "a1", "nobody"), NotAssigned),
    ],
)
def test_what_is_not_there_is_refused_by_kind(
    at: House, agency: Agency, ask: Callable[..., object], refusal: type[ServerError]
) -> None:
    """Each absence has its own answer."""
    with pytest.raises(refusal), at.database.reading() as session:
        ask(session, at)


def test_a_persons_name_is_sealed_and_an_e_mail_belongs_to_one(at: House, staff: Staff) -> None:
    """Two agencies that share an e-mail would silently meet the first."""
    ida = Person("a1", "ida", "worker", None)
    with at.database.writing() as session:
        add_person(session, at.sealer, ida, name="Ida Wells", e_mail="ida@example.org", now_ms=0)
        assert name_of(session, at.sealer, "a1", "ida") == "Ida Wells"
    other = Person("a1", "other", "worker", None)
    with pytest.raises(NotAssigned), at.database.writing() as session:
        add_person(session, at.sealer, other, name="Other", e_mail="IDA@example.org", now_ms=0)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_it_was_written_and_as_people_type(code: bytes) -> None:
    """Small letters, O for 0, I and L for 1, spaces or nothing between the groups."""
    text = code_text(code)
    typed = text.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert code_bytes(text) == code_bytes(typed) == code


@given(
    st.binary(min_size=16, max_size=16),
    st.integers(0, 25),
    st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
)
def test_one_mistyped_character_is_noticed(code: bytes, place: int, char: str) -> None:
    """Before the server spends an attempt on it."""
    chars = list(code_text(code).replace("-", ""))
    if chars[place] == char:
        return
    chars[place] = char

    with pytest.raises(CodeRefused):
        code_bytes("".join(chars))


@pytest.mark.parametrize("text", ["", "0004", "!" * 27, "Z" * 27])
def test_what_is_no_code_is_refused(text: str) -> None:
    """Too short, of other signs, or more than 128 bits."""
    with pytest.raises(CodeRefused):
        code_bytes(text)


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


def test_a_predecessor_is_named_at_the_door_too(
    at: House, web: FlaskClient, staff: Staff, tablet: FakeTablet
) -> None:
    """The whole road of `enrol_again`."""
    new = FakeTablet(2)
    body = new.enrolment_body(code_for(at, staff.admin, staff.ana), old=tablet)

    assert web.post("/api/v1/enrol", json=body).status_code == 201
    assert states(at) == {tablet.device: "forked", new.device: "active"}
