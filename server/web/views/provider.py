"""Signing in by the agency's identity provider, and then with the second factor as everybody does."""

from flask import Blueprint, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.proxies import _security
from werkzeug.exceptions import NotFound

from ...house import house
from ...services.desk import elsewhere
from .. import provider
from ..permissions import OPEN, allowed

bp = Blueprint("provider", __name__)

NEXT = "provider_next"


@bp.get("/sign-in/provider")
@allowed(OPEN)
def start() -> ResponseReturnValue:
    """Go and ask the provider."""
    if not provider.known():
        raise NotFound
    wanted = request.args.get("next", "/")
    session[NEXT] = wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else "/"
    way: ResponseReturnValue = provider.ask(url_for("provider.back", _external=True))
    return way


@bp.get("/sign-in/provider/back")
@allowed(OPEN)
def back() -> ResponseReturnValue:
    """Hear what the provider says, and go on to the second factor."""
    if not provider.known():
        raise NotFound
    here, claims = house(), provider.answer()
    with here.database.writing() as rows:
        someone = elsewhere.recognise(rows, here.sealer, here.providers, claims)
    account = _security.datastore.find_user(id=f"{someone.agency}/{someone.id}")
    assert account is not None, "it was recognised or made"
    entered = _security.two_factor_plugins.tf_enter(account, False, "oidc", next_loc=session.pop(NEXT, "/"))
    assert entered is not None, "everybody needs a second factor"
    return entered
