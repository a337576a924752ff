"""Late work: what was received and is neither in a record nor lost."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class HeldRow(Base):
    """One changeset in the late-work inbox; its bytes are in the log, at `position`."""

    __tablename__ = "held"

    agency: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    worker: Mapped[str]
    device: Mapped[str]
    subject: Mapped[str | None]
    code: Mapped[str]
    """Why, see `services.judgement`."""

    sentence: Mapped[str]
    decided: Mapped[int]
    """The position of the decision; 0 while it is awaited."""

    decision: Mapped[str]
    """`released` or `not_applied`; empty while it is awaited."""

    reason: Mapped[bytes | None]
    """The decision's reason, sealed for the worker."""

    __table_args__ = (
        Index("ix_held_agency_worker_decided", "agency", "worker", "decided"),
        Index("ix_held_agency_decided", "agency", "decided", "position"),
    )


class WaitingRow(Base):
    """One changeset whose predecessor has not arrived: outside the log, still pending on its tablet."""

    __tablename__ = "waiting"

    agency: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    prev: Mapped[str]
    seq: Mapped[int]
    author: Mapped[str]
    box: Mapped[bytes]
    """The line, sealed for its author."""

    __table_args__ = (Index("ix_waiting_agency_name", "agency", "name"),)
