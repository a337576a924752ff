"""The device: a tablet, or the agency's one web device, with the key by which it signs."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class DeviceRow(Base):
    """One device and what the server last heard from it."""

    __tablename__ = "device"

    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The digest of its public key, 22 characters; for the web device `web:` before it."""

    kind: Mapped[str]
    """`tablet` or `web`."""

    worker: Mapped[str | None]
    """The person whose tablet it is; nobody's for the web device."""

    public_key: Mapped[bytes]
    """Ed25519, 32 bytes."""

    private_key: Mapped[bytes | None]
    """Of the web device only, sealed under the subject `agency`."""

    label: Mapped[bytes | None]
    """What people call it, sealed under the subject `agency`."""

    state: Mapped[str]
    """`active`, `suspended` (403 until confirmed), `revoked` (work is held) or `forked` (enrols again)."""

    predecessor: Mapped[str | None]
    """The device whose store this one took over."""

    tip_seq: Mapped[int] = mapped_column(default=0)
    tip_name: Mapped[str | None]
    """The last changeset in its chain that has arrived, by number and by id."""

    clock_offset_ms: Mapped[int] = mapped_column(default=0)
    """The server's clock minus the device's, as of the last sync."""

    last_contact_ms: Mapped[int | None]
    told_pending: Mapped[int] = mapped_column(default=0)
    """Changesets that it said were still unsent."""

    app: Mapped[str | None]
    schema: Mapped[int | None]
    """The versions of its program and of its record types."""

    anchor_store: Mapped[str | None]
    anchor_seq: Mapped[int] = mapped_column(default=0)
    anchor_digest: Mapped[str | None]
    """The newest anchor of its store: a store behind it was rolled back."""

    created_ms: Mapped[int]

    # A request names its device and nothing else, so that is looked up without the agency.
    __table_args__ = (Index("ix_device_id", "id"), Index("ix_device_agency_worker", "agency", "worker"))
