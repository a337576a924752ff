"""Invitations: how somebody comes to a password and a second factor."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from server.app import create_app
from server.errors import CodeRefused, NotAssigned, Refused
from server.services.access import accounts, invitations, people
from server.services.access.people import ADMINISTRATOR, SUPERVISOR, WORKER, Person
from tests.browser.scene import PASSWORD, Scene

from .test_signing_in import DAY_MS, NEW_PASSWORD, invited
from .visitor import Visitor, code_of


def test_an_invitation_leads_to_password_second_factor_and_recovery_codes(
    scene: Scene, visitor: Visitor
) -> None:
    """The first sign-in, whole; nobody gets in with a password alone."""
    visitor.open("/welcome").send(
        "/welcome", code=invited(scene, WORKER), password=NEW_PASSWORD, again=NEW_PASSWORD
    )
    assert visitor.place == "/account/authenticator"
    assert not visitor.signed_in
    visitor.send("/account/authenticator", setup="authenticator")
    key = re.sub(r"\W", "", re.findall(r'class="key">([^<]+)<', visitor.page.text)[0])
    picture = visitor.client.get("/account/authenticator.svg")
    visitor.send("/sign-in/code", code=code_of(key, scene))
    assert visitor.signed_in
    visitor.open("/account/recovery-codes").send("/account/recovery-codes", generate_new_codes="1")

    assert picture.mimetype == "image/svg+xml"
    assert len(re.findall(r"<code>[0-9a-f-]{19}</code>", visitor.page.text)) == 10


def test_the_picture_of_a_secret_is_only_for_whom_it_is_made(visitor: Visitor) -> None:
    """Outside a setup there is none."""
    assert visitor.open("/account/authenticator.svg").page.status_code == 404


def test_an_invitation_opens_once(scene: Scene, visitor: Visitor) -> None:
    """Whoever finds it later finds nothing."""
    code = invited(scene, WORKER)
    fields = {"code": code, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    visitor.open("/welcome").send("/welcome", **fields)
    again = Visitor(scene.app).open("/welcome").send("/welcome", **fields)

    assert again.page.status_code == 422
    assert "used or too old" in again.text


def test_an_invitation_grows_old(scene: Scene) -> None:
    """A code on a desk is no key for ever."""
    code = invited(scene, WORKER)
    scene.clock.ahead_ms += 3 * DAY_MS
    with scene.house.database.reading() as session, pytest.raises(CodeRefused):
        invitations.whose(session, code, scene.clock.now_ms())


def test_a_new_invitation_voids_the_last_and_takes_the_second_factors(scene: Scene, visitor: Visitor) -> None:
    """That is how a lost phone is replaced; the old phone opens nothing any more."""
    first, second = invited(scene, SUPERVISOR), invited(scene, SUPERVISOR)
    with scene.house.database.reading() as session, pytest.raises(CodeRefused):
        invitations.whose(session, first, scene.clock.now_ms())
    visitor.enter(scene, SUPERVISOR)
    third = invited(scene, SUPERVISOR)
    assert not visitor.signed_in
    visitor.open("/sign-in").send("/sign-in", email=scene.seats[SUPERVISOR].e_mail, password=PASSWORD)

    assert visitor.place == "/sign-in"
    assert len({first, second, third}) == 3
    with scene.house.database.reading() as session:
        found = accounts.of_person(session, scene.house.sealer, scene.agency, scene.person(SUPERVISOR).id)
    assert found is not None
    assert (found.password, found.totp, found.oidc) == (None, None, None)


def test_only_administrators_invite_and_only_whom_they_may(scene: Scene) -> None:
    """An invitation is an account: a supervisor makes none, and nobody makes one in another agency."""
    house = scene.house
    with house.database.writing() as session:
        for by, whom in ((SUPERVISOR, WORKER), (ADMINISTRATOR, "stranger")):
            with pytest.raises(NotAssigned):
                invitations.invite(session, house.providers, scene.person(by), scene.person(whom).id)
        bare = Person(scene.agency, "no-mail", WORKER, scene.offices[0])
        people.add_person(session, house.sealer, bare, name="Without Mail", now_ms=1)
        with pytest.raises(Refused, match="e-mail"):
            invitations.invite(session, house.providers, scene.person(ADMINISTRATOR), bare.id)


def test_an_administrator_invites_on_a_page(scene: Scene, visitor: Visitor) -> None:
    """The code stands there once."""
    visitor.enter(scene, ADMINISTRATOR)
    visitor.send(f"/invitations/{scene.person(WORKER).id}")
    code = re.findall(r'code-large">([^<]+)<', visitor.page.text)[0]
    with scene.house.database.reading() as session:
        whom = invitations.whose(session, code, scene.clock.now_ms())

    assert whom == scene.person(WORKER)


def test_invitations_are_tried_slowly_from_one_address(scene: Scene) -> None:
    """By address alone: nobody uses up the share of others."""
    settings = replace(scene.house.settings, sign_in_address_rate="3 per 15 minutes")
    app = create_app(settings, scene.house.providers)
    visitor = Visitor(app).open("/welcome")
    fields = {"code": "0004-1061-050R-3GG2-8A1C-60T3-GF6", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    answers = [visitor.send("/welcome", **fields).page.status_code]
    answers += [visitor.open("/welcome").send("/welcome", **fields).page.status_code for _ in range(3)]
    app.extensions["doorstep"].close()

    assert answers == [422, 422, 422, 429]
