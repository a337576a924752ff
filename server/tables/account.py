"""
The account: how one person signs in to the web, and from where they are signed in.

No e-mail address lies here: `person.login` is its digest. What opens something is hashed (password, recovery
codes, invitations, sessions) or sealed under the person's own subject (the authenticator's secret).
"""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class AccountRow(Base):
    """One person's way in; made when their first invitation is used."""

    __tablename__ = "account"

    agency: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)

    uniquifier: Mapped[str]
    """What a session names the account by; a new one ends every session."""

    password: Mapped[str | None]
    """Argon2id, as its own text says. None where only another provider signs this person in."""

    totp: Mapped[bytes | None]
    """The authenticator's secret, sealed under the person."""

    totp_counter: Mapped[int | None]
    """The last half minute whose code was used: no code opens twice."""

    passkey_handle: Mapped[str]
    """The user handle that passkeys carry; it says nothing about the person."""

    oidc: Mapped[bytes | None]
    """Digest of issuer and subject at the agency's identity provider, once used."""

    language: Mapped[str | None]
    theme: Mapped[str | None]
    """`light` or `dark`; None follows the machine."""

    left_ms: Mapped[int | None]
    """When the session before this one was last used: what happened since is news."""

    created_ms: Mapped[int]

    __table_args__ = (UniqueConstraint("agency", "uniquifier"),)


class PasskeyRow(Base):
    """One WebAuthn credential of one person."""

    __tablename__ = "passkey"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[bytes] = mapped_column(primary_key=True)
    """The credential's own id, as the authenticator made it."""

    person: Mapped[str]
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[str]
    """Comma between: `internal,usb`."""

    extensions: Mapped[str]
    usage: Mapped[str]
    """`first`: signs in alone, or `secondary`: follows a password."""

    name: Mapped[bytes]
    """What its owner calls it, sealed under the person."""

    backed_up: Mapped[bool]
    device_type: Mapped[str]
    created_ms: Mapped[int]
    used_ms: Mapped[int]

    __table_args__ = (Index("ix_passkey_agency_person", "agency", "person"), Index("ix_passkey_id", "id"))


class RecoveryCodeRow(Base):
    """One unused recovery code, as its digest."""

    __tablename__ = "recovery_code"

    agency: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)


class InvitationRow(Base):
    """One invitation to set a password and a second factor, good once."""

    __tablename__ = "invitation"

    agency: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str]
    made_by: Mapped[str]
    created_ms: Mapped[int]
    expires_ms: Mapped[int]
    used_ms: Mapped[int | None]

    __table_args__ = (Index("ix_invitation_code_hash", "code_hash"),)


class WebSessionRow(Base):
    """One browser in which somebody is, or was, signed in."""

    __tablename__ = "web_session"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The digest of what the cookie holds."""

    person: Mapped[str]
    browser: Mapped[str]
    """Coarse codes, `firefox/linux`: enough to recognise one's own."""

    began_ms: Mapped[int]
    seen_ms: Mapped[int]
    """Within a minute of the last act: refreshing by itself is none."""

    ended_ms: Mapped[int | None]

    __table_args__ = (Index("ix_web_session_agency_person", "agency", "person", "seen_ms"),)
