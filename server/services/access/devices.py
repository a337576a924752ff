"""
Devices: finding one by the id that signed a request, and letting one work or not.

A *suspended* device is answered 403 until somebody confirms it; a *revoked* one is answered, its work is
held and it gets no page; a *forked* one must enrol again.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from ...db import table_of
from ...errors import NotAssigned, Suspended, UnknownDevice
from ...tables.device import DeviceRow
from .people import Person, may_keep_devices_of, person

ACTIVE = "active"
SUSPENDED = "suspended"
REVOKED = "revoked"
FORKED = "forked"

_device = table_of(DeviceRow)
_COLUMNS = (
    _device.c.agency,
    _device.c.id,
    _device.c.kind,
    _device.c.worker,
    _device.c.public_key,
    _device.c.state,
)
_ANYWHERE = select(*_COLUMNS).where(_device.c.id == bindparam("d"))
_OF_AGENCY = _ANYWHERE.where(_device.c.agency == bindparam("a"))


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a request found it; a service that writes looks again inside its transaction."""

    agency: str
    id: str
    kind: str
    worker: str | None
    public_key: bytes
    state: str


def known(session: Session, device_id: str) -> Device:
    """
    The device of this id, in whatever agency.

    Raises:
        UnknownDevice: There is none.
    """
    rows = session.execute(_ANYWHERE, {"d": device_id}).all()
    if len(rows) != 1:
        raise UnknownDevice
    return Device(*rows[0])


def device_of(session: Session, agency: str, device_id: str) -> Device:
    """
    The device of this id in this agency.

    Raises:
        UnknownDevice: There is none.
    """
    row = session.execute(_OF_AGENCY, {"a": agency, "d": device_id}).one_or_none()
    if row is None:
        raise UnknownDevice
    return Device(*row)


def working(device: Device) -> Device:
    """
    The device, unless it waits to be confirmed.

    Raises:
        Suspended: It does.
    """
    if device.state == SUSPENDED:
        raise Suspended
    return device


def revoke(session: Session, by: Person, device_id: str) -> Device:
    """
    Take a device's right to write and to read, for good. Its worker may do so too: a tablet gets lost.

    Raises:
        UnknownDevice: There is no such device in this agency.
        NotAssigned: This person has no say over it.
    """
    return _put(session, by, device_id, REVOKED, by_its_worker=True)


def suspend(session: Session, by: Person, device_id: str) -> Device:
    """
    Let a device wait until it is confirmed. Its worker may do so too.

    Raises:
        UnknownDevice: There is no such device in this agency.
        NotAssigned: This person has no say over it, or the device is revoked or forked.
    """
    return _put(session, by, device_id, SUSPENDED, by_its_worker=True)


def confirm(session: Session, by: Person, device_id: str) -> Device:
    """
    Let a suspended device work again.

    Raises:
        UnknownDevice: There is no such device in this agency.
        NotAssigned: This person has no say over it, or the device is not suspended.
    """
    if device_of(session, by.agency, device_id).state != SUSPENDED:
        raise NotAssigned("only a suspended device is confirmed")
    return _put(session, by, device_id, ACTIVE, by_its_worker=False)


def note_fork(session: Session, device: Device) -> None:
    """
    In a transaction: the chain of a device has two branches, and its later requests store nothing.

    Only of an active one: what is suspended or revoked stays so.
    """
    here = (_device.c.agency == device.agency) & (_device.c.id == device.id)
    session.execute(update(_device).where(here, _device.c.state == ACTIVE).values(state=FORKED))


def _put(session: Session, by: Person, device_id: str, state: str, *, by_its_worker: bool) -> Device:
    device = device_of(session, by.agency, device_id)
    _check_say(session, by, device, by_its_worker)
    if device.state == REVOKED and state != REVOKED:
        raise NotAssigned("a revoked device stays revoked: enrol anew")
    if device.state == FORKED and state == SUSPENDED:
        # Whoever let it work again afterwards would do so with the old key, and the fork would be forgotten.
        raise NotAssigned("this device takes nothing until it is enrolled again: revoke it if it is lost")
    here = (_device.c.agency == device.agency) & (_device.c.id == device.id)
    session.execute(update(_device).where(here).values(state=state))
    return device_of(session, device.agency, device.id)


def _check_say(session: Session, by: Person, device: Device, by_its_worker: bool) -> None:
    if device.worker is None:
        raise NotAssigned("the web device is the server's own")
    if by_its_worker and device.worker == by.id:
        return
    may_keep_devices_of(by, person(session, by.agency, device.worker))
