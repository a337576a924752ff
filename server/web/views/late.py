"""Late work: what was received and is in no record yet, in the words of the record, and the decision about it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField, validators

from ...services.access import rights
from ...services.access.people import Person
from ...services.desk import inbox, listing, reads
from ...services.desk.inbox import AS_IT_IS, NOT_APPLIED, QUOTED, Reading, Verdict
from ...services.log.judgement import SENTENCES
from ..desk import Refusal, desk
from ..permissions import allowed
from ..sections import Section
from ..wording import Wording

REASON_CHARS_MAX = 1_000
LABELS = {
    AS_IT_IS: _l("Put it into the record as it is, with its author and time"),
    QUOTED: _l("Write its values anew from the office, over what is shown now, quoting the author"),
    NOT_APPLIED: _l("Do not apply it"),
}


def waiting(session: Session, by: Person) -> int:
    """How much late work waits for somebody."""
    return listing.count(session, inbox.waiting(by))


bp = Blueprint("late", __name__)
section = Section(_l("Late work"), "late.index", "late", count=waiting)


class VerdictForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What becomes of it, and why."""

    way = RadioField(_l("Decision"), [validators.InputRequired(_l("Choose one."))])
    reason = TextAreaField(
        _l("Reason"),
        [validators.InputRequired(_l("A decision needs a reason.")), validators.Length(max=REASON_CHARS_MAX)],
        render_kw={"rows": 3},
    )


@bp.get("/late")
@allowed(rights.RELEASE)
def index() -> str:
    """What waits, oldest first; or what was decided."""
    seat, decided = desk(), request.args.get("show") == "decided"
    cursor = request.args.get("after")
    page = seat.read(
        lambda session: inbox.queue(session, seat.sealer, seat.by, decided=decided, cursor=cursor)
    )
    return render_template("late/index.html", page=page, decided=decided, reasons=SENTENCES)


@bp.route("/late/<name>", methods=["GET", "POST"])
@allowed(rights.RELEASE)
def show(name: str) -> ResponseReturnValue:
    """One held changeset, and the form that decides."""
    seat = desk()
    reading = seat.read(lambda session: inbox.read(session, seat.sealer, seat.by, name))
    _note(reading)
    form = VerdictForm()
    form.way.choices = [(way, LABELS[way]) for way in reading.ways]
    refusal: Refusal | None = None
    if reading.decided and form.is_submitted():
        # Somebody else was faster: the page says who, and shows what became of it.
        return _page(reading, form, None, overtaken=True), 409
    if form.validate_on_submit():
        verdict = Verdict(name, form.way.data, form.reason.data)
        done = seat.attempt(lambda book: inbox.decide(book, seat.by, verdict, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Decided. Its author is told with the next sync."), "success")
            return redirect(url_for("late.index"))
        refusal = done
    return _page(reading, form, refusal, overtaken=False), 422 if form.is_submitted() else 200


def _page(reading: Reading, form: Any, refusal: Refusal | None, *, overtaken: bool) -> str:
    return render_template(
        "late/show.html",
        reading=reading,
        form=form,
        refusal=refusal,
        overtaken=overtaken,
        words=Wording(reading.names),
    )


def _note(reading: Reading) -> None:
    """Late work about a client is part of what is known about them: who read it is kept."""
    seat, client = desk(), reading.late.subject or ""
    seat.write(
        lambda session: reads.note_read(
            session, seat.providers, seat.by, client, f"{reads.LIST}held", record=reading.late.name
        )
    )
