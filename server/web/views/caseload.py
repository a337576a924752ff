"""Caseload: who carries how much, nobody forgotten by name, and clients handed over with a note."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, TextAreaField, validators

from ...services.access import directory, people, rights
from ...services.access.people import ADMINISTRATOR
from ...services.desk import caseload, handover, register
from ..desk import Refusal, desk
from ..permissions import PERSON, allowed
from ..sections import Section
from ..wording import Wording

NOTE_CHARS_MAX = 4_000

bp = Blueprint("caseload", __name__)
section = Section(_l("Caseload"), "caseload.index", "caseload")


class HandOverForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Which clients go to whom, and what the receiver must know."""

    clients = SelectMultipleField(
        _l("Clients"), [validators.InputRequired(_l("Choose at least one client."))], validate_choice=False
    )
    receiver = SelectField(_l("To"), [validators.InputRequired(_l("Choose one."))])
    note = TextAreaField(
        _l("What the receiver must know"),
        [validators.InputRequired(_l("A hand-over needs a note.")), validators.Length(max=NOTE_CHARS_MAX)],
        render_kw={"rows": 4},
    )


@bp.get("/caseload")
@allowed(rights.CASELOAD)
def index() -> str:
    """The board: the heaviest load first."""
    seat, cursor = desk(), request.args.get("after")
    page = seat.read(
        lambda session: caseload.board(session, seat.sealer, seat.by, now_ms=seat.now_ms, cursor=cursor)
    )
    return render_template("caseload/index.html", page=page, words=Wording({}))


@bp.get("/caseload/forgotten")
@allowed(rights.REVIEW)
def forgotten() -> str:
    """Nobody forgotten: by name, and why."""
    seat, cursor, why = desk(), request.args.get("after"), request.args.get("why") or None
    page = seat.read(
        lambda session: caseload.forgotten(
            session, seat.sealer, seat.by, now_ms=seat.now_ms, why=why, cursor=cursor
        )
    )
    return render_template("caseload/forgotten.html", page=page, why=why, words=Wording({}))


@bp.route("/caseload/<person>", methods=["GET", "POST"])
@allowed(rights.CASELOAD, about=PERSON)
def show(person: str) -> ResponseReturnValue:
    """The clients of one worker, and the form that hands some of them over."""
    seat = desk()
    form = HandOverForm()
    form.receiver.choices = seat.read(lambda session: _others(session, person))
    refusal: Refusal | None = None
    if seat.by.role != ADMINISTRATOR and form.validate_on_submit():
        done = seat.attempt(
            lambda book: handover.offer(
                book,
                seat.by,
                form.clients.data,
                person,
                form.receiver.data,
                form.note.data.strip(),
                seat.providers,
            )
        )
        if not isinstance(done, Refusal):
            flash(_("Offered: %(count)s. They pass when the receiver accepts.", count=len(done)), "success")
            return redirect(url_for("caseload.offers"))
        refusal = done
    return _page(person, form, refusal), 422 if form.is_submitted() else 200


@bp.get("/caseload/offers")
@allowed(rights.CASELOAD)
def offers() -> str:
    """Hand-overs that are open, declined or about to pass."""
    seat, cursor = desk(), request.args.get("after")
    page = seat.read(lambda session: handover.offers(session, seat.sealer, seat.by, cursor=cursor))
    return render_template("caseload/offers.html", page=page, words=Wording({}))


@bp.post("/caseload/offers/<id_>/withdraw")
@allowed(rights.ASSIGN)
def withdraw(id_: str) -> ResponseReturnValue:
    """Take an offer back."""
    seat = desk()
    done = seat.attempt(lambda book: handover.withdraw(book, seat.by, id_, seat.providers))
    refused = isinstance(done, Refusal)
    flash(
        _("That hand-over has ended already.") if refused else _("Taken back."),
        "danger" if refused else "success",
    )
    return redirect(url_for("caseload.offers"))


def _page(person: str, form: Any, refusal: Refusal | None) -> str:
    seat, cursor = desk(), request.args.get("after")

    def read(session: Session) -> tuple[Any, Any, str]:
        clients = caseload.clients(session, seat.sealer, seat.by, person, now_ms=seat.now_ms, cursor=cursor)
        tablets = register.tablets(session, seat.sealer, seat.by, now_ms=seat.now_ms, worker=person)
        return clients, tablets, people.name_of(session, seat.sealer, seat.by.agency, person)

    page, tablets, called = seat.read(read)
    return render_template(
        "caseload/show.html",
        page=page,
        tablets=tablets.rows,
        called=called,
        form=form,
        refusal=refusal,
        may_hand_over=seat.by.role != ADMINISTRATOR,
        words=Wording({}),
    )


def _others(session: Session, person: str) -> list[tuple[str, str]]:
    """Those to whom clients may go."""
    seat = desk()
    return [
        (entry.id, entry.name)
        for entry in directory.staff(session, seat.sealer, seat.by)
        if entry.state == "active" and entry.id != person and entry.role in (people.WORKER, people.SUPERVISOR)
    ]
