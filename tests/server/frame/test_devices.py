from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.errors import (
    NotAssigned,
    ServerError,
    Suspended,
    UnknownDevice,
    Unready,
)
from server.house import House
from server.services.access.agencies import Agency, add_web_device, agency_of, web_device
from server.services.access.devices import (
    Device,
    confirm,
    device_of,
    known,
    note_fork,
    revoke,
    suspend,
    working,
)
from server.services.access.enrolment import Application
from server.services.access.people import Person, add_person, name_of, person
from server.tables.device import DeviceRow

from ..conftest import Clock
from .conftest import FakeTablet, Staff, apply, code_for, enrolled, states


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


def test_a_forked_tablet_does_not_work_again_by_way_of_waiting(
    at: House, staff: Staff, tablet: FakeTablet
) -> None:
    """Its key has two branches: confirmed, it would go on under it, and nobody would know."""
    with at.database.writing() as session:
        note_fork(session, device_of(session, "a1", tablet.device))
    with pytest.raises(NotAssigned, match="until it is enrolled again"), at.database.writing() as session:
        suspend(session, staff.admin, tablet.device)
    with at.database.writing() as session:
        assert device_of(session, "a1", tablet.device).state == "forked"
        assert revoke(session, staff.admin, tablet.device).state == "revoked"


@pytest.mark.parametrize("act", [suspend, revoke])
def test_what_waits_or_is_revoked_stays_so_when_a_fork_shows(
    at: House, staff: Staff, tablet: FakeTablet, act: Callable[..., Device]
) -> None:
    """A lost tablet that somebody copied must not get a way back by it."""
    with at.database.writing() as session:
        before = act(session, staff.admin, tablet.device)
        note_fork(session, before)
        assert device_of(session, "a1", tablet.device).state == before.state


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


def test_a_predecessor_is_named_at_the_door_too(
    at: House, web: FlaskClient, staff: Staff, tablet: FakeTablet
) -> None:
    """The whole road of `enrol_again`."""
    new = FakeTablet(2)
    body = new.enrolment_body(code_for(at, staff.admin, staff.ana), old=tablet)

    assert web.post("/api/v1/enrol", json=body).status_code == 201
    assert states(at) == {tablet.device: "forked", new.device: "active"}
