"""The agency: whose data it is. Everything else belongs to exactly one."""

from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class AgencyRow(Base):
    """One agency of this installation."""

    __tablename__ = "agency"

    agency: Mapped[str] = mapped_column(primary_key=True)
    """Its id, a UUID."""

    name: Mapped[str]
    time_zone: Mapped[str]
    """An IANA name, `America/New_York`: what "today" means for visits and due dates."""

    public_key: Mapped[bytes]
    """X25519, 32 bytes: tablets seal recovery slots and outbox envelopes to it."""

    private_key: Mapped[bytes]
    """Its other half, sealed under the subject `agency`."""

    created_ms: Mapped[int]
