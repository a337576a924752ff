from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from flask import Flask

from server.app import create_app
from server.services.access.people import SUPERVISOR
from tests.browser.scene import Scene

from .openid import CLIENT, SECRET, Provider
from .visitor import Visitor


@pytest.fixture
def provider(scene: Scene) -> Iterator[Provider]:
    """A provider that knows the supervisor."""
    made = Provider()
    made.claims["email"] = scene.seats[SUPERVISOR].e_mail
    yield made
    made.close()


@pytest.fixture
def joined(scene: Scene, provider: Provider) -> Iterator[Flask]:
    """The scene's server, with this provider."""
    settings = replace(
        scene.house.settings,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="County sign-on",
    )
    app = create_app(settings, scene.house.providers)
    yield app
    app.extensions["doorstep"].close()


def come_back(visitor: Visitor, next_: str = "/account") -> Visitor:
    """Go to the provider and come back, as a browser would."""
    away = visitor.client.get(f"/sign-in/provider?next={next_}").location
    back = requests.get(away, allow_redirects=False, timeout=10).headers["Location"]
    return visitor.open(back.removeprefix("http://localhost"))


def test_the_provider_stands_for_the_password_and_not_for_the_second_factor(
    scene: Scene, joined: Flask, provider: Provider
) -> None:
    """Code flow with PKCE, then a code of the authenticator as always."""
    visitor = Visitor(joined)
    assert "Sign in with County sign-on" in visitor.open("/sign-in").text
    come_back(visitor)
    assert visitor.place.startswith("/sign-in/code")
    assert not visitor.signed_in
    visitor.send(visitor.place, code=scene.seats[SUPERVISOR].code(scene.clock))

    assert visitor.place == "/account"
    assert provider.asked[0]["code_challenge_method"] == "S256"
    assert provider.asked[0]["scope"] == "openid email"


@pytest.mark.parametrize("wrong", ["not verified", "unknown address", "nonce", "signature"])
def test_what_the_provider_does_not_vouch_for_opens_nothing(
    joined: Flask, provider: Provider, wrong: str
) -> None:
    """An address alone is no proof, and an answer that somebody else made is none."""
    if wrong == "not verified":
        provider.claims["email_verified"] = False
    elif wrong == "unknown address":
        provider.claims["email"] = "nobody@harlow.example"
    provider.forges_nonce = wrong == "nonce"
    provider.forges_signature = wrong == "signature"
    visitor = come_back(Visitor(joined))

    assert visitor.page.status_code == 403
    assert not visitor.signed_in


def test_an_address_that_was_handed_on_opens_nothing(scene: Scene, joined: Flask, provider: Provider) -> None:
    """The provider's own name for the person was kept at the first time."""
    assert come_back(Visitor(joined)).place.startswith("/sign-in/code")
    provider.claims["sub"] = "somebody else"

    assert come_back(Visitor(joined)).page.status_code == 403


def test_an_answer_without_a_question_opens_nothing(joined: Flask) -> None:
    """A link that somebody else made signs nobody in."""
    assert Visitor(joined).open("/sign-in/provider/back?code=x&state=y").page.status_code == 403


def test_a_provider_that_does_not_answer_is_said(joined: Flask, provider: Provider) -> None:
    """And the password still opens."""
    provider.close()
    page = Visitor(joined).open("/sign-in/provider").page

    assert page.status_code == 503


def test_without_a_provider_there_is_no_such_page(scene: Scene) -> None:
    """Nor a button."""
    visitor = Visitor(scene.app)

    assert visitor.open("/sign-in/provider").page.status_code == 404
    assert visitor.open("/sign-in/provider/back").page.status_code == 404
    assert "Sign in with" not in visitor.open("/sign-in").text.replace("Sign in with a passkey", "")
