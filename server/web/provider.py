"""
The agency's identity provider, by OpenID Connect: code flow with PKCE, state and nonce, all checked by Authlib.

It stands for the password only: the second factor is asked for here all the same.
"""

from typing import Any, Final

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from requests import RequestException

from ..errors import NotAssigned, Unready
from ..services.desk.elsewhere import Claims
from ..settings import Settings

EXTENSION: Final = "doorstep-provider"
NAME: Final = "provider"
DISCOVERY: Final = "/.well-known/openid-configuration"
TIMEOUT_S: Final = 10
"""Seconds to wait for the provider: somebody stands before the page."""


def set_up(app: Flask, settings: Settings) -> None:
    """Know the provider, where the settings name one."""
    if not settings.oidc_issuer:
        return
    app.extensions[EXTENSION] = OAuth(app).register(
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + DISCOVERY,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": TIMEOUT_S},
    )


def known() -> bool:
    """Whether there is a provider."""
    return EXTENSION in current_app.extensions


def ask(back: str) -> Any:
    """
    The way to the provider, which leads back to an address of ours.

    Raises:
        Unready: The provider does not answer.
    """
    try:
        return _provider().authorize_redirect(back)
    except RequestException:
        raise Unready("identity provider") from None


def answer() -> Claims:
    """
    What the provider says of whoever comes back.

    Raises:
        NotAssigned: The answer is not one to a question of this browser, or is not signed by the provider.
        Unready: The provider does not answer.
    """
    try:
        token = _provider().authorize_access_token()
    except RequestException:
        raise Unready("identity provider") from None
    except (OAuthError, JoseError):
        raise NotAssigned("the provider did not confirm who you are") from None
    said = token.get("userinfo") or {}
    return Claims(
        str(said.get("iss", "")),
        str(said.get("sub", "")),
        str(said.get("email", "")),
        said.get("email_verified") is True,
    )


def _provider() -> Any:
    return current_app.extensions[EXTENSION]
