"""Enrolment codes: each lets one named worker enrol one tablet, once."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class EnrolmentCodeRow(Base):
    """One code, of which only the digest is kept."""

    __tablename__ = "enrolment_code"

    agency: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the code's 128 random bits."""

    worker: Mapped[str]
    label: Mapped[bytes | None]
    """What the tablet will be called, sealed under the subject `agency`."""

    made_by: Mapped[str]
    created_ms: Mapped[int]
    expires_ms: Mapped[int]
    used_ms: Mapped[int | None]
    device: Mapped[str | None]
    """The device that it enrolled."""

    # A tablet that enrols knows its code and not yet its agency.
    __table_args__ = (Index("ix_enrolment_code_code_hash", "code_hash"),)
