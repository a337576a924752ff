"""Scores: what each instrument came to over time, as a chart and as the same figures in a table."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ...services.access import rights
from ...services.desk import clients, scores
from ...services.desk.clients import Head
from ...services.desk.scores import Asking, Course
from ..charts import chart_of
from ..desk import desk
from ..forms.clients import purpose_form
from ..permissions import CLIENT, allowed
from ..wording import Wording, language

bp = Blueprint("scores", __name__)


@bp.route("/clients/<client>/scores", methods=["GET", "POST"])
@allowed(rights.READ, about=CLIENT)
def index(client: str) -> ResponseReturnValue:
    """Every instrument that was asked; what was said in confidence, once a purpose is told."""
    seat, form = desk(), purpose_form()
    purpose = form.purpose.data if form.validate_on_submit() else None

    def read(session: Session) -> tuple[Head, Asking, list[Course]]:
        head = clients.head(session, seat.sealer, seat.by, client)
        asked = scores.asking(session, seat.sealer, seat.by.agency, head.client)
        return head, asked, scores.courses(session, seat.sealer, seat.by, asked, client, purpose or "")

    head, asked, courses = seat.read_about(client, "assessment", read, purpose=purpose)
    page = render_template(
        "scores/index.html",
        client=client,
        head=head,
        drawn=[(course, chart_of(course, language())) for course in courses],
        hidden=any(not sitting.told for course in courses for sitting in course.sittings),
        form=form,
        words=Wording(head.names, asked.library),
    )
    return page, 422 if form.is_submitted() and purpose is None else 200
