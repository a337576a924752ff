"""
Enrolment: a tablet becomes a device of a worker, by a one-time code and a proof that it holds its key.

An administrator, or the supervisor of the worker's office, makes the code. The tablet signs, with its new
key, what it asks for; a tablet that takes over a store, because it must enrol again, names its
*predecessor* and signs the same with the old key too. So a restored server that never met the predecessor
can register it, and its work, kept as envelopes, can be verified.

The signed message is canonical JSON, keys as base64url and the code as sent:

    ["doorstep enrol", code, public_key, predecessor's public_key or null]

Both sides then show the same six digits, made of agency, agency key and device key (see `fingerprint`).
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync.ids import canonical, digest_id, encode_bytes

from ...crypto import Sealer
from ...db import table_of
from ...errors import AlreadyEnrolled, CodeRefused, NotAssigned, UnknownDevice
from ...settings import Providers
from ...tables.device import DeviceRow
from ...tables.enrolment import EnrolmentCodeRow
from ..log.book import epoch_of
from .agencies import SUBJECT, Agency, agency_of
from .codes import CODE_BYTES, code_bytes, code_text
from .devices import ACTIVE, FORKED, REVOKED
from .people import Person, may_keep_devices_of, person

CODE_LIFE_MS: Final = 24 * 60 * 60 * 1000
"""Milliseconds for which a code is good: made one day, used the next morning at the latest."""

LABEL: Final = b"device label"
"""The context under which a device's label is sealed."""

FINGERPRINT_DIGITS: Final = 6
"""Digits that two people compare by eye."""

_code = table_of(EnrolmentCodeRow)
_device = table_of(DeviceRow)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The device whose store goes on under a new key."""

    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Application:
    """What a tablet asks for: `code` as typed, keys of 32 and signatures of 64 bytes."""

    code: str
    public_key: bytes
    signature: bytes
    label: str | None = None
    predecessor: Predecessor | None = None

    def message(self) -> bytes:
        """The bytes that it signs."""
        old = None if self.predecessor is None else encode_bytes(self.predecessor.public_key)
        return canonical(["doorstep enrol", self.code, encode_bytes(self.public_key), old])


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a tablet learns about itself and its agency."""

    agency: Agency
    device: str
    worker: str
    role: str
    fingerprint: str
    epoch: str
    """The agency's history as it is now: a tablet that never synced knows by it whether it was restored since."""


class _Code(NamedTuple):
    """A code as it was made; `fresh` unless this very tablet used it before, and its reply was lost."""

    agency: str
    worker: str
    label: bytes | None
    fresh: bool


def invite(
    session: Session,
    sealer: Sealer,
    providers: Providers,
    by: Person,
    worker_id: str,
    label: str | None = None,
) -> str:
    """
    Make a code for a worker's tablet, for people to read; it is shown once and not kept.

    Raises:
        NotAssigned: There is no such worker, or `by` may not keep their devices.
    """
    may_keep_devices_of(by, person(session, by.agency, worker_id))
    code, now_ms = providers.entropy(CODE_BYTES), providers.now_ms()
    session.execute(
        _code.insert().values(
            agency=by.agency,
            code_hash=sha256(code).digest(),
            worker=worker_id,
            label=None if label is None else sealer.seal(by.agency, SUBJECT, LABEL, label.encode()),
            made_by=by.id,
            created_ms=now_ms,
            expires_ms=now_ms + CODE_LIFE_MS,
        )
    )
    return code_text(code)


def enrol(session: Session, sealer: Sealer, providers: Providers, application: Application) -> Enrolled:
    """
    Register a tablet. All or nothing: a code is used up only by an enrolment that succeeds.

    The same tablet that asks again, because the reply was lost, gets the same answer.

    Raises:
        CodeRefused: The code is unknown, used or too old.
        UnknownDevice: A signature is not by the key that it is said to be by.
        AlreadyEnrolled: The key belongs to a device already.
        NotAssigned: The predecessor is another worker's, or the worker has left.
    """
    _check_proofs(application)
    now_ms = providers.now_ms()
    device = digest_id(application.public_key)
    code = _use(session, application.code, device, now_ms)
    worker = person(session, code.agency, code.worker)
    if code.fresh:
        _admit(session, sealer, worker, application, code.label, now_ms)
    about = agency_of(session, code.agency)
    digits = fingerprint(code.agency, about.public_key, application.public_key)
    epoch = epoch_of(session, code.agency)
    return Enrolled(about, device, worker.id, worker.role, digits, epoch)


def fingerprint(agency: str, agency_key: bytes, device_key: bytes) -> str:
    """
    The six digits that tablet and server both show: another key on either side gives others.

    >>> fingerprint("a", bytes(32), bytes(32))
    '878990'
    """
    message = canonical(["doorstep fingerprint", agency, encode_bytes(agency_key), encode_bytes(device_key)])
    number = int.from_bytes(sha256(message).digest()[:8], "big")
    return f"{number % 10**FINGERPRINT_DIGITS:0{FINGERPRINT_DIGITS}d}"


def _check_proofs(application: Application) -> None:
    message = application.message()
    _check_signature(application.public_key, application.signature, message)
    if application.predecessor is not None:
        _check_signature(application.predecessor.public_key, application.predecessor.signature, message)


def _check_signature(public_key: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise UnknownDevice from None


def _use(session: Session, typed: str, device: str, now_ms: int) -> "_Code":
    """One statement marks the code as used, so that of two tablets with one code a single one enrols."""
    this = _code.c.code_hash == sha256(code_bytes(typed)).digest()
    good = this & _code.c.used_ms.is_(None) & (_code.c.expires_ms > now_ms)
    told = (_code.c.agency, _code.c.worker, _code.c.label)
    used = update(_code).where(good).values(used_ms=now_ms, device=device).returning(*told)
    row = session.execute(used).one_or_none()
    if row is not None:
        return _Code(row.agency, row.worker, row.label, fresh=True)
    row = session.execute(select(*told).where(this & (_code.c.device == device))).one_or_none()
    if row is None:
        raise CodeRefused
    return _Code(row.agency, row.worker, row.label, fresh=False)


def _admit(
    session: Session,
    sealer: Sealer,
    worker: Person,
    application: Application,
    label: bytes | None,
    now_ms: int,
) -> None:
    if worker.state != "active":
        raise NotAssigned("a person who is not active enrols no tablet")
    device = digest_id(application.public_key)
    if session.scalar(select(_device.c.id).where(_device.c.id == device)) is not None:
        raise AlreadyEnrolled
    if application.label is not None:
        label = sealer.seal(worker.agency, SUBJECT, LABEL, application.label.encode())
    old = _take_over(session, worker.agency, worker.id, application.predecessor, now_ms)
    key = application.public_key
    _register(session, worker.agency, worker.id, key, now_ms, label=label, predecessor=old)


def _take_over(
    session: Session, agency: str, worker_id: str, old: Predecessor | None, now_ms: int
) -> str | None:
    """Close the predecessor's chain, registering it first where a restored server has never met it."""
    if old is None:
        return None
    old_id = digest_id(old.public_key)
    here = (_device.c.agency == agency) & (_device.c.id == old_id)
    known = session.execute(select(_device.c.worker, _device.c.state).where(here)).one_or_none()
    if known is None:
        _register(session, agency, worker_id, old.public_key, now_ms, state=FORKED)
        return old_id
    if known.worker != worker_id:
        raise NotAssigned("a store is taken over by its own worker only")
    if known.state != REVOKED:
        session.execute(update(_device).where(here).values(state=FORKED))
    return old_id


def _register(
    session: Session,
    agency: str,
    worker_id: str,
    public_key: bytes,
    now_ms: int,
    *,
    label: bytes | None = None,
    predecessor: str | None = None,
    state: str = ACTIVE,
) -> None:
    session.execute(
        _device.insert().values(
            agency=agency,
            id=digest_id(public_key),
            kind="tablet",
            worker=worker_id,
            public_key=public_key,
            label=label,
            state=state,
            predecessor=predecessor,
            created_ms=now_ms,
        )
    )
