"""Copies: a client's record on paper, to be printed from the browser or as a PDF, for a purpose that is noted."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...services.access import rights
from ...services.desk import clients, copies, reads
from ...services.desk.copies import Copy, Wanted
from ..charts import chart_of
from ..desk import Desk, desk
from ..forms.copies import copy_form
from ..paper import Paper, pdf_of
from ..permissions import CLIENT, allowed
from ..showing import day, stamp, today
from ..units import units_of
from ..wording import Wording, language

bp = Blueprint("copies", __name__)


@bp.route("/clients/<client>/copy", methods=["GET", "POST"])
@allowed(rights.READ, about=CLIENT)
def ask(client: str) -> ResponseReturnValue:
    """Ask for what a copy is and who receives it; then show it for printing, or send it as a PDF."""
    seat, form = desk(), copy_form()
    if form.validate_on_submit():
        copy = _take(seat, client, form)
        return (
            _as_pdf(seat, client, copy, form)
            if request.form.get("as") == "pdf"
            else _shown(client, copy, form)
        )
    head = seat.read_about(
        client, "client", lambda session: clients.head(session, seat.sealer, seat.by, client)
    )
    page = render_template(
        "copies/ask.html",
        client=client,
        head=head,
        form=form,
        records_max=copies.RECORDS_MAX,
        words=Wording({}),
    )
    return page, 422 if form.is_submitted() else 200


def _take(seat: Desk, client: str, form: Any) -> Copy:
    """All that the copy holds; that it is taken is noted before anybody sees it."""
    wanted = Wanted(form.purpose.data, form.answers.data, form.since.data, form.until.data)
    copy = seat.read(lambda session: copies.copied(session, seat.sealer, seat.by, client, wanted, seat.zone))
    seat.write(
        lambda session: reads.note_read(
            session,
            seat.providers,
            seat.by,
            client,
            reads.ALL,
            via=reads.EXPORT,
            rows=copy.records,
            purpose=wanted.purpose,
            why=form.receiver.data,
            sealer=seat.sealer,
        )
    )
    return copy


def _shown(client: str, copy: Copy, form: Any) -> str:
    return render_template("copies/show.html", **_told(client, copy, form))


def _as_pdf(seat: Desk, client: str, copy: Copy, form: Any) -> Response:
    named, born = copy.head.name or _("No name yet"), copy.head.client.value("date_of_birth")
    paper = Paper(
        title=_("Record of %(name)s", name=named),
        language=language(),
        above=f"{seat.agency_name} · {named} · {_('born')} {day(str(born or '')).striptags()}",
        below=f"{seat.name}, {stamp(seat.now_ms)}",
        page_of=_("page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        undrawn=_("Some characters could not be drawn: the server has no font for them."),
        now_ms=seat.now_ms,
    )
    made = Response(
        pdf_of(paper, render_template("copies/document.html", **_told(client, copy, form))),
        mimetype="application/pdf",
    )
    # No name: downloads are listed where others see them.
    made.headers["Content-Disposition"] = f"attachment; filename=record-{today().isoformat()}.pdf"
    made.headers["Cache-Control"] = "no-store"
    return made


def _told(client: str, copy: Copy, form: Any) -> dict[str, Any]:
    return {
        "client": client,
        "copy": copy,
        "head": copy.head,
        "asking": copy.asking,
        "form": form,
        "drawn": [(course, chart_of(course, language())) for course in copy.courses if course.sittings],
        "units_of": units_of,
        "words": Wording(copy.names, copy.asking.library),
    }
