"""Staff and offices: who works here, who answers for whom, and a code for a first sign-in."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField, validators

from ...services.access import directory, people, rights
from ...services.access.people import ADMINISTRATOR, ROLES, SUPERVISOR
from ...services.desk import offices, overtaking, registry, staffing
from ...services.desk.registry import Newcomer
from ..desk import Refusal, desk
from ..fields import Day
from ..permissions import PERSON, allowed
from ..sections import Section
from ..wording import Wording

NAME_CHARS_MAX = 120
CHOOSE = _l("Choose one.")
ROLE_LABELS = {
    people.WORKER: _l("Worker"),
    SUPERVISOR: _l("Supervisor"),
    ADMINISTRATOR: _l("Administrator"),
    people.AUDITOR: _l("Auditor"),
}

bp = Blueprint("staff", __name__)
section = Section(_l("Staff and offices"), "staff.index", "office", group="agency")


class OfficeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A new office."""

    office_name = StringField(
        _l("Name of the office"),
        [validators.InputRequired(_l("Enter a name.")), validators.Length(max=NAME_CHARS_MAX)],
    )


class NewcomerForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Somebody who begins to work here."""

    name = StringField(
        _l("Name"), [validators.InputRequired(_l("Enter a name.")), validators.Length(max=NAME_CHARS_MAX)]
    )
    role = SelectField(_l("Role"), [validators.InputRequired(CHOOSE)])
    office = SelectField(_l("Office"), validate_choice=False)
    email = StringField(_l("E-mail address"), [validators.Optional(), validators.Length(max=254)])


class SupervisionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who answers for somebody, from when to when."""

    seen = HiddenField()
    supervisor = SelectField(_l("Supervisor of record"), [validators.InputRequired(CHOOSE)])
    since = Day(_l("From"), [validators.InputRequired(_l("Enter a day."))])
    until = Day(_l("Until"), [validators.Optional()])


@bp.get("/staff")
@allowed(rights.STAFF)
def index() -> str:
    """Everybody, and the offices."""
    seat = desk()
    staff, places = seat.read(
        lambda session: (
            directory.staff(session, seat.sealer, seat.by),
            offices.offices(session, seat.sealer, seat.by),
        )
    )
    called = {place.id: place.name for place in places}
    return render_template(
        "staff/index.html", staff=staff, places=places, called=called, roles=ROLE_LABELS, form=OfficeForm()
    )


@bp.post("/staff/offices")
@allowed(rights.STAFF, only=(ADMINISTRATOR,))
def open_office() -> ResponseReturnValue:
    """Open an office."""
    seat, form = desk(), OfficeForm()
    if form.validate_on_submit():
        name = form.office_name.data.strip()
        done = seat.attempt(lambda book: registry.add_office(book, seat.by, name, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Opened."), "success")
            return redirect(url_for("staff.index"))
    flash(_("An office needs a name."), "danger")
    return redirect(url_for("staff.index"))


@bp.route("/staff/new", methods=["GET", "POST"])
@allowed(rights.STAFF, only=(ADMINISTRATOR,))
def admit() -> ResponseReturnValue:
    """Admit somebody."""
    seat, form = desk(), NewcomerForm()
    form.role.choices = [(role, ROLE_LABELS[role]) for role in ROLES]
    places = seat.read(lambda session: offices.offices(session, seat.sealer, seat.by))
    form.office.choices = [("", "–"), *[(place.id, place.name) for place in places]]
    refusal: Refusal | None = None
    if form.validate_on_submit():
        newcomer = Newcomer(
            form.name.data.strip(),
            form.role.data,
            form.office.data or None,
            (form.email.data or "").strip() or None,
        )
        done = seat.attempt(lambda book: registry.add_staff(book, seat.by, newcomer, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Admitted."), "success")
            return redirect(url_for("staff.show", person=done))
        refusal = done
    page = render_template("staff/new.html", form=form, refusal=refusal)
    return page, 422 if form.is_submitted() else 200


@bp.route("/staff/<person>", methods=["GET", "POST"])
@allowed(rights.STAFF, about=PERSON)
def show(person: str) -> ResponseReturnValue:
    """One person: role, offices, supervision of record, and what an administrator can do."""
    seat = desk()
    entry, shown, staff, places = seat.read(lambda session: _read(session, person))
    form = SupervisionForm()
    form.supervisor.choices = [
        (each.id, each.name) for each in staff if each.role == SUPERVISOR and each.id != person
    ]
    refusal: Refusal | None = None
    if seat.by.role == ADMINISTRATOR and form.validate_on_submit():
        until: date | None = form.until.data
        done = seat.attempt(
            lambda book: staffing.supervise(
                book,
                seat.by,
                person,
                form.supervisor.data,
                form.since.data.isoformat(),
                None if until is None else until.isoformat(),
                _seen(form.seen.data),
                seat.providers,
            )
        )
        if not isinstance(done, Refusal):
            flash(_("Saved."), "success")
            return redirect(url_for("staff.show", person=person))
        refusal = done
    elif not form.is_submitted():
        form.seen.data = ",".join(overtaking.names([shown]))
    names = {each.id: each.name for each in staff}
    page = render_template(
        "staff/show.html",
        entry=entry,
        spans=sorted(shown.members("spans").items(), key=lambda item: str(item[1]), reverse=True),
        seen=",".join(overtaking.names([shown])),
        form=form,
        refusal=refusal,
        roles=ROLE_LABELS,
        places=places,
        led=seat.read(lambda session: people.person(session, seat.by.agency, person)).offices,
        keeps=seat.by.role == ADMINISTRATOR,
        words=Wording(names),
    )
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


@bp.post("/staff/<person>/supervision/<span>/remove")
@allowed(rights.STAFF, about=PERSON, only=(ADMINISTRATOR,))
def remove(person: str, span: str) -> ResponseReturnValue:
    """Take a supervision of record out; it stays in the history."""
    seat, seen = desk(), _seen(request.form.get("seen"))
    done = seat.attempt(
        lambda book: staffing.remove(book, seat.by, staffing.SUPERVISION, person, span, seen, seat.providers)
    )
    _say(done)
    return redirect(url_for("staff.show", person=person))


@bp.post("/staff/<person>/offices")
@allowed(rights.STAFF, about=PERSON, only=(ADMINISTRATOR,))
def lead(person: str) -> ResponseReturnValue:
    """A supervisor leads one office more, or one less."""
    seat, place = desk(), request.form.get("office", "")
    change = staffing.stop_leading if request.form.get("act") == "stop" else staffing.lead
    _say(seat.attempt(lambda book: change(book, seat.by, person, place, seat.providers)))
    return redirect(url_for("staff.show", person=person))


@bp.post("/staff/<person>/confirm")
@allowed(rights.STAFF, about=PERSON, only=(ADMINISTRATOR,))
def confirm(person: str) -> ResponseReturnValue:
    """Let somebody act again who has waited since a restore."""
    seat = desk()
    _say(seat.attempt_write(lambda session: registry.confirm_person(session, seat.by, person)))
    return redirect(url_for("staff.show", person=person))


def _read(session: Session, person: str) -> tuple[Any, Any, list[Any], list[Any]]:
    seat = desk()
    staff = directory.staff(session, seat.sealer, seat.by)
    shown = staffing.read(session, seat.sealer, seat.by, staffing.SUPERVISION, person)
    entry = next(each for each in staff if each.id == person)
    return entry, shown, staff, list(offices.offices(session, seat.sealer, seat.by))


def _say(done: object) -> None:
    if isinstance(done, Refusal):
        flash(f"{_(done.title)}: {_(done.rule)}", "danger")
    else:
        flash(_("Done."), "success")


def _seen(typed: str | None) -> list[str]:
    return [name for name in (typed or "").split(",") if name]
