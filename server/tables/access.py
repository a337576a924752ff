"""Access: who may see which subject, by which grants, and what of it changed since they looked."""

from typing import Final

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base

EVERYBODY: Final = "*"
"""In place of a worker: the access that everybody has, to the subject `agency`."""


class GrantRow(Base):
    """One grant. Its begin and its end are entries of the log, written when they are due."""

    __tablename__ = "access_grant"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The id of the entry that began it, or that will."""

    worker: Mapped[str]
    subject: Mapped[str]
    kind: Mapped[str]
    """`assigned`, `supervising`, `cover`, `duty`, `own` (one's own staff record)."""

    begins_ms: Mapped[int]
    ends_ms: Mapped[int | None]
    """When it ends by itself; never, where there is none."""

    begun: Mapped[int]
    """The position of its begin; 0 while it lies ahead."""

    ended: Mapped[int]
    """The position of its end; 0 while it has none."""

    ended_ms: Mapped[int | None]
    made_by: Mapped[str]
    provisional: Mapped[bool]
    """Made by opening a subject from the field; a supervisor confirms it."""

    __table_args__ = (
        Index("ix_access_grant_agency_worker_subject", "agency", "worker", "subject"),
        Index("ix_access_grant_agency_begun_begins_ms", "agency", "begun", "begins_ms"),
        Index("ix_access_grant_agency_ended_ends_ms", "agency", "ended", "ends_ms"),
    )


class AccessRow(Base):
    """What one worker's grants to one subject come to; `EVERYBODY`'s to the subject `agency`."""

    __tablename__ = "access"

    agency: Mapped[str] = mapped_column(primary_key=True)
    worker: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[int]
    """Grants that are open now; 0 is no access."""

    gained: Mapped[int]
    """The position at which access was last gained."""

    lost: Mapped[int]
    """The position at which it was last lost; 0 for never."""

    touched: Mapped[int]
    """The last position that changed the subject, or this access."""

    __table_args__ = (
        Index("ix_access_agency_worker_touched", "agency", "worker", "touched"),
        Index("ix_access_agency_subject", "agency", "subject"),
    )


class HoldingRow(Base):
    """The sum of the digests of everything that one worker may see."""

    __tablename__ = "holding"

    agency: Mapped[str] = mapped_column(primary_key=True)
    worker: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[bytes]
    """16 bytes, big endian."""
