"""Settings: what the agency decides, each change with its version; two people cannot overwrite each other."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...services.access import agencies, rights
from ...services.desk import policy
from ..desk import Refusal, desk
from ..forms.settings import TERMS, WEIGHTS, form_of, values_of
from ..permissions import allowed
from ..sections import Section
from ..wording import Wording

bp = Blueprint("settings", __name__)
section = Section(_l("Settings"), "settings.index", "settings", group="agency")


@bp.route("/settings", methods=["GET", "POST"])
@allowed(rights.SETTINGS)
def index() -> ResponseReturnValue:
    """What holds now, and the form that changes it."""
    seat = desk()
    now, about = seat.read(
        lambda session: (
            policy.policy(session, seat.sealer, seat.by.agency),
            agencies.agency_of(session, seat.by.agency),
        )
    )
    form = form_of(now)
    refusal: Refusal | None = None
    if form.validate_on_submit():
        seen = [name for name in (form.seen.data or "").split(",") if name]
        try:
            values = values_of(form, now)
        except ValueError:
            form.ladder.errors = [_("Each line is a level, minutes and whom, with commas between.")]
        else:
            done = seat.attempt(lambda book: policy.decide(book, seat.by, values, seen, seat.providers))
            if not isinstance(done, Refusal):
                flash(_("Saved as version %(number)s.", number=done), "success")
                return redirect(url_for("settings.index"))
            refusal = done
    page = render_template(
        "settings/index.html",
        form=form,
        refusal=refusal,
        now=now,
        about=about,
        terms=list(TERMS),
        weights=list(WEIGHTS),
        words=Wording({}),
    )
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422
