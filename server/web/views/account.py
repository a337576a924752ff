"""My account: second factors, where I am signed in, and the picture that an authenticator app reads."""

from io import BytesIO

import segno
from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.proxies import _security
from werkzeug.exceptions import NotFound

from ...services.access import accounts, web_sessions
from .. import browsers
from ..desk import desk
from ..guard import TOKEN, account
from ..permissions import ACCOUNT, OPEN, allowed

bp = Blueprint("account", __name__)

PICTURE_SCALE = 5


@bp.get("/account")
@allowed(ACCOUNT)
def index() -> str:
    """Everything by which this person signs in."""
    seat, someone = desk(), account()
    assert someone is not None, "the guard lets nobody else in"
    sessions = seat.read(lambda rows: web_sessions.listed(rows, seat.by, seat.now_ms))
    left = seat.read(lambda rows: accounts.recovery_codes_left(rows, seat.by))
    return render_template(
        "account/index.html",
        someone=someone,
        sessions=sessions,
        codes_left=left,
        called=browsers.called,
        is_this=lambda id_: web_sessions.is_of(id_, session.get(TOKEN, "")),
    )


@bp.post("/account/sessions/end")
@allowed(ACCOUNT)
def end_others() -> ResponseReturnValue:
    """Sign out everywhere else."""
    seat, token = desk(), session.get(TOKEN, "")
    ended = seat.write(lambda rows: web_sessions.end_others(rows, seat.by, token, seat.now_ms))
    flash(_("Signed out elsewhere: %(count)s.", count=ended), "success")
    return redirect(url_for("account.index"))


@bp.post("/account/here")
@allowed(ACCOUNT)
def here() -> ResponseReturnValue:
    """Somebody is typing: that is an act, too. The guard notes it."""
    return "", 204


@bp.get("/account/authenticator.svg")
@allowed(OPEN)
def authenticator_picture() -> Response:
    """The secret that is being set up in this very session, as a picture for an authenticator app."""
    secret = session.get("tf_totp_secret")
    someone = account() or _security.datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
    if secret is None or someone is None:
        raise NotFound
    uri = _security.totp_factory.get_totp_uri(someone.calc_username(), secret)
    picture = BytesIO()
    segno.make(uri, error="m").save(
        picture, kind="svg", scale=PICTURE_SCALE, border=3, light="#ffffff", dark="#000000"
    )
    answer = Response(picture.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer
