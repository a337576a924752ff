"""Reads: who read what of whose record, when, why and from where. They are kept outside the chain."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class ReadRow(Base):
    """One read of a record, of a client's whole record, or of one page of a list."""

    __tablename__ = "read"

    agency: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """Random: two reads may share a millisecond."""

    person: Mapped[str]
    subject: Mapped[str]
    """The client or the worker; empty for a list."""

    what: Mapped[str]
    """`all`, a type of record, or `list:` with the name of a list."""

    record: Mapped[str]
    """The id of the one record that was read; empty for several."""

    rows: Mapped[int]
    """How many records or lines were shown."""

    via: Mapped[str]
    """`web`, `cli` or `export`."""

    purpose: Mapped[str]
    """A code, see `services.reads`; empty where none was asked for."""

    why: Mapped[bytes | None]
    """The reason in words, sealed under the subject `agency`."""

    __table_args__ = (
        Index("ix_read_agency_subject_at_ms", "agency", "subject", "at_ms", "id"),
        Index("ix_read_agency_person_at_ms", "agency", "person", "at_ms", "id"),
    )
