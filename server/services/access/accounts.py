"""
Accounts: what a person signs in with, kept so that the database alone opens nothing.

An account is looked up by the digest of an e-mail address, by what a session names it by (`uniquifier`), or by
what a passkey carries. The name in a session begins with the agency, so that every look-up stays inside one.
Recovery codes are kept as keyed digests: they are shown once.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from sync.ids import encode_bytes

from ...crypto import Sealer
from ...db import table_of
from ...settings import Providers
from ...tables.account import AccountRow, PasskeyRow, RecoveryCodeRow
from ...tables.agency import AgencyRow
from ...tables.person import PersonRow
from . import people
from .people import NAME, Person

TOTP: Final = b"account totp"
PASSKEY_NAME: Final = b"passkey name"
"""The contexts under which secrets and names of passkeys are sealed."""

UNIQUIFIER_BYTES: Final = 24
HANDLE_BYTES: Final = 16
"""Random bytes: nobody guesses them, and with the agency in front a passkey's handle has room for 64."""

_account = table_of(AccountRow)
_agency = table_of(AgencyRow)
_code = table_of(RecoveryCodeRow)
_passkey = table_of(PasskeyRow)
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class Found:
    """An account with whose it is."""

    person: Person
    name: str
    agency_name: str
    time_zone: str
    login: str
    """The digest of the e-mail address as text: tells two people apart, says nothing of the address."""

    uniquifier: str
    """`agency/random`."""

    password: str | None
    totp: str | None
    totp_counter: int | None
    passkey_handle: str
    oidc: bytes | None
    language: str | None
    theme: str | None
    left_ms: int | None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is kept."""

    agency: str
    person: str
    id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    extensions: str
    usage: str
    name: str
    backed_up: bool
    device_type: str
    created_ms: int
    used_ms: int


def by_login(session: Session, sealer: Sealer, e_mail: str) -> Found | None:
    """The account of whoever has this e-mail address, which decides the agency."""
    return _find(session, sealer, _person.c.login == sealer.login_token(e_mail))


def person_by_login(session: Session, sealer: Sealer, e_mail: str) -> Person | None:
    """Whoever has this e-mail address, with an account or without."""
    here = _person.c.login == sealer.login_token(e_mail)
    row = session.execute(select(_person.c.agency, _person.c.id).where(here)).one_or_none()
    return None if row is None else people.person(session, row.agency, row.id)


def by_uniquifier(session: Session, sealer: Sealer, uniquifier: str) -> Found | None:
    """The account that a session names."""
    agency, _, rest = uniquifier.partition("/")
    return _find(session, sealer, (_account.c.agency == agency) & (_account.c.uniquifier == rest))


def by_handle(session: Session, sealer: Sealer, handle: str) -> Found | None:
    """The account whose handle a passkey carries: `agency/random`."""
    agency, _, rest = handle.partition("/")
    return _find(session, sealer, (_account.c.agency == agency) & (_account.c.passkey_handle == rest))


def of_person(session: Session, sealer: Sealer, agency: str, person: str) -> Found | None:
    """The account of a person; none where no invitation was used yet."""
    return _find(session, sealer, (_account.c.agency == agency) & (_account.c.person == person))


def open_account(
    session: Session, providers: Providers, agency: str, person: str, password: str | None
) -> None:
    """Make the account of a person, or give it another password and end all that it was signed in by."""
    fresh = {"password": password, "uniquifier": encode_bytes(providers.entropy(UNIQUIFIER_BYTES))}
    here = (_account.c.agency == agency) & (_account.c.person == person)
    if session.execute(update(_account).where(here).values(**fresh)).rowcount:  # type: ignore[attr-defined]  # a cursor's
        return
    handle = encode_bytes(providers.entropy(HANDLE_BYTES))
    session.execute(
        _account.insert().values(
            agency=agency, person=person, passkey_handle=handle, created_ms=providers.now_ms(), **fresh
        )
    )


def change(session: Session, sealer: Sealer, someone: Person, changes: Mapping[str, Any]) -> None:
    """Keep what changed of an account: password, uniquifier, totp (in clear here), oidc, language, theme."""
    values = dict(changes)
    if values.get("totp") is not None:
        values["totp"] = sealer.seal(someone.agency, someone.id, TOTP, values["totp"].encode())
    if "uniquifier" in values:
        values["uniquifier"] = values["uniquifier"].rpartition("/")[2]
    session.execute(update(_account).where(_of(someone)).values(**values))


def use_totp(session: Session, someone: Person, counter: int) -> bool:
    """Use up the code of a half minute; whether it was still unused, and no later one was used."""
    unused = _account.c.totp_counter.is_(None) | (_account.c.totp_counter < counter)
    used = update(_account).where(_of(someone), unused).values(totp_counter=counter)
    return session.execute(used.returning(_account.c.person)).one_or_none() is not None


def set_recovery_codes(session: Session, sealer: Sealer, someone: Person, codes: Iterable[str]) -> None:
    """Replace all recovery codes of a person."""
    session.execute(delete(_code).where(_codes_of(someone)))
    rows = [
        {"agency": someone.agency, "person": someone.id, "digest": _digest(sealer, someone, code)}
        for code in codes
    ]
    if rows:
        session.execute(_code.insert(), rows)


def recovery_codes_left(session: Session, someone: Person) -> int:
    """How many recovery codes are unused."""
    return session.scalar(select(func.count()).select_from(_code).where(_codes_of(someone))) or 0


def has_recovery_code(session: Session, sealer: Sealer, someone: Person, code: str) -> bool:
    """Whether this is an unused recovery code of theirs."""
    here = _codes_of(someone) & (_code.c.digest == _digest(sealer, someone, code))
    return session.scalar(select(_code.c.person).where(here)) is not None


def use_recovery_code(session: Session, sealer: Sealer, someone: Person, code: str) -> bool:
    """Use up a recovery code; whether it was one."""
    here = _codes_of(someone) & (_code.c.digest == _digest(sealer, someone, code))
    used = session.execute(delete(_code).where(here).returning(_code.c.person))
    return used.one_or_none() is not None


def passkeys(session: Session, sealer: Sealer, someone: Person) -> list[Passkey]:
    """The passkeys of a person, oldest first."""
    here = (_passkey.c.agency == someone.agency) & (_passkey.c.person == someone.id)
    rows = session.execute(select(_passkey).where(here).order_by(_passkey.c.created_ms, _passkey.c.id)).all()
    return [_passkey_of(sealer, row) for row in rows]


def passkey(session: Session, sealer: Sealer, id_: bytes) -> Passkey | None:
    """The passkey of this credential id."""
    row = session.execute(select(_passkey).where(_passkey.c.id == id_)).one_or_none()
    return None if row is None else _passkey_of(sealer, row)


def add_passkey(session: Session, sealer: Sealer, made: Passkey) -> None:
    """Keep a new passkey."""
    session.execute(
        _passkey.insert().values(
            agency=made.agency,
            id=made.id,
            person=made.person,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=",".join(made.transports),
            extensions=made.extensions,
            usage=made.usage,
            name=sealer.seal(made.agency, made.person, PASSKEY_NAME, made.name.encode()),
            backed_up=made.backed_up,
            device_type=made.device_type,
            created_ms=made.created_ms,
            used_ms=made.used_ms,
        )
    )


def passkey_used(session: Session, used: Passkey) -> None:
    """Note that a passkey was used: its counter, and when."""
    here = (_passkey.c.agency == used.agency) & (_passkey.c.id == used.id)
    values = {"sign_count": used.sign_count, "backed_up": used.backed_up, "used_ms": used.used_ms}
    session.execute(update(_passkey).where(here).values(**values))


def remove_passkey(session: Session, agency: str, id_: bytes) -> None:
    """Forget a passkey."""
    session.execute(delete(_passkey).where(_passkey.c.agency == agency, _passkey.c.id == id_))


def void(session: Session, providers: Providers, someone: Person) -> None:
    """
    Take from an account everything that opens it, and end its sessions; where there is none, nothing happens.

    The password goes with the second factors: with it alone another second factor could be set up.
    """
    fresh = encode_bytes(providers.entropy(UNIQUIFIER_BYTES))
    nothing = {"password": None, "totp": None, "totp_counter": None, "oidc": None, "uniquifier": fresh}
    session.execute(update(_account).where(_of(someone)).values(**nothing))
    here = (_passkey.c.agency == someone.agency) & (_passkey.c.person == someone.id)
    session.execute(delete(_passkey).where(here))
    session.execute(delete(_code).where(_codes_of(someone)))


def _find(session: Session, sealer: Sealer, here: ColumnElement[bool]) -> Found | None:
    columns = (
        _person.c.agency,
        _person.c.id,
        _person.c.name,
        _person.c.login,
        _agency.c.name.label("agency_name"),
        _agency.c.time_zone,
        _account,
    )
    joined = select(*columns).select_from(
        _account.join(_person, (_person.c.agency == _account.c.agency) & (_person.c.id == _account.c.person))
        .join(_agency, _agency.c.agency == _account.c.agency)
    )  # fmt: skip
    row = session.execute(joined.where(here)).one_or_none()
    if row is None:
        return None
    totp = None if row.totp is None else sealer.open(row.agency, row.id, TOTP, row.totp).decode()
    return Found(
        person=people.person(session, row.agency, row.id),
        name=sealer.open(row.agency, row.id, NAME, row.name).decode(),
        agency_name=row.agency_name,
        time_zone=row.time_zone,
        login="" if row.login is None else row.login.hex(),
        uniquifier=f"{row.agency}/{row.uniquifier}",
        password=row.password,
        totp=totp,
        totp_counter=row.totp_counter,
        passkey_handle=f"{row.agency}/{row.passkey_handle}",
        oidc=row.oidc,
        language=row.language,
        theme=row.theme,
        left_ms=row.left_ms,
    )


def _passkey_of(sealer: Sealer, row: Any) -> Passkey:
    return Passkey(
        agency=row.agency,
        person=row.person,
        id=row.id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        transports=tuple(part for part in row.transports.split(",") if part),
        extensions=row.extensions,
        usage=row.usage,
        name=sealer.open(row.agency, row.person, PASSKEY_NAME, row.name).decode(),
        backed_up=row.backed_up,
        device_type=row.device_type,
        created_ms=row.created_ms,
        used_ms=row.used_ms,
    )


def _of(someone: Person) -> ColumnElement[bool]:
    return (_account.c.agency == someone.agency) & (_account.c.person == someone.id)


def _codes_of(someone: Person) -> ColumnElement[bool]:
    return (_code.c.agency == someone.agency) & (_code.c.person == someone.id)


def _digest(sealer: Sealer, someone: Person, code: str) -> bytes:
    """A keyed digest, bound to the person: a code is too short for a plain one."""
    said = f"{someone.agency}/{someone.id}/{code.strip().casefold()}".encode()
    return hmac.digest(sealer.installation_key(b"recovery codes"), said, "sha256")
