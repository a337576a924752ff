"""Notices: whom the ladder told of what, by which channel, when, and whether it went out."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class NoticeRow(Base):
    """One step of a ladder, taken for one person by one channel."""

    __tablename__ = "notice"

    agency: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)

    about: Mapped[str]
    """The risk flag's id."""

    subject: Mapped[str]
    basis: Mapped[str]
    """The digest of the writes that gave the level: a level written anew begins the ladder again."""

    step: Mapped[str]
    """Which step: level, minutes and whom it tells."""

    person: Mapped[str]
    """Who was told; empty where the step found nobody."""

    channel: Mapped[str]
    outcome: Mapped[str]
    """`sent`, `failed` or `nobody`."""

    __table_args__ = (Index("ix_notice_agency_about_basis", "agency", "about", "basis"),)
