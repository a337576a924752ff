"""Risk: the dangers that are open, why, what was done about them, and the next act."""

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import casework

from ...services.access import directory, rights
from ...services.access.people import Person
from ...services.desk import days, listing, risk
from ...services.desk.risk import FlagReading
from .. import asked
from ..desk import Refusal, desk
from ..forms.risk import act_of, form_of
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..wording import Wording


def waiting(session: Session, by: Person) -> int:
    """How many dangers nobody has acknowledged."""
    return listing.count(session, risk.open_flags(by, only=risk.WAITS))


bp = Blueprint("risk", __name__)
section = Section(_l("Risk"), "risk.index", "risk", count=waiting)


LATELY_MS: Final = 7 * 24 * 60 * 60 * 1000
"""How far back the list of acts goes, where nobody says otherwise: a week."""


@bp.get("/risk")
@allowed(rights.RISK)
def index() -> str:
    """The open dangers: highest first, what waits before what is in hand."""
    seat, cursor = desk(), request.args.get("after")
    only = risk.WAITS if request.args.get("show") == "waiting" else None
    since_ms = asked.moment_ms("since")
    since = None if since_ms is None else days.utc_of(since_ms)
    page = seat.read(
        lambda session: risk.flags(session, seat.sealer, seat.by, only=only, since=since, cursor=cursor)
    )
    return render_template("risk/index.html", page=page, only=only, words=Wording({}))


@bp.get("/risk/acts")
@allowed(rights.RISK)
def acts() -> str:
    """Who did what about a danger since a moment, oldest first."""
    seat, cursor = desk(), request.args.get("after")
    since_ms = asked.moment_ms("since") or seat.now_ms - LATELY_MS
    since = days.utc_of(since_ms)
    page = seat.read(lambda session: risk.acts(session, seat.sealer, seat.by, since=since, cursor=cursor))
    return render_template("risk/acts.html", page=page, since_ms=since_ms, words=Wording({}))


@bp.route("/risk/<client>/<kind>", methods=["GET", "POST"])
@allowed(rights.RISK, about=CLIENT)
def show(client: str, kind: str) -> ResponseReturnValue:
    """One danger with all its reasons, and what is done about it."""
    seat = desk()
    reading, staff = seat.read_about(
        client,
        "risk_flag",
        lambda session: (risk.read(session, seat.sealer, seat.by, client, kind), _staff(session)),
        purpose="risk",
    )
    form = form_of(staff)
    refusal: Refusal | None = None
    if form.validate_on_submit():
        said = act_of(form, client, kind, request.form.get("act", ""))
        done = seat.attempt(lambda book: risk.act(book, seat.by, said, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Noted. The tablets have it with their next sync."), "success")
            return redirect(url_for("risk.show", client=client, kind=kind))
        refusal = done
    elif not form.is_submitted():
        form.seen.data = ",".join(reading.seen)
    page = _page(reading, form, refusal)
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


def _page(reading: FlagReading, form: Any, refusal: Refusal | None) -> str:
    return render_template(
        "risk/show.html",
        reading=reading,
        form=form,
        refusal=refusal,
        words=Wording(reading.names),
        client_name=str(casework.columns(reading.client)["name"] or ""),
        own=any(reason.by == desk().by.id for reason in reading.reasons),
    )


def _staff(session: Session) -> list[tuple[str, str]]:
    """Those to whom a danger may be assigned."""
    seat = desk()
    entries = directory.staff(session, seat.sealer, seat.by)
    return [(entry.id, entry.name) for entry in entries if entry.state == "active"]
