"""Intake: a client is registered, an episode of care opened, and somebody assigned."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectField, validators

from ...services.access import directory, people, rights
from ...services.desk import home, listing, office, registry
from ...services.log.book import Book
from ..desk import Desk, Refusal, desk
from ..forms.intake import draft_of, form_of, names_of
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..wording import Wording

bp = Blueprint("intake", __name__)
section = Section(_l("Intake"), "intake.index", "plus")


class AssignForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who takes a client."""

    worker = SelectField(_l("Assign to"), [validators.InputRequired(_l("Choose one."))])


@bp.get("/intake")
@allowed(rights.REGISTER)
def index() -> str:
    """Episodes that were received and have nobody yet, the oldest first."""
    seat, cursor = desk(), request.args.get("after")

    def read(session: Session) -> tuple[Any, home.Moment]:
        at = home.moment(session, seat.sealer, seat.by, now_ms=seat.now_ms, since_ms=seat.now_ms)
        found = home.lines(session, seat.sealer, seat.by, "unassigned", at, cursor=cursor)
        return found, at

    page, at = seat.read(read)
    return render_template(
        "intake/index.html", page=page, late=at.late, hours=at.policy.first_visit_hours, words=Wording({})
    )


@bp.route("/intake/new", methods=["GET", "POST"])
@allowed(rights.REGISTER)
def new() -> ResponseReturnValue:
    """Register a client with the referral, and assign somebody where that is known."""
    seat = desk()
    form = form_of(seat.read(_visiting))
    refusal: Refusal | None = None
    if form.validate_on_submit():
        now = datetime.fromtimestamp(seat.now_ms // 1000, UTC).isoformat()
        draft, worker = draft_of(form, seat.zone, now), form.worker.data

        def register(book: Book) -> str:
            client = registry.register(book, seat.by, draft, seat.providers)
            if worker:
                office.assign(book, seat.by, worker, client, seat.providers)
            return client

        done = seat.attempt(register)
        if not isinstance(done, Refusal):
            flash(_("Registered. The worker's tablet has the client with its next sync."), "success")
            return redirect(url_for("intake.index"))
        refusal = done
    page = render_template(
        "intake/new.html",
        form=form,
        refusal=refusal,
        about_client=names_of(form, "client"),
        about_episode=names_of(form, "episode"),
        words=Wording({}),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/intake/<client>", methods=["GET", "POST"])
@allowed(rights.REGISTER, about=CLIENT)
def assign(client: str) -> ResponseReturnValue:
    """Assign a client to somebody."""
    seat, form = desk(), AssignForm()
    form.worker.choices = seat.read(_visiting)
    refusal: Refusal | None = None
    if form.validate_on_submit():
        done = seat.attempt(
            lambda book: office.assign(book, seat.by, form.worker.data, client, seat.providers)
        )
        if not isinstance(done, Refusal):
            flash(_("Assigned. The worker's tablet has the client with its next sync."), "success")
            return redirect(url_for("intake.index"))
        refusal = done
    page = render_template(
        "intake/assign.html", form=form, refusal=refusal, called=_name(seat, client), client=client
    )
    return page, 422 if form.is_submitted() else 200


def _name(seat: Desk, client: str) -> str:
    names = seat.read_about(
        client,
        "client",
        lambda session: listing.client_names(session, seat.sealer, seat.by, [client]),
    )
    return names.get(client, "")


def _visiting(session: Session) -> list[tuple[str, str]]:
    """Those who visit."""
    seat = desk()
    return [
        (entry.id, entry.name)
        for entry in directory.staff(session, seat.sealer, seat.by)
        if entry.state == "active" and entry.role in (people.WORKER, people.SUPERVISOR)
    ]
