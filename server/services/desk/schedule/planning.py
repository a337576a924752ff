"""
Planning: a referral is taken in, and a visit is planned for somebody who sees the client then.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import casework
from sync import Json, Write, random_id

from ....errors import NotAssigned, Refused
from ....settings import Providers
from ...access import grants, rights
from ...access.people import Person
from ...log.book import Book
from .. import days, office
from ..office import Said
from . import company
from .week import VISITING


def open_episode(book: Book, by: Person, client: str, units: Mapping[str, Json], providers: Providers) -> str:
    """
    Take a referral in; answers with the episode's id. It is *referred*, and received now, unless told otherwise.

    Raises:
        NotAssigned: Not this supervisor's client.
        BadAnswer: A value breaks the rule of its field.
        UnknownField: A unit that no episode has.
    """
    rights.check_about(book.session, by, rights.ENTER, client)
    told: dict[str, Json] = {"status": "referred", "received_at": _iso(book.now_ms), **units}
    for unit, value in told.items():
        casework.validate("episode", unit, value)
    id_ = random_id(providers.entropy(16))
    writes = [Write("episode", id_, unit, (), value) for unit, value in told.items()]
    office.write(book, by, Said(client, writes), providers)
    return id_


def plan(
    book: Book,
    by: Person,
    client: str,
    worker: str,
    units: Mapping[str, Json],
    providers: Providers,
    *,
    second: str = "",
) -> str:
    """
    Plan a visit of somebody who sees the client; answers with its id. `units` hold `planned`, and more of a visit.

    A second one who goes along gets a visit of their own, and sees the client until that day is over at least.

    Raises:
        NotAssigned: Not this supervisor's client, or a worker without access to it when it is to be.
        BadAnswer: A value breaks the rule of its field.
        Refused: It is not said when, or one would go alone who may not.
    """
    rights.check_about(book.session, by, rights.ENTER, client)
    planned = units.get("planned")
    if not isinstance(planned, dict) or not isinstance(planned.get("start"), str):
        raise Refused("a visit is planned for a time")
    for unit, value in (*units.items(), ("worker", worker)):
        casework.validate("visit", unit, value)
    company.check(book, client, worker, second)
    at_ms = int(datetime.fromisoformat(str(planned["start"])).timestamp() * 1000)
    if not _sees(book, worker, client, at_ms):
        raise NotAssigned("a visit is planned for somebody who sees the client then", client)
    if second:
        _let_in(book, by, client, second, at_ms, providers)
    made = random_id(providers.entropy(16))
    writes = _visit(made, units, worker, second)
    if second:
        writes += _visit(random_id(providers.entropy(16)), units, second, worker)
    office.write(book, by, Said(client, writes), providers)
    return made


def _visit(id_: str, units: Mapping[str, Json], worker: str, beside: str) -> list[Write]:
    """One worker's visit, alone or beside another."""
    said: dict[str, Json] = {**units, "worker": worker}
    if beside:
        said["joint_with"] = [beside]
    return [Write("visit", id_, unit, (), value) for unit, value in said.items()]


def _let_in(book: Book, by: Person, client: str, second: str, at_ms: int, providers: Providers) -> None:
    """Whoever goes along sees the client until that day is over."""
    to = rights.check_about_worker(book.session, by, rights.CASELOAD, second)
    if to.state != "active" or to.role not in VISITING:
        raise Refused("a visit for two is planned for two people who visit")
    if not _sees(book, second, client, at_ms):
        # From now on: whoever sets out in the morning has perhaps no signal to fetch the visit by.
        ends = days.today(days.zone_of(book.session, book.agency), at_ms).end_ms
        office.assign(book, by, second, client, providers, kind=grants.COVER, ends_ms=ends)


def _sees(book: Book, worker: str, client: str, at_ms: int) -> bool:
    open_ = grants.open_grants(book.session, book.agency, worker, client)
    return any(row.begins_ms <= at_ms and (row.ends_ms is None or at_ms < row.ends_ms) for row in open_)


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat()
