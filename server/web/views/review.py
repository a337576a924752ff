"""Review: what workers signed, one work on a page with the client beside it, and what a supervisor says about it."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

import casework
from casework import reviewing
from sync import SIGNATURE, RecordView

from ...services.access import rights
from ...services.access.people import Person
from ...services.desk import listing, review, scores
from ...services.desk.review import Reading
from ...services.desk.scores import Asking
from ...services.log.records import Key
from ..desk import Refusal, desk
from ..forms.review import decision_of, form_of
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..wording import Wording

PURPOSE = "review"
NOT_SHOWN = (SIGNATURE, reviewing.UNIT, "author", "worker")
"""Units that stand elsewhere on the page."""

ASKED = ("instrument", "partial_answers")
"""Units of an assessment that say nothing besides once it is complete."""


def waiting(session: Session, by: Person) -> int:
    """How many works wait for somebody."""
    return listing.count(session, review.waiting(by))


bp = Blueprint("review", __name__)
section = Section(_l("Review"), "review.index", "review", count=waiting)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a work as the page shows it."""

    shown: RecordView
    units: list[str]
    changed: frozenset[str]
    """Units that are new since the last review."""
    answers_are_shown: bool


@bp.get("/review")
@allowed(rights.REVIEW)
def index() -> str:
    """What waits: the riskiest client first, then the oldest."""
    seat, cursor, worker = desk(), request.args.get("after"), request.args.get("worker") or None
    page = seat.read(
        lambda session: review.queue(session, seat.sealer, seat.by, worker=worker, cursor=cursor)
    )
    return render_template("review/index.html", page=page, words=Wording({}))


@bp.route("/review/<client>/<type_>/<id_>", methods=["GET", "POST"])
@allowed(rights.REVIEW, about=CLIENT)
def show(client: str, type_: str, id_: str) -> ResponseReturnValue:
    """One work with its addenda, the client beside it, and the decision."""
    seat, work = desk(), Key(type_, id_)
    reading, asking = seat.read_about(
        client, type_, lambda session: _read(session, work), record=id_, purpose=PURPOSE
    )
    if reading.work.subject != client:
        raise NotFound
    words = Wording(reading.names, asking.library)
    parts = [_part(part, reading, asking, seat.by) for part in (reading.work, *reading.addenda)]
    units = [unit for unit in parts[0].units if not unit.startswith("$")]
    form = form_of(units, [words.label(work.type, unit) for unit in units])
    refusal: Refusal | None = None
    if form.validate_on_submit():
        decision = decision_of(form, units, work, request.form.get("kind", ""))
        done = seat.attempt(lambda book: review.decide(book, seat.by, decision, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Saved. The author has it with the next sync."), "success")
            return redirect(_next(work))
        refusal = done
    elif not form.is_submitted():
        form.seen.data = ",".join(reading.seen)
    page = render_template(
        "review/show.html",
        reading=reading,
        parts_of_it=parts,
        form=form,
        comments=[form[f"comment_{number}"] for number in range(len(units))],
        refusal=refusal,
        words=words,
        asking=asking,
        own=_is_own(reading, seat.by),
        client_name=str(casework.columns(reading.client)["name"] or ""),
    )
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


def _read(session: Session, work: Key) -> tuple[Reading, Asking]:
    seat = desk()
    reading = review.read(session, seat.sealer, seat.by, work)
    return reading, scores.asking(session, seat.sealer, seat.by.agency, reading.client)


def _part(shown: RecordView, reading: Reading, asking: Asking, by: Person) -> Part:
    content = shown.signed.content if shown.signed is not None else shown.units
    declared = casework.record_types()[shown.type].fields
    order = {unit: number for number, unit in enumerate(declared)}
    beside = ("visit",) if reading.visit is not None else ()
    hidden = {*NOT_SHOWN, *beside, *(ASKED if "answers" in content else ())}
    units = [unit for unit in content if unit not in hidden and not unit.startswith("$")]
    author = shown.value("worker") or shown.value("author")
    told = rights.may_see_answers(
        by, author if isinstance(author, str) else None, asking.definition(shown), PURPOSE
    )
    return Part(
        shown,
        sorted(units, key=lambda unit: (order.get(unit.partition("/")[0], len(order)), unit)),
        frozenset(unit for type_, id_, unit in reading.changed if (type_, id_) == (shown.type, shown.id)),
        shown.type != "assessment" or told,
    )


def _is_own(reading: Reading, by: Person) -> bool:
    parts = (reading.work, *reading.addenda)
    return any(part.value(unit) == by.id for part in parts for unit in ("author", "worker"))


def _next(done: Key) -> str:
    """The next work of the queue, so that a morning's reviews need no list in between."""
    seat = desk()
    page = seat.read(lambda session: review.queue(session, seat.sealer, seat.by, rows=2))
    waiting_ = [entry for entry in page.rows if entry.work != done]
    if not waiting_:
        return url_for("review.index")
    first = waiting_[0]
    return url_for("review.show", client=first.client, type_=first.work.type, id_=first.work.id)
