"""
The guard: before every request, who is it, is the session still good, and may they open this route.

Nothing is open that does not say so. A session without an act for a quarter of an hour is locked: the person
signs in again and comes back to the same page. A form that was sent too late is not done, and they are told.
A region that refreshes itself says so in a header and does not count as an act.
"""

from itertools import chain
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, user_logged_out
from flask_security import user_authenticated
from flask_security.tf_plugin import tf_clean_session
from flask_security.utils import logout_user
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized

from ..db import reading
from ..house import House, house
from ..observability import logs
from ..services.access import web_sessions
from . import permissions
from .browsers import browser_of
from .desk import KEY, Desk, request_session
from .headers import LOOK, MACHINES
from .identity import Account
from .permissions import Rule

SECOND_STEP_MS: Final = 10 * 60 * 1000
"""Milliseconds within which the second factor follows the password."""

_BEGAN: Final = "second_step_began_ms"
_PASSED: Final = "tf_user_id"
"""Where the library notes who has passed the first step."""

TOKEN: Final = "doorstep_session"  # noqa: S105  # the name of a member
REFRESH_HEADER: Final = "X-Doorstep-Refresh"
"""Set by the script when a region refreshes itself."""


def watch(app: Flask) -> None:
    """Stand before every request of this application."""
    app.before_request(_admit)
    app.after_request(_note_first_step)
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)


def account() -> Account | None:
    """Who is signed in; nobody, on a route that is open."""
    found = current_user._get_current_object() if current_user else None
    return found if isinstance(found, Account) else None


def _begin(app: Flask, user: Account, **_rest: Any) -> None:
    """A person has signed in with all factors: begin a session."""
    found = house()
    browser = browser_of(request.user_agent.string)
    with found.database.writing() as rows:
        session[TOKEN] = web_sessions.begin(rows, found.providers, user.person, browser)


def _end(app: Flask, user: Account, **_rest: Any) -> None:
    """Somebody signs out, or is signed out: the session is over, not only its cookie."""
    token = session.pop(TOKEN, None)
    if token is not None and isinstance(user, Account):
        found = house()
        with found.database.writing() as rows:
            web_sessions.end(rows, user.person, token, found.providers.now_ms())


def _admit() -> ResponseReturnValue | None:
    if request.url_rule is None:
        return None
    endpoint = request.endpoint or ""
    rule = permissions.rule_of(endpoint, current_app.view_functions[endpoint])
    if rule is None:
        raise Forbidden
    if _has_no_browser(endpoint):
        return None
    _check_text()
    return _admit_person(rule)


def _check_text() -> None:
    """No text holds a NUL: nobody types one, and PostgreSQL takes none."""
    said = (request.path, *chain(*request.args.items(multi=True)), *chain(*request.form.items(multi=True)))
    if any("\0" in text for text in said):
        raise BadRequest


def _has_no_browser(endpoint: str) -> bool:
    """Doors of machines and files of the look: whoever is signed in does not matter, and costs a question."""
    return endpoint in LOOK or endpoint.partition(".")[0] in MACHINES


def _admit_person(rule: Rule) -> ResponseReturnValue | None:
    found = house()
    now_ms = found.providers.now_ms()
    if _PASSED in session and session.get(_BEGAN, 0) + SECOND_STEP_MS < now_ms:
        tf_clean_session()  # type: ignore[no-untyped-call]  # the library's own
    someone = account()
    if someone is None:
        return None if rule.open else _to_sign_in()
    with reading(request_session()) as rows:
        standing = web_sessions.standing(rows, someone.person, session.get(TOKEN, ""), now_ms)
        if standing is not None and not rule.open:
            permissions.check(rows, someone.person, rule, request.view_args or {})
    if standing is None:
        logout_user()
        return None if rule.open else _to_sign_in(locked=True)
    _take_seat(found, someone)
    if REFRESH_HEADER not in request.headers and standing.seen_ms + web_sessions.NOTED_MS <= now_ms:
        with found.database.writing(durable=False) as rows:
            web_sessions.touch(rows, someone.person, standing.id, now_ms)
    return None


def _note_first_step(response: Response) -> Response:
    """From when on the second factor is waited for; a cookie from before opens no second step."""
    if request.endpoint is None or _has_no_browser(request.endpoint):
        return response
    if _PASSED not in session:
        session.pop(_BEGAN, None)
    elif _BEGAN not in session:
        session[_BEGAN] = house().providers.now_ms()
    return response


def _take_seat(found: House, someone: Account) -> None:
    whole = someone.found
    seat = Desk(
        found, someone.person, whole.name, whole.agency_name, ZoneInfo(whole.time_zone), whole.left_ms
    )
    setattr(g, KEY, seat)
    logs.bind(agency=someone.person.agency, person=someone.person.id)


def _to_sign_in(*, locked: bool = False) -> ResponseReturnValue:
    """Where to sign in and come back: to this page, or to the one that a form was on."""
    if REFRESH_HEADER in request.headers or not request.accept_mimetypes.accept_html:
        raise Unauthorized
    if locked:
        flash(
            _("You were signed out after 15 minutes without an act. Sign in to go on where you were."), "info"
        )
    if request.method not in ("GET", "HEAD"):
        flash(_("What you sent last was not saved. Please enter it again."), "danger")
    back = _here()
    return redirect(f"/sign-in?{urlencode({'next': back})}" if back != "/" else "/sign-in")


def _here() -> str:
    """The page that somebody is on: of a form, the page that it stands on."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    referrer = request.referrer or ""
    own = request.host_url
    return "/" + referrer.removeprefix(own) if referrer.startswith(own) else "/"
