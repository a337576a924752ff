"""
What went wrong, as a page for people; programs get `application/problem+json` from the same table.
"""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError

from ..api import problems

SAID: Final = {
    400: (_l("This could not be read"), _l("Go back and try again.")),
    401: (_l("Please sign in"), _l("You are not signed in any more.")),
    403: (_l("This is not open to you"), _l("If you need it for your work, ask an administrator.")),
    404: (_l("There is no such page"), _l("The address may be mistyped, or what it showed is gone.")),
    405: (_l("This could not be read"), _l("Go back and try again.")),
    409: (
        _l("Somebody was faster"),
        _l("What you saw has changed since. Go back, load the page again and look once more."),
    ),
    410: (
        _l("This was erased"),
        _l("What you look for was erased for good, as the law or the person asked."),
    ),
    413: (_l("This is too large"), _l("Send less at once.")),
    422: (_l("This cannot be done"), _l("Go back: what you typed is still there.")),
    429: (_l("Too many attempts"), _l("Wait a quarter of an hour, then try again.")),
    500: (_l("Something went wrong here"), _l("It is not your doing. It was noted; please try again.")),
    503: (_l("The server is busy"), _l("Nothing was changed. Please try again in a few seconds.")),
}
"""{status: (heading, what to do)}."""

EXPIRED: Final = _l("This form is too old")
EXPIRED_ADVICE: Final = _l("Go back, load the page again and send it once more.")


def install(app: Flask) -> None:
    """Answer people with pages."""
    app.extensions[problems.PAGES] = page
    app.register_error_handler(CSRFError, _expired)


def page(status: int, title: str, rule: str) -> Response | None:
    """A page, where a person asks; nothing where a program does."""
    if request.path.startswith("/api/") or not _asks_for_page():
        return None
    heading, advice = SAID.get(status, SAID[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400])
    # Sentences of ours, translated where somebody did; what a framework says has none.
    shown = _(rule or title) if rule or title else ""
    body = render_template("error.html", status=status, heading=heading, advice=advice, detail=shown)
    return make_response(body, status)


def _asks_for_page() -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _expired(_error: CSRFError) -> Response:
    body = render_template("error.html", status=400, heading=EXPIRED, advice=EXPIRED_ADVICE, detail="")
    return make_response(body, 400)
