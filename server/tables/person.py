"""The person: someone who works for an agency and has a role there."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class PersonRow(Base):
    """One person; the id is also that of the worker as a subject."""

    __tablename__ = "person"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)

    role: Mapped[str]
    """`worker`, `supervisor`, `administrator` or `auditor`."""

    office: Mapped[str | None]
    """The office of a worker, or that which a supervisor leads."""

    login: Mapped[bytes | None]
    """HMAC of the e-mail address, by a key of the installation: unique in it, and decides the agency."""

    name: Mapped[bytes]
    """Sealed under the person's own subject."""

    state: Mapped[str]
    """`active`, `suspended` (after a restore, until an administrator confirms) or `left`."""

    created_ms: Mapped[int]

    __table_args__ = (
        UniqueConstraint("agency", "login"),
        Index("ix_person_login", "login"),
        Index("ix_person_agency_office", "agency", "office"),
    )


class PersonOfficeRow(Base):
    """A further office that a supervisor leads, beside the one in `person.office`."""

    __tablename__ = "person_office"

    agency: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_person_office_agency_office", "agency", "office"),)
