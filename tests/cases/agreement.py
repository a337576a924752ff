"""Whether server and tablets say the same in the end, and what a tablet tells its worker."""

from __future__ import annotations

import casework
from sync import Json, RecordView, view
from tests.server.exchange.audit import audit

from .kit import Carried

Shape = dict[str, tuple[Json, tuple[str, ...], int]]
"""{unit: (what is shown, the names alive, what is asked of a person)}"""


def shape(shown: RecordView) -> Shape:
    """What a record says, without when it was said."""
    said: Shape = {
        unit: (shown.value(unit), tuple(sorted(live.name for live in part.live)), int(part.needs))
        for unit, part in shown.units.items()
    }
    return said | {"": (str(shown.life.value), (), 0)}


def shown(tablet: Carried) -> dict[tuple[str, str], Shape]:
    """Everything that a tablet shows."""
    replica = tablet.replica
    found: dict[tuple[str, str], Shape] = {}
    for about in replica.subjects.values():
        for key in replica.records.of_subject(about.id):
            record = replica.record(key)
            assert record is not None, "a record that is listed is there"
            found[key] = shape(view(record, casework.rule_of))
    return found


def meet(*carried: Carried) -> None:
    """Everybody sends, then everybody has everything; then all is compared."""
    for tablet in (*carried, *carried):
        tablet.sync()
    agree(*carried)


def agree(*carried: Carried) -> None:
    """The tablets show what the server shows of what their workers may see, and its books are in order."""
    agency = carried[0].agency
    audit(agency.house)
    for tablet in carried:
        may_see = agency.seen_by(tablet.worker)
        wanted = {key: shape(view(record, casework.rule_of)) for key, record in may_see.items()}
        assert shown(tablet) == wanted, f"{tablet.worker} shows something else than the server"
        status = tablet.tablet.status()
        stands = {"waiting": status.waiting, "differs": status.differs, "entering": status.entering}
        assert stands == {"waiting": 0, "differs": (), "entering": 0}, f"{tablet.worker} is not done"


def custody(tablet: Carried, client: str) -> str:
    """What the worker reads beside a client's record."""
    return str(tablet.item("client", client).custody.value)
