"""
The pages that are measured: who asks for each, and the bare `SELECT` that it is held against.

The bare statement reads as many rows as the page shows, of the table that the page lists, in the order of an index
(fifty, and one more to know whether there is another page): what the database alone must do for a page of this size.
"""

from dataclasses import dataclass
from typing import Final

from .agency import Agency

_FACTS: Final = "SELECT * FROM fact WHERE agency = :agency AND kind = :kind ORDER BY at LIMIT 51"
_DEVICES: Final = "SELECT * FROM device WHERE agency = :agency LIMIT 51"
_PEOPLE: Final = "SELECT * FROM person WHERE agency = :agency"
_RECORDS: Final = "SELECT * FROM record WHERE agency = :agency AND subject = :client LIMIT 51"
_CLIENTS: Final = "SELECT * FROM subject WHERE agency = :agency AND kind = 'client' LIMIT 51"
_HELD: Final = "SELECT * FROM held WHERE agency = :agency AND decided = 0 ORDER BY position LIMIT 51"
_READS: Final = 'SELECT * FROM "read" WHERE agency = :agency ORDER BY at_ms DESC LIMIT 51'


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `client` and `worker` in its address stand for one of them."""

    name: str
    address: str
    bare: str
    role: str = "supervisor"
    kind: str = ""
    """The kind of facts that the bare statement reads."""

    def of(self, agency: Agency) -> str:
        """Its address in an agency."""
        return self.address.format(client=agency.clients[0], worker=agency.workers[0].id)


PAGES: Final = (
    Page("home", "/", _FACTS, kind="risk_waits"),
    Page("home, visits of today", "/waiting/visits", _FACTS, kind="visit_planned"),
    Page("clients", "/clients", _CLIENTS),
    Page("clients by name", "/clients?q=bra", _CLIENTS),
    Page("one client", "/clients/{client}", _RECORDS),
    Page("intake", "/intake", _FACTS, kind="episode"),
    Page("schedule", "/schedule", _FACTS, kind="visit_planned"),
    Page("review", "/review", _FACTS, kind="review_due"),
    Page("conflicts", "/conflicts", _FACTS, kind="undecided"),
    Page("late work", "/late", _HELD),
    Page("risk", "/risk", _FACTS, kind="risk_waits"),
    Page("caseload", "/caseload", _FACTS, kind="assigned"),
    Page("caseload of one worker", "/caseload/{worker}", _FACTS, kind="assigned"),
    Page("nobody forgotten", "/caseload/forgotten", _FACTS, kind="contact"),
    Page("register of tablets", "/register", _DEVICES),
    Page("devices", "/devices", _DEVICES),
    Page("duty", "/duty", _PEOPLE),
    Page("staff", "/staff", _PEOPLE, "administrator"),
    Page("forms and resources", "/instruments", _PEOPLE),
    Page("audit", "/audit", _READS, "auditor"),
)
