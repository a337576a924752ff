"""The first page: what needs somebody now."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from ..permissions import ACCOUNT, allowed
from ..sections import Section

bp = Blueprint("home", __name__)
section = Section(_l("Home"), "home.index", "home")


@bp.get("/")
@allowed(ACCOUNT)
def index() -> str:
    """What happened, and what waits."""
    return render_template("home/index.html")
