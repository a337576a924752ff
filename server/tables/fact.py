"""Projections: what pages list and search, derived from records and never the truth."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class FactRow(Base):
    """One fact that a record declares, in ids, codes, levels and dates; no name and no word of a person."""

    __tablename__ = "fact"

    agency: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    code: Mapped[str]
    at: Mapped[str]
    """A date or an instant, ISO 8601; empty where the fact has none."""

    worker: Mapped[str]
    """The worker whom it concerns; empty for none."""

    __table_args__ = (
        Index("ix_fact_agency_kind_at", "agency", "kind", "at"),
        Index("ix_fact_agency_kind_code", "agency", "kind", "code"),
        Index("ix_fact_agency_worker_kind_at", "agency", "worker", "kind", "at"),
        Index("ix_fact_agency_type_id", "agency", "type", "id"),
        Index("ix_fact_agency_kind_key", "agency", "kind", "key"),
        Index("ix_fact_agency_subject_kind_at", "agency", "subject", "kind", "at"),
    )


class NameRow(Base):
    """A keyed digest of a part of a name, and whom it may be."""

    __tablename__ = "name_token"

    agency: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_name_token_agency_subject", "agency", "subject"),)
