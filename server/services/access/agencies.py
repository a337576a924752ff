"""
Agencies: founding one, with its keys and its web device.

What people do on the web is signed by the agency's *web device*, whose key is sealed under the agency's.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync.ids import digest_id

from ...crypto import Sealer
from ...crypto.envelope import open_envelope as open_sealed
from ...db import table_of
from ...errors import Unready
from ...settings import Providers
from ...tables.agency import AgencyRow
from ...tables.device import DeviceRow
from ..log.book import found_log

SUBJECT: Final = "agency"
"""The subject of what concerns the whole agency."""

AGENCY_KEY: Final = b"agency private key"
DEVICE_KEY: Final = b"device private key"
"""The contexts under which private keys are sealed."""

PRIVATE_KEY_BYTES: Final = 32
"""Bytes of a private key, of either curve."""

_agency = table_of(AgencyRow)
_device = table_of(DeviceRow)
_ABOUT = select(_agency.c.agency, _agency.c.name, _agency.c.time_zone, _agency.c.public_key).where(
    _agency.c.agency == bindparam("a")
)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as tablets see it."""

    id: str
    name: str
    time_zone: str
    public_key: bytes


def found(
    session: Session, sealer: Sealer, providers: Providers, *, agency: str, name: str, time_zone: str
) -> Agency:
    """Found an agency: its key in the key store, its key pair, its web device and its log."""
    sealer.keys.create_agency(agency)
    private = providers.entropy(PRIVATE_KEY_BYTES)
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    now_ms = providers.now_ms()
    session.execute(
        _agency.insert().values(
            agency=agency,
            name=name,
            time_zone=time_zone,
            public_key=public,
            private_key=sealer.seal(agency, SUBJECT, AGENCY_KEY, private),
            created_ms=now_ms,
        )
    )
    add_web_device(session, sealer, providers, agency=agency)
    found_log(session, providers, agency)
    return Agency(agency, name, time_zone, public)


def add_web_device(session: Session, sealer: Sealer, providers: Providers, *, agency: str) -> str:
    """Give the agency a web device, the first or, after a restore, a new one; tells its id."""
    private = providers.entropy(PRIVATE_KEY_BYTES)
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    device = "web:" + digest_id(public)
    session.execute(
        _device.insert().values(
            agency=agency,
            id=device,
            kind="web",
            public_key=public,
            private_key=sealer.seal(agency, SUBJECT, DEVICE_KEY, private),
            state="active",
            created_ms=providers.now_ms(),
        )
    )
    return device


def agency_of(session: Session, agency: str) -> Agency:
    """
    The agency of this id.

    Raises:
        Unready: It is not in this database.
    """
    row = session.execute(_ABOUT, {"a": agency}).one_or_none()
    if row is None:
        raise Unready("agency")
    return Agency(*row)


def web_device(session: Session, sealer: Sealer, agency: str) -> tuple[str, Ed25519PrivateKey]:
    """
    The id and the key of the agency's newest web device.

    Raises:
        Unready: It has none.
    """
    here = (_device.c.agency == agency) & (_device.c.kind == "web") & (_device.c.state == "active")
    newest = select(_device.c.id, _device.c.private_key).where(here).order_by(_device.c.created_ms.desc())
    row = session.execute(newest.limit(1)).one_or_none()
    if row is None:
        raise Unready("web device")
    private = sealer.open(agency, SUBJECT, DEVICE_KEY, row.private_key)
    return row.id, Ed25519PrivateKey.from_private_bytes(private)


def open_envelope(session: Session, sealer: Sealer, agency: str, envelope: bytes) -> bytes | None:
    """What a tablet sealed to this agency; none where it is no envelope of its own."""
    private = session.scalar(select(_agency.c.private_key).where(_agency.c.agency == agency))
    if private is None:
        raise Unready("agency")
    return open_sealed(sealer.open(agency, SUBJECT, AGENCY_KEY, private), envelope)
