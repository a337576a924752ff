"""Clients: whom the agency serves, and everything that is recorded about one of them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from casework.risk import LEVELS

from ...services.access import directory, people, rights
from ...services.access.people import ADMINISTRATOR, WORKER
from ...services.desk import clients, history, listing, scores, timeline
from ...services.desk.clients import Access, Head, Which
from ...services.desk.gist import gist
from ...services.desk.history import History
from ...services.desk.listing import Page
from ...services.desk.scores import Asking
from ...services.desk.timeline import Reading, Timeline
from ...services.log.records import Key
from ..desk import Refusal, desk
from ..forms.clients import purpose_form
from ..paging import cursor
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..units import ANSWERS, answers_told, units_of
from ..wording import Wording

bp = Blueprint("clients", __name__)
section = Section(_l("Clients"), "clients.index", "people")


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
        gist=gist,
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
    told = answers_told(seat.by, shown, asking, purpose or "")
    page = render_template(
        "clients/record.html",
        client=client,
        head=head,
        reading=reading,
        entry=reading.entry,
        units=units_of(shown, told, asking),
        asking=asking,
        told=told,
        form=form,
        words=Wording({**head.names, **reading.names}, asking.library),
    )
    return page, 422 if form.is_submitted() and purpose is None else 200


@bp.get("/clients/<client>/records/<type_>/<id_>/history/<path:unit>")
@allowed(rights.READ, about=CLIENT)
def before(client: str, type_: str, id_: str, unit: str) -> str:
    """What one unit of a record said before."""
    seat, key = desk(), Key(type_, id_)

    def read(session: Session) -> tuple[Head, Reading, Asking, History]:
        head = clients.head(session, seat.sealer, seat.by, client)
        reading = timeline.read(session, seat.sealer, seat.by, client, key)
        asking = scores.asking(session, seat.sealer, seat.by.agency, head.client)
        return head, reading, asking, history.history(session, seat.sealer, seat.by, client, key, unit)

    head, reading, asking, past = seat.read_about(client, type_, read, record=id_)
    shown = reading.entry.shown
    return render_template(
        "clients/history.html",
        client=client,
        head=head,
        key=key,
        unit=unit,
        shown=shown,
        past=past,
        told=unit not in ANSWERS or answers_told(seat.by, shown, asking, ""),
        words=Wording({**reading.names, **past.names}, asking.library),
    )


@bp.get("/clients/<client>/access")
@allowed(rights.READ, about=CLIENT)
def access(client: str) -> str:
    """Who had access to the record, from when to when, and who gave it."""
    seat = desk()

    def read(session: Session) -> tuple[Head, list[Access]]:
        head = clients.head(session, seat.sealer, seat.by, client)
        return head, clients.access(session, seat.sealer, seat.by, client)

    head, granted = seat.read_about(client, "list:access", read)
    return render_template("clients/access.html", client=client, head=head, granted=granted)


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
