"""
How often somebody may fail to sign in, so that guessing is slow and nobody can lock others out.

Failures count by account *and* by whether the browser has signed in to it before, which a signed cookie says.
Whoever guesses at an account from elsewhere uses up the share of strangers; its owner's own browser has a share of
its own, and passkeys are not guessed. Failures also count by address.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from flask import Flask, Response, g, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import user_authenticated
from itsdangerous import BadSignature, URLSafeSerializer

from ..house import House, house
from ..settings import Settings
from .identity import Account

DOORS: Final = (
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.verify",
)
"""Where something is tried that could be guessed, of an account that is named."""

NAMELESS: Final = ("invitations.accept", "provider.back")
"""
Where no account is named: failures count by address alone. A share by account would be one for everybody, which one
person could use up for all. Passkeys are signatures: nobody guesses them, and their failures are not counted.
"""

KNOWN: Final = "doorstep-known"
YEAR_S: Final = 365 * 24 * 60 * 60
ACCOUNTS_MAX: Final = 8
"""Accounts that one browser is known to: a shared desk."""

FOUND: Final = 302
REFUSED: Final = 400

Limit = Callable[[Any], Any]


def limit_sign_in(app: Flask, limiter: Limiter, settings: Settings) -> None:
    """Put both limits on every door; only failures count."""
    for endpoint in (*DOORS, *NAMELESS):
        _limit(app, limiter, endpoint, settings.sign_in_address_rate, get_remote_address)
    for endpoint in DOORS:
        _limit(app, limiter, endpoint, settings.sign_in_rate, _account_key)
    user_authenticated.connect(_remember, app)
    app.after_request(_tell_browser)


def _limit(app: Flask, limiter: Limiter, endpoint: str, rate: str, key: Callable[[], str]) -> None:
    scope = f"sign in {key.__name__}"
    limit: Limit = limiter.shared_limit(rate, scope=scope, key_func=key, deduct_when=_failed)
    app.view_functions[endpoint] = limit(app.view_functions[endpoint])


def _failed(response: Response) -> bool:
    """A form that is shown is no failure, one that was sent leads on when it succeeds."""
    return response.status_code != FOUND and (request.method == "POST" or response.status_code >= REFUSED)


def _account_key() -> str:
    """The account that is tried, from which share."""
    account = _account()
    known = _known().get(account)
    return f"{account} {'stranger' if known is None else known}"


def _account() -> str:
    if request.form.get("email"):
        return house().sealer.login_token(request.form["email"]).hex()[:32]
    tried = session.get("tf_user_id") or session.get("_user_id") or request.form.get("code", "")
    return sha256(str(tried).encode()).hexdigest()[:32]


def _known() -> dict[str, str]:
    """{account: mark} of the accounts to which this browser has signed in."""
    try:
        found = _serializer().loads(request.cookies.get(KNOWN, ""))
    except BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _remember(_app: Flask, user: Account, **_rest: Any) -> None:
    """From now on this browser is known to the account, by both names under which it is tried."""
    mark = house().providers.entropy(8).hex()
    names = (user.found.login[:32], sha256(user.found.uniquifier.encode()).hexdigest()[:32])
    marks = {**_known(), **dict.fromkeys(names, mark)}
    g.known_to = dict(list(marks.items())[-2 * ACCOUNTS_MAX :])


def _tell_browser(response: Response) -> Response:
    marks = g.get("known_to")
    if marks is not None:
        here: House = house()
        response.set_cookie(
            KNOWN,
            _text(_serializer().dumps(marks)),
            YEAR_S,
            secure=not here.settings.plain_http,
            httponly=True,
            samesite="Strict",
        )
    return response


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(house().sealer.installation_key(b"known browsers"), salt="known browsers")


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()
