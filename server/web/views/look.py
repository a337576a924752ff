"""Language and colours, by forms that work signed in or not."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ...house import house
from .. import bootstrap
from ..guard import account
from ..identity import Store
from ..look import LANGUAGE, THEME, THEMES
from ..permissions import OPEN, allowed
from ..translations import LANGUAGES

bp = Blueprint("look", __name__)

YEAR_S = 365 * 24 * 60 * 60


@bp.get("/look/bootstrap.css")
@allowed(OPEN)
def style() -> Response:
    """Bootstrap's style sheet, as our policy for content allows it."""
    return Response(bootstrap.style(), mimetype="text/css")


@bp.post("/look")
@allowed(OPEN)
def change() -> ResponseReturnValue:
    """Keep what the reader chose, in this browser and with the account."""
    back = request.form.get("back", "")
    answer = redirect(
        back if back.startswith("/") and not back.startswith(("//", "/\\")) else url_for("home.index")
    )
    chosen: dict[str, str | None] = {}
    language, theme = request.form.get(LANGUAGE, ""), request.form.get(THEME, "")
    if language in LANGUAGES:
        chosen[LANGUAGE] = language
    if theme in (*THEMES, "auto"):
        chosen[THEME] = None if theme == "auto" else theme
    for name, value in chosen.items():
        secure = not house().settings.plain_http
        answer.set_cookie(name, value or "auto", YEAR_S, secure=secure, httponly=True, samesite="Lax")
    someone = account()
    if someone is not None and chosen:
        Store(house()).change_person(someone, **chosen)
    return answer
