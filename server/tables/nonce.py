"""Nonces of signed requests, so that none is taken twice by any process."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class NonceRow(Base):
    """One nonce of one key; forgotten when the request would be too old anyway."""

    __tablename__ = "nonce"

    agency: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The device's id."""

    nonce: Mapped[str] = mapped_column(primary_key=True)
    seen_ms: Mapped[int]

    __table_args__ = (Index("ix_nonce_agency_seen_ms", "agency", "seen_ms"), {"sqlite_with_rowid": False})
