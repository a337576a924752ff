"""Conflicts: what two people said differently, side by side, and the decision between them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

import casework
from sync import Json

from ...services.access import rights
from ...services.access.people import Person
from ...services.desk import disputes, listing
from ...services.desk.disputes import Dispute
from ...services.log.records import Key
from ..desk import Desk, Refusal, desk
from ..differences import marked
from ..forms.conflicts import combined, form_of, settlement_of
from ..permissions import CLIENT, allowed
from ..sections import Section
from ..wording import Wording


def waiting(session: Session, by: Person) -> int:
    """How many decisions wait for somebody."""
    return listing.count(session, disputes.waiting(by))


bp = Blueprint("conflicts", __name__)
section = Section(_l("Conflicts"), "conflicts.index", "conflict", count=waiting)


@bp.get("/conflicts")
@allowed(rights.SETTLE)
def index() -> str:
    """What waits, the client with the highest risk first."""
    seat, cursor = desk(), request.args.get("after")
    page = seat.read(lambda session: disputes.queue(session, seat.sealer, seat.by, cursor=cursor))
    return render_template("conflicts/index.html", page=page, words=Wording({}))


@bp.route("/conflicts/<client>/<type_>/<id_>/<path:unit>", methods=["GET", "POST"])
@allowed(rights.SETTLE, about=CLIENT)
def show(client: str, type_: str, id_: str, unit: str) -> ResponseReturnValue:
    """One unit, its rivals, and the form that decides."""
    seat, key = desk(), Key(type_, id_)
    dispute = seat.read_about(
        client, type_, lambda session: disputes.read(session, seat.sealer, seat.by, key, unit), record=id_
    )
    if dispute.record.subject != client:
        raise NotFound
    form = form_of(dispute, seat.zone)
    refusal: Refusal | None = None
    if form.validate_on_submit() and not dispute.refusal:
        done = seat.attempt(
            lambda book: disputes.settle(
                book, seat.by, settlement_of(form, dispute, seat.zone), seat.providers
            )
        )
        if not isinstance(done, Refusal):
            flash(_("Decided. The tablets have it with their next sync."), "success")
            return redirect(url_for("conflicts.index"))
        refusal = done
    elif not form.is_submitted():
        form.seen.data = ",".join(dispute.seen)
    page = _page(dispute, form, refusal, seat)
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


def _page(dispute: Dispute, form: Any, refusal: Refusal | None, seat: Desk) -> str:
    client = dispute.record.subject
    names = seat.read(lambda session: listing.client_names(session, seat.sealer, seat.by, [client]))
    return render_template(
        "conflicts/show.html",
        dispute=dispute,
        form=form,
        refusal=refusal,
        client_name=names.get(client, ""),
        words=Wording(dispute.names),
        compared=[_compared(dispute, rival.value) for rival in dispute.rivals],
        typed=[name for name in form._fields if name.split("__")[0] == "value"],
        combined=combined(dispute),
    )


def _compared(dispute: Dispute, value: Json) -> Markup | None:
    """Text with its words marked against what it replaced, else against the first rival; none for other values."""
    first = dispute.rivals[0].value
    before = dispute.base if isinstance(dispute.base, str) else first
    declared = casework.field_of(dispute.record.type, dispute.unit)
    worded = declared is not None and declared.kind in ("line", "text", "narrative", "name")
    if not worded or not isinstance(before, str) or not isinstance(value, str) or before == value:
        return None
    return marked(before, value)
