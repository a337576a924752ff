"""
The scan: everything that time alone brings about, in every agency, once.

Grants begin and end; hand-overs that were accepted pass; people are told of dangers that wait. One agency's
trouble does not keep the others waiting: it is raised when all have had their turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..channels import Channel, mail_of
from ..db import table_of
from ..house import House
from ..services.access import grants
from ..services.desk import handover, ladder
from ..services.log.book import open_book
from ..tables.agency import AgencyRow

_agency = table_of(AgencyRow)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one scan did."""

    agencies: int = 0
    told: int = 0
    """Letters that went out."""
    failed: int = 0
    """Letters that were not taken, and steps that found nobody."""


def scan(house: House, channels: Sequence[Channel] | None = None) -> Scanned:
    """
    Do what is due now.

    Args:
        house: Database, sealer, clock, settings.
        channels: The ways to tell people; those of the settings, where left out.

    Raises:
        ExceptionGroup: What went wrong, in which of the agencies, after all had their turn.
    """
    mail = mail_of(house.settings.mail_url, house.settings.mail_from)
    ways = channels if channels is not None else [mail] if mail is not None else []
    with house.database.reading() as session:
        agencies = list(session.scalars(select(_agency.c.agency).order_by(_agency.c.agency)))
    told = failed = 0
    faults: list[Exception] = []
    for agency in agencies:
        try:
            notices = _scan_agency(house, agency, ways)
        except Exception as fault:  # noqa: BLE001  # raised below, when the others have had their turn
            fault.add_note(f"agency {agency}")
            faults.append(fault)
            continue
        sent = [notice for notice in notices if notice.outcome == ladder.SENT]
        told, failed = told + len(sent), failed + len(notices) - len(sent)
    if faults:
        raise ExceptionGroup("a scan could not be finished", faults)
    return Scanned(len(agencies), told, failed)


def _scan_agency(house: House, agency: str, ways: Sequence[Channel]) -> list[ladder.Notice]:
    house.database.retrying(_turn(house, agency))
    return ladder.climb(house, agency, ways, site=house.settings.site_url)


def _turn(house: House, agency: str) -> Callable[[], None]:
    """What is written to the log, in a transaction of its own, if there is anything to write."""

    def once() -> None:
        with house.database.reading() as session:
            waits = grants.due(session, agency, house.providers.now_ms())
            if not waits and not handover.accepted(session, house.sealer, agency):
                return
        with (
            house.database.writing() as session,
            open_book(session, house.sealer, agency, house.providers) as book,
        ):
            grants.write_due(book)
            handover.pass_accepted(book, house.providers)

    return once
