"""Audit: who read what, when, and why; filtered, and as a file."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ...services.access import directory, rights
from ...services.desk import reads
from ...services.desk.reads import Filter
from .. import asked
from ..desk import Desk, desk
from ..permissions import allowed
from ..sections import Section
from ..wording import Wording

bp = Blueprint("audit", __name__)
section = Section(_l("Audit"), "audit.index", "audit", group="agency")


@bp.get("/audit")
@allowed(rights.READS)
def index() -> str:
    """The newest reads first."""
    seat, which, cursor = desk(), _filter(), request.args.get("after")
    page, staff = seat.read(
        lambda session: (reads.reads(session, seat.sealer, seat.by, which, cursor=cursor), _staff(session))
    )
    return render_template(
        "audit/index.html", page=page, staff=staff, vias=reads.VIAS, words=Wording({}), asked=request.args
    )


@bp.get("/audit.csv")
@allowed(rights.READS)
def export() -> Response:
    """The same as a file for a spreadsheet, in which no cell is a formula. Taking it away is a read itself."""
    seat, which = desk(), _filter()
    lines = seat.read_about(
        "", "list:reads", lambda session: list(reads.as_csv(session, seat.sealer, seat.by, which))
    )
    answer = Response("".join(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=reads.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _filter() -> Filter:
    """What the address asks for; a day that is none is not asked for."""
    seat, said = desk(), request.args
    until = asked.day("until")
    return Filter(
        person=said.get("person") or None,
        subject=said.get("client") or None,
        via=said.get("via") or None,
        from_ms=_begin_ms(seat, asked.day("from")),
        until_ms=None if until is None else _begin_ms(seat, until + timedelta(days=1)),
    )


def _begin_ms(seat: Desk, day: date | None) -> int | None:
    return None if day is None else int(datetime.combine(day, time(), seat.zone).timestamp() * 1000)


def _staff(session: Session) -> list[tuple[str, str]]:
    seat = desk()
    return [(entry.id, entry.name) for entry in directory.staff(session, seat.sealer, seat.by)]
