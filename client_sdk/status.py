"""
Status: how a tablet stands, for its worker and for whoever helps.
"""

from dataclasses import dataclass

from .desk import Desk
from .errors import ClientError
from .store import Rollback


@dataclass(frozen=True, slots=True)
class Status:
    """How a tablet stands. Counts and ids, never a client's data."""

    agency: str
    """Its name."""
    worker: str
    device: str
    fingerprint: str
    waiting: int
    """Saves that no outcome has settled."""
    held: int
    """Saves that a person decides about."""
    drafts: int
    subjects: int
    """Clients and others that are whole here."""
    entering: int
    leaving: int
    """Subjects that go when the work here has reached the server."""
    last_contact_ms: int
    """By the server's clock; 0 before the first."""
    clock_offset_ms: int
    """The server's clock less ours."""
    lease: str
    differs: tuple[str, ...]
    """Subjects whose digest did not match twice; `total` where only the sum of all does not."""
    enrol_again: bool
    """The server takes no more from this device key: ask for a code, and `Tablet.enrol_again`."""
    held_back: bool
    """The server gives this tablet no records any more: it was revoked."""
    history_changed: bool
    """The server was restored, and has not been told yet what this tablet holds."""
    rollback: Rollback | None
    """The store was replaced by an older copy."""
    last_error: ClientError | None
    """Why the last exchange in the background failed."""


def status_of(desk: Desk, last_error: ClientError | None) -> Status:
    """How a tablet stands."""
    with desk.turn():
        replica = desk.replica
        subjects, own = list(replica.subjects.values()), list(replica.own.values())
        heard, place = replica.heard.value, replica.place.value
        differs = tuple(sorted(about.id for about in subjects if about.differs))
        return Status(
            agency=desk.identity.agency_name,
            worker=desk.identity.worker,
            device=desk.identity.device,
            fingerprint=desk.identity.fingerprint,
            waiting=sum(made.position == 0 for made in own),
            held=sum(bool(made.held) and not made.decision for made in own),
            drafts=sum(1 for _ in replica.drafts.values()),
            subjects=sum(about.shown for about in subjects),
            entering=sum(about.entering for about in subjects),
            leaving=sum(about.leaving for about in subjects),
            last_contact_ms=heard.clock_ms,
            clock_offset_ms=heard.offset_ms,
            lease=heard.lease,
            differs=(*differs, "total") if place.total_differs else differs,
            enrol_again=heard.enrol_again,
            held_back=heard.held_back,
            history_changed=place.restored is not None,
            rollback=desk.store.rollback,
            last_error=last_error,
        )
