"""The log of an agency and its head: every changeset, decision and act, in one gapless order."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class HeadRow(Base):
    """Where the log of an agency ends. Updating this row first is what serialises its writers."""

    __tablename__ = "head"

    agency: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    """The position of the last entry; 0 before the first."""

    chain: Mapped[bytes]
    """SHA-256 over everything up to it."""

    epoch: Mapped[str]
    """Names this history: a restore begins another one."""

    safe: Mapped[int]
    """The position that every backup which may be restored covers."""


class LogRow(Base):
    """One entry. What it says about people is in the box."""

    __tablename__ = "log"

    agency: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`changeset`, `held`, `release`, `refusal`, `grant`, `revoke` or `act`."""

    id: Mapped[str]
    """A changeset's own id, else the digest of the canonical act."""

    name: Mapped[str]
    """The name of the changeset that it is about; of an act, its id."""

    outcome: Mapped[str]
    """`accepted`, or the code of the reason for which it is held."""

    subject: Mapped[str | None]
    sealed_for: Mapped[str]
    """Whose key seals the box: the subject's, or its author's where the subject is not known."""

    device: Mapped[str | None]
    author: Mapped[str | None]
    seq: Mapped[int]
    """The changeset's number on its device; 0 for everything else."""

    at_ms: Mapped[int]
    at_counter: Mapped[int]
    """Its clock, capped at the time of receipt."""

    received_ms: Mapped[int]
    chain: Mapped[bytes]
    box: Mapped[bytes]
    """The line as it was signed, or the canonical act."""

    __table_args__ = (
        UniqueConstraint("agency", "kind", "id"),
        Index("ix_log_agency_name", "agency", "name"),
        Index("ix_log_agency_device_seq", "agency", "device", "seq"),
        Index("ix_log_agency_subject", "agency", "subject", "position"),
    )
