"""Clients: whom the agency serves, and everything that is recorded about one of them."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import casework
from casework import reviewing
from casework.risk import LEVELS
from sync import CHOSEN, SIGNATURE, Live, RecordView

from ...services.access import directory, people, rights
from ...services.access.people import ADMINISTRATOR, WORKER
from ...services.desk import clients, listing, scores, timeline
from ...services.desk.clients import Head, Which
from ...services.desk.listing import Page
from ...services.desk.scores import Asking
from ...services.desk.timeline import Reading, Timeline
from ...services.log.records import Key
from ..desk import Refusal, desk
from ..forms.clients import purpose_form
from ..paging import cursor
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..wording import Wording

bp = Blueprint("clients", __name__)
section = Section(_l("Clients"), "clients.index", "people")

NOT_SHOWN = (reviewing.UNIT, SIGNATURE)
"""Units that the page says in words of its own."""

ANSWERS = ("answers", "partial_answers")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a record as the page shows it."""

    name: str
    rivals: int
    """How many different values there are; 0 where there is one."""
    undecided: bool
    confidential: bool
    """Whether its value is not shown to this reader without a purpose."""
    by_another: bool
    """Whether it was written by somebody else, or at another time, than the record began with."""


@bp.get("/clients")
@allowed(rights.READ)
def index() -> str:
    """The clients whom this person may know of, the riskiest first."""
    seat, which, after = desk(), _which(), cursor()

    def read(session: Session) -> tuple[Page[clients.Line], dict[str, str], list[tuple[str, str]]]:
        page = clients.clients(session, seat.sealer, seat.by, which, cursor=after)
        return page, clients.offices(session, seat.sealer, seat.by), _visitors(session)

    page, places, workers = seat.read(read)
    return render_template(
        "clients/index.html",
        page=page,
        which=which,
        narrowed=which != clients.EVERYBODY,
        places=places,
        workers=workers,
        levels=listing.OPEN_LEVELS,
        states=clients.STATES,
        by_initials=seat.by.role == ADMINISTRATOR,
        words=Wording({}),
    )


@bp.get("/clients/<client>")
@allowed(rights.READ, about=CLIENT)
def show(client: str) -> str:
    """Who it is and what to mind, and everything that is recorded, newest first."""
    seat, after, type_ = desk(), cursor(), request.args.get("type", "")

    def read(session: Session) -> tuple[Head, Timeline, Asking]:
        head = clients.head(session, seat.sealer, seat.by, client)
        line = timeline.timeline(session, seat.sealer, seat.by, client, type_=type_, cursor=after)
        return head, line, scores.asking(session, seat.sealer, seat.by.agency, head.client)

    head, line, asking = seat.read_about(client, "all", read)
    return render_template(
        "clients/show.html",
        client=client,
        head=head,
        line=line,
        page=line.page,
        type=type_,
        gist=timeline.gist,
        asking=asking,
        words=Wording({**head.names, **line.names}, asking.library),
    )


@bp.post("/clients/<client>/confirm")
@allowed(rights.REGISTER, about=CLIENT)
def confirm(client: str) -> ResponseReturnValue:
    """Say that somebody who was met in the field is a client of the office."""
    seat = desk()
    done = seat.attempt(lambda book: clients.confirm(book, seat.by, client))
    if isinstance(done, Refusal):
        flash(_("Somebody has confirmed this client already."), "info")
    else:
        flash(_("Confirmed: this is a client of your office."), "success")
    return redirect(url_for("clients.show", client=client))


@bp.route("/clients/<client>/records/<type_>/<id_>", methods=["GET", "POST"])
@allowed(rights.READ, about=CLIENT)
def record(client: str, type_: str, id_: str) -> ResponseReturnValue:
    """One record with all that it says; what was said in confidence, once a purpose is told."""
    seat, key, form = desk(), Key(type_, id_), purpose_form()
    purpose = form.purpose.data if form.validate_on_submit() else None

    def read(session: Session) -> tuple[Reading, Head, Asking]:
        head = clients.head(session, seat.sealer, seat.by, client)
        reading = timeline.read(session, seat.sealer, seat.by, client, key)
        return reading, head, scores.asking(session, seat.sealer, seat.by.agency, head.client)

    reading, head, asking = seat.read_about(client, type_, read, record=id_, purpose=purpose)
    shown = reading.entry.shown
    told = _answers_told(shown, asking, purpose or "")
    page = render_template(
        "clients/record.html",
        client=client,
        head=head,
        reading=reading,
        entry=reading.entry,
        units=_units(shown, told, asking),
        asking=asking,
        told=told,
        form=form,
        words=Wording({**head.names, **reading.names}, asking.library),
    )
    return page, 422 if form.is_submitted() and purpose is None else 200


@bp.get("/clients/<client>/records/<type_>/<id_>/history/<path:unit>")
@allowed(rights.READ, about=CLIENT)
def history(client: str, type_: str, id_: str, unit: str) -> str:
    """What one unit of a record said before."""
    seat, key = desk(), Key(type_, id_)

    def read(session: Session) -> tuple[Head, Reading, Asking, tuple[list[timeline.Before], dict[str, str]]]:
        head = clients.head(session, seat.sealer, seat.by, client)
        reading = timeline.read(session, seat.sealer, seat.by, client, key)
        asking = scores.asking(session, seat.sealer, seat.by.agency, head.client)
        return head, reading, asking, timeline.history(session, seat.sealer, seat.by, client, key, unit)

    head, reading, asking, (writes, names) = seat.read_about(client, type_, read, record=id_)
    shown = reading.entry.shown
    return render_template(
        "clients/history.html",
        client=client,
        head=head,
        key=key,
        unit=unit,
        shown=shown,
        writes=writes,
        told=unit not in ANSWERS or _answers_told(shown, asking, ""),
        words=Wording({**reading.names, **names}, asking.library),
    )


def _which() -> Which:
    asked = request.args
    return Which(
        typed=asked.get("name", "").strip(),
        office=asked.get("office", ""),
        worker=asked.get("worker", ""),
        risk=asked.get("risk", "") if asked.get("risk", "") in LEVELS else "",
        state=asked.get("state", "") if asked.get("state", "") in clients.STATES else "",
        provisional=bool(asked.get("provisional")),
    )


def _visitors(session: Session) -> list[tuple[str, str]]:
    """The workers to whom a list may be narrowed; none for a worker."""
    seat = desk()
    if seat.by.role == WORKER:
        return []
    return [
        (entry.id, entry.name)
        for entry in directory.staff(session, seat.sealer, seat.by)
        if entry.role == people.WORKER and entry.state != "left"
    ]


def _answers_told(shown: RecordView, asking: Asking, purpose: str) -> bool:
    """Whether this reader sees the answers of an assessment."""
    if shown.type != "assessment":
        return True
    author = shown.value("worker")
    return rights.may_see_answers(
        desk().by, author if isinstance(author, str) else None, asking.definition(shown), purpose
    )


def _units(shown: RecordView, told: bool, asking: Asking) -> list[Unit]:
    """The units that hold something, in the order of the form."""
    kind = casework.record_types().get(shown.type)
    order = {} if kind is None else {unit: number for number, unit in enumerate(kind.fields)}
    held = [
        unit
        for unit, found in shown.units.items()
        if unit not in NOT_SHOWN and (found.rivals or shown.value(unit) is not None)
    ]
    hidden: tuple[str, ...] = ("partial_answers",) if shown.value("answers") is not None else ()
    hidden += ("instrument",) if asking.definition(shown) is not None else ()
    wrote = [found.by for unit, found in shown.units.items() if unit in held and found.by is not None]
    first = min(wrote, key=lambda live: live.order, default=None)
    return [
        Unit(
            unit,
            len(shown.units[unit].rivals),
            shown.units[unit].undecided,
            unit in ANSWERS and not told,
            _is_by_another(shown.units[unit].by, first),
        )
        for unit in sorted(held, key=lambda unit: (order.get(unit.partition("/")[0], len(order)), unit))
        if unit not in hidden and not unit.startswith(CHOSEN)
    ]


def _is_by_another(live: Live | None, first: Live | None) -> bool:
    if live is None or first is None:
        return False
    return live.author != first.author or live.at.ms - first.at.ms >= timeline.CLOCKS_APART_MS
