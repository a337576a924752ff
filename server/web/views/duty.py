"""Duty: who is on duty for each office in the next days, the hours that nobody covers, and a new turn."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectField, validators

from sync import Json

from ...services.access import directory, rights
from ...services.desk import days, duty, offices, overtaking, staffing
from ...services.desk.home import DAY_MS, DUTY_DAYS
from ..desk import Desk, Refusal, desk
from ..fields import Moment
from ..forms.entry import MOMENTS
from ..permissions import PERSON, allowed
from ..sections import Section
from ..wording import Wording

CHOOSE = _l("Choose one.")
WHEN = _l("Enter day and time.")
PLACES = {"first": _l("First"), "deputy": _l("Deputy")}

bp = Blueprint("duty", __name__)
section = Section(_l("Duty"), "duty.index", "duty", group="agency")


class TurnForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who is on duty, where, from when to when."""

    worker = SelectField(_l("Who"), [validators.InputRequired(CHOOSE)])
    office = SelectField(_l("Office"), [validators.InputRequired(CHOOSE)])
    place = SelectField(_l("Place"), [validators.InputRequired(CHOOSE)])
    since = Moment(_l("From"), [validators.InputRequired(WHEN)], format=MOMENTS)
    until = Moment(_l("Until"), [validators.InputRequired(WHEN)], format=MOMENTS)


@bp.route("/duty", methods=["GET", "POST"])
@allowed(rights.ROTA)
def index() -> ResponseReturnValue:
    """The next days, and the form of one turn more."""
    seat = desk()
    form = TurnForm()
    staff, places = seat.read(_people_and_places)
    form.worker.choices = staff
    form.office.choices = places
    form.place.choices = list(PLACES.items())
    refusal: Refusal | None = None
    if form.validate_on_submit():
        done = seat.attempt(lambda book: _put(book, form, seat))
        if not isinstance(done, Refusal):
            flash(_("On duty."), "success")
            return redirect(url_for("duty.index"))
        refusal = done
    return _page(form, refusal, dict(staff), dict(places)), 422 if form.is_submitted() else 200


@bp.post("/duty/<person>/<span>/remove")
@allowed(rights.ROTA, about=PERSON)
def remove(person: str, span: str) -> ResponseReturnValue:
    """Take a turn out."""
    seat = desk()
    shown = seat.read(lambda session: staffing.read(session, seat.sealer, seat.by, staffing.DUTY, person))
    seen = overtaking.names([shown])
    done = seat.attempt(
        lambda book: staffing.remove(book, seat.by, staffing.DUTY, person, span, seen, seat.providers)
    )
    if isinstance(done, Refusal):
        flash(_("That turn is not there any more."), "danger")
    else:
        flash(_("Taken out."), "success")
    return redirect(url_for("duty.index"))


def _page(form: Any, refusal: Refusal | None, staff: dict[str, str], places: dict[str, str]) -> str:
    seat = desk()
    end_ms = seat.now_ms + DUTY_DAYS * DAY_MS
    today = days.today(seat.zone, seat.now_ms)
    ahead = days.Days(today.first, days.today(seat.zone, end_ms).last, seat.zone)

    def read(session: Session) -> tuple[Any, Any]:
        gaps = duty.gaps(session, seat.by, begin_ms=seat.now_ms, end_ms=end_ms)
        return gaps, staffing.spans(session, seat.sealer, seat.by, staffing.DUTY, ahead)

    gaps, turns = seat.read(read)
    return render_template(
        "duty/index.html",
        form=form,
        refusal=refusal,
        gaps=gaps,
        turns=turns,
        places=places,
        kinds=PLACES,
        words=Wording(staff),
    )


def _put(book: Any, form: Any, seat: Desk) -> str:
    worker = form.worker.data
    shown = staffing.read(book.session, seat.sealer, seat.by, staffing.DUTY, worker)
    span: dict[str, Json] = {
        "place": form.place.data,
        "office": form.office.data,
        "since": _moment(form.since.data, seat.zone),
        "until": _moment(form.until.data, seat.zone),
    }
    return staffing.put_on_duty(book, seat.by, worker, span, overtaking.names([shown]), seat.providers)


def _people_and_places(session: Session) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    seat = desk()
    staff = [
        (entry.id, entry.name)
        for entry in directory.staff(session, seat.sealer, seat.by)
        if entry.state == "active"
    ]
    return staff, [(place.id, place.name) for place in offices.offices(session, seat.sealer, seat.by)]


def _moment(typed: datetime, zone: ZoneInfo) -> str:
    return typed.replace(tzinfo=zone).isoformat()
