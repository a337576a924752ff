"""Schedule: the week by worker, a visit planned, an absence written down, and its visits covered in one act."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from sync import Json

from ...services.access import directory, people, rights
from ...services.desk import caseload, listing, overtaking, schedule, staffing
from ...services.desk.days import Days, week
from .. import asked
from ..desk import Refusal, desk
from ..forms.schedule import CoverForm, VisitForm, absence_form
from ..permissions import PERSON, allowed
from ..sections import Section
from ..showing import today
from ..wording import Wording

bp = Blueprint("schedule", __name__)
section = Section(_l("Schedule"), "schedule.index", "calendar")


@bp.get("/schedule")
@allowed(rights.ENTER)
def index() -> str:
    """The week, a line a worker."""
    seat, cursor = desk(), request.args.get("after")
    day = asked.day("day") or today()
    page = seat.read(lambda session: schedule.week(session, seat.sealer, seat.by, day, cursor=cursor))
    seven = week(seat.zone, day).each()
    return render_template(
        "schedule/index.html",
        page=page,
        days=seven,
        before=seven[0] - timedelta(days=7),
        after=seven[-1] + timedelta(days=1),
        now=today(),
        words=Wording({}),
    )


@bp.route("/schedule/<person>/visit", methods=["GET", "POST"])
@allowed(rights.CASELOAD, about=PERSON, only=(people.SUPERVISOR,))
def plan(person: str) -> ResponseReturnValue:
    """Plan a visit of one worker."""
    seat = desk()
    form = VisitForm(worker=person)
    form.worker.choices = [(person, _name(person))]
    form.second.choices = [("", "–"), *seat.read(lambda session: _others(session, person))]
    carried = seat.read(
        lambda session: caseload.clients(
            session, seat.sealer, seat.by, person, now_ms=seat.now_ms, rows=listing.PAGE_ROWS_MAX
        )
    )
    form.client.choices = [("", "–"), *[(line.client, line.name) for line in carried.rows]]
    refusal: Refusal | None = None
    if form.validate_on_submit():
        planned: dict[str, Json] = {"start": _moment(form.start.data, seat.zone)}
        if form.end.data:
            planned["end"] = _moment(form.end.data, seat.zone)
        client, second = form.client.data, form.second.data or ""
        done = seat.attempt(
            lambda book: schedule.plan(
                book, seat.by, client, person, {"planned": planned}, seat.providers, second=second
            )
        )
        if not isinstance(done, Refusal):
            flash(_("Planned. The tablet has the visit with its next sync."), "success")
            return redirect(url_for("schedule.index", day=form.start.data.date().isoformat()))
        refusal = done
    for_two = refusal is not None and seat.read(
        lambda session: schedule.needs_two(session, seat.by.agency, form.client.data)
    )
    page = render_template(
        "schedule/visit.html", form=form, refusal=refusal, for_two=for_two, called=_name(person)
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/schedule/<person>/absence", methods=["GET", "POST"])
@allowed(rights.ROTA, about=PERSON)
def absence(person: str) -> ResponseReturnValue:
    """Write an absence down; its visits are covered on the next page."""
    seat, form = desk(), absence_form()
    shown = seat.read(lambda session: staffing.read(session, seat.sealer, seat.by, staffing.ABSENCE, person))
    refusal: Refusal | None = None
    if form.validate_on_submit():
        first, last = form.since.data.isoformat(), form.until.data.isoformat()
        span: dict[str, Json] = {"kind": form.kind.data, "since": first, "until": last}
        done = seat.attempt(
            lambda book: staffing.be_absent(book, seat.by, person, span, _seen(form), seat.providers)
        )
        if not isinstance(done, Refusal):
            flash(_("Written down."), "success")
            if seat.by.role == people.SUPERVISOR:
                return redirect(url_for("schedule.cover", person=person, first=first, last=last))
            return redirect(url_for("schedule.absence", person=person))
        refusal = done
    elif not form.is_submitted():
        form.seen.data = ",".join(overtaking.names([shown]))
    spans = sorted(shown.members("spans").items(), key=lambda item: str(item[1]), reverse=True)
    page = render_template(
        "schedule/absence.html",
        form=form,
        refusal=refusal,
        called=_name(person),
        person=person,
        spans=spans,
        seen=",".join(overtaking.names([shown])),
        words=Wording({}),
    )
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


@bp.post("/schedule/<person>/absence/<span>/remove")
@allowed(rights.ROTA, about=PERSON)
def remove(person: str, span: str) -> ResponseReturnValue:
    """Take an absence out."""
    seat = desk()
    seen = [name for name in request.form.get("seen", "").split(",") if name]
    done = seat.attempt(
        lambda book: staffing.remove(book, seat.by, staffing.ABSENCE, person, span, seen, seat.providers)
    )
    if isinstance(done, Refusal):
        flash(_("Somebody has changed it since this page was shown. Look again."), "danger")
    else:
        flash(_("Taken out."), "success")
    return redirect(url_for("schedule.absence", person=person))


@bp.route("/schedule/<person>/cover", methods=["GET", "POST"])
@allowed(rights.CASELOAD, about=PERSON, only=(people.SUPERVISOR,))
def cover(person: str) -> ResponseReturnValue:
    """The visits of somebody absent, and who makes them."""
    seat = desk()
    first, last = asked.day("first") or today(), asked.day("last") or today()
    form = CoverForm(first=first, last=last)
    form.receiver.choices = [("", "–"), *seat.read(lambda session: _others(session, person))]
    refusal: Refusal | None = None
    if form.validate_on_submit():
        to, begin, end = form.receiver.data, form.first.data, form.last.data
        done = seat.attempt(
            lambda book: schedule.cover(book, seat.by, person, to, begin, end, seat.providers)
        )
        if not isinstance(done, Refusal):
            flash(
                _(
                    "Covered: %(visits)s visits. Access ends by itself on the last day.",
                    visits=len(done.visits),
                ),
                "success",
            )
            if done.alone:
                flash(
                    _(
                        "%(visits)s visits stay as they are: these clients are not visited alone. Plan them for two.",
                        visits=len(done.alone),
                    ),
                    "warning",
                )
            return redirect(url_for("schedule.index", day=begin.isoformat()))
        refusal = done
    when = Days(first, max(first, last), seat.zone)
    visits = seat.read(lambda session: schedule.planned_of(session, seat.sealer, seat.by, person, when))
    page = render_template(
        "schedule/cover.html",
        form=form,
        refusal=refusal,
        called=_name(person),
        visits=visits,
        words=Wording({}),
    )
    return page, 422 if form.is_submitted() else 200


def _name(person: str) -> str:
    seat = desk()
    return seat.read(lambda session: people.name_of(session, seat.sealer, seat.by.agency, person))


def _others(session: Session, person: str) -> Sequence[tuple[str, str]]:
    """Those who visit, besides one."""
    seat = desk()
    return [
        (entry.id, entry.name)
        for entry in directory.staff(session, seat.sealer, seat.by)
        if entry.state == "active" and entry.id != person and entry.role in (people.WORKER, people.SUPERVISOR)
    ]


def _seen(form: Any) -> list[str]:
    return [name for name in (form.seen.data or "").split(",") if name]


def _moment(typed: datetime, zone: ZoneInfo) -> str:
    return typed.replace(tzinfo=zone).isoformat()
