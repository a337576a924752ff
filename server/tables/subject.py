"""The subject: whom records are about, and what access, sealing and erasure go by."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class SubjectRow(Base):
    """One client, one worker, or `agency`."""

    __tablename__ = "subject"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`client`, `worker` or `agency`."""

    office: Mapped[str | None]
    """Whose supervisors answer for it."""

    provisional: Mapped[bool]
    """Opened in the field; a supervisor has not confirmed, linked or assigned it yet."""

    opened: Mapped[int]
    """The position at which it was opened."""

    digest: Mapped[bytes]
    """The sum over its live writes, 16 bytes, big endian."""

    __table_args__ = (Index("ix_subject_agency_office", "agency", "office", "kind"),)
