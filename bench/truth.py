"""
The truth: before a figure counts, what the server keeps, what each tablet shows and what was written must agree.
"""

from collections.abc import Iterable, Mapping

from casework import rule_of
from client_sdk import Tablet
from server.house import House
from server.services.log.records import read_subject
from sync import Json, RecordView, view

from .stage import Agency

Views = Mapping[tuple[str, str], Mapping[str, Json]]
"""{(type, id): {unit: value}}."""


class Differs(Exception):
    """Two sides show different things: no figure of this run counts."""


def of_server(house: House, agency: Agency, type_: str = "assessment") -> Views:
    """What the server's records of one type show."""
    with house.database.reading() as session:
        records = [
            record
            for client in agency.clients
            for record in read_subject(session, house.sealer, agency.id, client)
        ]
    return _views(view(record, rule_of) for record in records if record.type == type_)


def of_tablet(tablet: Tablet, type_: str = "assessment") -> Views:
    """What a tablet's records of one type show."""
    return _views(item.view for item in tablet.records(type_))


def check(written: Views, house: House, agency: Agency, *tablets: Tablet) -> None:
    """
    Hold the sides against what was written.

    Raises:
        Differs: One of them shows something else; it is named.
    """
    sides = {"the server": of_server(house, agency)}
    sides |= {f"tablet {number}": of_tablet(tablet) for number, tablet in enumerate(tablets)}
    for name, shown in sides.items():
        if shown != written:
            missing, more = written.keys() - shown.keys(), shown.keys() - written.keys()
            raise Differs(
                f"{name} lacks {len(missing)} records, has {len(more)} others, or shows other values"
            )
    for tablet in tablets:
        if (status := tablet.status()).waiting or status.held or status.differs:
            raise Differs("a tablet has unsettled work, or knows of a difference")


def _views(shown: Iterable[RecordView]) -> Views:
    return {(record.type, record.id): {unit: record.value(unit) for unit in record.units} for record in shown}
