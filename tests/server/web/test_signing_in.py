from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from server.app import create_app
from server.db import table_of
from server.services.access import invitations, web_sessions
from server.services.access.people import ADMINISTRATOR, SUPERVISOR, WORKER
from server.tables.person import PersonRow
from tests.browser.scene import PASSWORD, Scene

from .visitor import Visitor, code_of

DAY_MS = 24 * 60 * 60 * 1000
NEW_PASSWORD = "copper window thursday marmot"


def invited(scene: Scene, role: str) -> str:
    """A fresh invitation."""
    with scene.house.database.writing() as session:
        return invitations.invite(
            session,
            scene.house.providers,
            scene.person(ADMINISTRATOR),
            scene.person(role).id,
        ).code


def test_a_password_without_a_second_factor_opens_nothing(scene: Scene, visitor: Visitor) -> None:
    """Whoever learns it before its owner goes on cannot set up a second factor in the owner's place."""
    visitor.open("/welcome").send(
        "/welcome", code=invited(scene, WORKER), password=NEW_PASSWORD, again=NEW_PASSWORD
    )
    thief = Visitor(scene.app).open("/sign-in")
    thief.send("/sign-in", email=scene.seats[WORKER].e_mail, password=NEW_PASSWORD)
    thief.open("/account/authenticator").send("/account/authenticator", setup="authenticator")

    assert (
        "no second factor"
        in Visitor(scene.app)
        .open("/sign-in")
        .send("/sign-in", email=scene.seats[WORKER].e_mail, password=NEW_PASSWORD)
        .text
    )
    assert thief.place == "/sign-in"
    assert not thief.signed_in


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "at least 10"), ("password1234", "easy to guess"), ("Doorstep2026!", "easy")],
)
def test_a_password_that_is_guessed_is_not_taken(
    scene: Scene, visitor: Visitor, password: str, said: str
) -> None:
    """Length and guesses count, not kinds of signs."""
    visitor.open("/welcome").send("/welcome", code=invited(scene, WORKER), password=password, again=password)

    assert visitor.page.status_code == 422
    assert said in visitor.text


def test_wrong_password_and_unknown_address_are_answered_alike(scene: Scene, visitor: Visitor) -> None:
    """Nobody learns who works here."""
    known = visitor.open("/sign-in").send(
        "/sign-in", email=scene.seats[SUPERVISOR].e_mail, password="wrong wrong"
    )
    first = known.text.replace(scene.seats[SUPERVISOR].e_mail, "")
    second = (
        visitor.open("/sign-in").send("/sign-in", email="nobody@harlow.example", password="wrong wrong").text
    )

    assert "not right" in first
    assert first == second.replace("nobody@harlow.example", "")


def test_a_code_of_the_authenticator_opens_once(scene: Scene, visitor: Visitor) -> None:
    """Whoever looks over a shoulder has nothing."""
    seat = scene.seats[SUPERVISOR]
    visitor.enter(scene, SUPERVISOR)
    used = code_of(seat.totp, scene, 0)
    other = Visitor(scene.app).open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD)
    other.send(other.place, code=used)

    assert visitor.signed_in
    assert not other.signed_in
    assert "used already" in other.text


def test_a_recovery_code_opens_once_instead_of_the_phone(scene: Scene, visitor: Visitor) -> None:
    """For the day when the phone is lost, and not for the day after."""
    seat = scene.seats[SUPERVISOR]
    visitor.enter(scene, SUPERVISOR)
    visitor.open("/account/recovery-codes").send("/account/recovery-codes", generate_new_codes="1")
    code = re.findall(r"<code>([0-9a-f-]{19})</code>", visitor.page.text)[0]
    opened = []
    for _ in range(2):
        other = Visitor(scene.app).open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD)
        other.open("/sign-in/recovery-code").send("/sign-in/recovery-code", code=code)
        opened.append(other.signed_in)

    assert opened == [True, False]
    assert "9 left" in visitor.open("/account").text


def test_whoever_signs_in_comes_to_the_page_that_was_asked_for(scene: Scene, visitor: Visitor) -> None:
    """And never to another site."""
    assert visitor.enter(scene, SUPERVISOR, "/account").place == "/account"
    stray = Visitor(scene.app).enter(scene, "worker", "https://elsewhere.example/")

    assert stray.page.request.host == "localhost"
    assert not stray.signed_in


def test_a_session_without_an_act_is_locked_and_comes_back_to_its_page(
    scene: Scene, visitor: Visitor
) -> None:
    """A screen that was left alone shows nobody."""
    visitor.enter(scene, SUPERVISOR)
    scene.clock.ahead_ms += web_sessions.IDLE_MS + 1000
    visitor.open("/account?tab=1")

    assert visitor.place == "/sign-in?next=%2Faccount%3Ftab%3D1"
    assert "15 minutes without an act" in visitor.text


def test_acts_keep_a_session_and_refreshing_by_itself_does_not(scene: Scene, visitor: Visitor) -> None:
    """An open page that nobody looks at must not keep a session alive for ever."""
    visitor.enter(scene, SUPERVISOR)
    for _ in range(3):
        scene.clock.ahead_ms += 10 * 60 * 1000
        assert visitor.signed_in
    for _ in range(2):
        scene.clock.ahead_ms += 10 * 60 * 1000
        answer = visitor.client.get("/", headers={"X-Doorstep-Refresh": "1"})

    assert answer.status_code == 401
    assert not visitor.signed_in


def test_whoever_sends_a_form_too_late_is_told_that_it_was_not_saved(scene: Scene, visitor: Visitor) -> None:
    """Silence would be taken for success."""
    visitor.enter(scene, SUPERVISOR).open("/account")
    scene.clock.ahead_ms += web_sessions.IDLE_MS + 1000
    visitor.send("/account/sessions/end")

    assert visitor.place == "/sign-in?next=%2Faccount"
    assert "was not saved" in visitor.text


def test_sessions_elsewhere_can_be_ended(scene: Scene, visitor: Visitor) -> None:
    """A browser that was forgotten at another desk."""
    visitor.enter(scene, SUPERVISOR)
    other = Visitor(scene.app).enter(scene, SUPERVISOR)
    visitor.open("/account").send("/account/sessions/end")

    assert "Firefox on Linux" in visitor.text
    assert visitor.signed_in
    assert not other.signed_in


def test_another_password_ends_all_other_sessions(scene: Scene, visitor: Visitor) -> None:
    """Whoever changes it fears that somebody knows it."""
    other = Visitor(scene.app).enter(scene, SUPERVISOR)
    visitor.enter(scene, SUPERVISOR).open("/account/password")
    visitor.send(
        "/account/password", password=PASSWORD, new_password=NEW_PASSWORD, new_password_confirm=NEW_PASSWORD
    )

    assert "Your password is changed" in visitor.text
    assert visitor.signed_in
    assert not other.signed_in


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_whoever_left_or_waits_is_out_at_once(scene: Scene, visitor: Visitor, state: str) -> None:
    """Open sessions too."""
    visitor.enter(scene, SUPERVISOR)
    person = table_of(PersonRow)
    with scene.house.database.writing() as session:
        session.execute(update(person).where(person.c.id == scene.person(SUPERVISOR).id).values(state=state))
    other = Visitor(scene.app).open("/sign-in")
    other.send("/sign-in", email=scene.seats[SUPERVISOR].e_mail, password=PASSWORD)

    assert not visitor.signed_in
    assert other.place == "/sign-in"
    assert "waits for an administrator" in other.text


def test_signing_out_ends_the_session_and_not_only_the_cookie(scene: Scene, visitor: Visitor) -> None:
    """A cookie that somebody copied opens nothing afterwards."""
    visitor.enter(scene, SUPERVISOR)
    copied = visitor.client.get_cookie("doorstep")
    assert copied is not None
    visitor.open("/account").send("/sign-out")
    thief = Visitor(scene.app)
    thief.client.set_cookie("doorstep", copied.value)

    assert not visitor.signed_in
    assert not thief.signed_in


def test_guessing_is_slow_and_locks_nobody_else_out(scene: Scene, visitor: Visitor) -> None:
    """Strangers use up their own share; the owner's browser, known from before, still gets in."""
    seat = scene.seats[SUPERVISOR]
    visitor.enter(scene, SUPERVISOR).open("/account").send("/sign-out")
    guesser = Visitor(scene.app).open("/sign-in")
    for _ in range(10):
        guesser.send("/sign-in", email=seat.e_mail, password="wrong wrong")
    guesser.open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD)

    assert guesser.page.status_code == 429
    assert "Too many attempts" in guesser.text
    assert visitor.enter(scene, SUPERVISOR).signed_in


def test_codes_are_guessed_slowly_too(scene: Scene, visitor: Visitor) -> None:
    """Whoever has the password has ten codes of a million."""
    seat = scene.seats[SUPERVISOR]
    visitor.open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD)
    for _ in range(11):
        visitor.send("/sign-in/code", code="000000")

    assert visitor.page.status_code == 429


def test_a_form_without_its_token_is_not_done(scene: Scene, visitor: Visitor) -> None:
    """Another site cannot send forms in somebody's name."""
    visitor.enter(scene, SUPERVISOR)
    answer = visitor.client.post("/account/sessions/end")

    assert answer.status_code == 400
    assert "too old" in answer.text


def test_no_address_and_no_secret_lies_in_the_database(scene: Scene, visitor: Visitor) -> None:
    """A dump tells nobody's address, and opens nothing."""
    seat = scene.seats[SUPERVISOR]
    visitor.enter(scene, SUPERVISOR)
    visitor.open("/account/recovery-codes").send("/account/recovery-codes", generate_new_codes="1")
    code = re.findall(r"<code>([0-9a-f-]{19})</code>", visitor.page.text)[0]
    home = scene.house.settings.home
    dump = b"".join(path.read_bytes() for path in sorted(home.glob("doorstep.sqlite*")))

    for secret in (seat.e_mail, "miriam@", PASSWORD, seat.totp, code, "Miriam Stein"):
        assert secret.encode() not in dump, secret


def test_cookies_are_for_this_site_alone_over_tls_unless_a_demo_says_otherwise(scene: Scene) -> None:
    """By default none leaves the machine in clear, none is read by script."""
    settings = replace(scene.house.settings, plain_http=False)
    app = create_app(settings, scene.house.providers)
    answer = app.test_client().get("/sign-in", headers={"Accept": "text/html"}, base_url="https://localhost")
    app.extensions["doorstep"].close()
    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("__Host-doorstep=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_language_and_colors_are_kept_and_lead_nowhere_else(scene: Scene, visitor: Visitor) -> None:
    """Signed in or not, and with the account."""
    visitor.open("/sign-in").send("/look", language="es", theme="dark", back="//elsewhere.example/")
    assert visitor.page.request.host == "localhost"
    assert '<html lang="es" data-theme="dark">' in visitor.page.text
    visitor.enter(scene, SUPERVISOR).send("/look", language="es", theme="dark", back="/account")
    elsewhere = Visitor(scene.app).enter(scene, SUPERVISOR).open("/account")

    assert '<html lang="es" data-theme="dark">' in elsewhere.page.text


def test_the_second_factor_follows_the_password_soon(scene: Scene, visitor: Visitor) -> None:
    """Whoever typed the password and went away has opened nothing."""
    seat = scene.seats[SUPERVISOR]
    visitor.open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD)
    scene.clock.ahead_ms += 10 * 60 * 1000 + 1000
    visitor.send("/sign-in/code", code=seat.code(scene.clock))

    assert visitor.place.startswith("/sign-in")
    assert not visitor.signed_in


def test_nobody_is_remembered_beyond_a_session(scene: Scene, visitor: Visitor) -> None:
    """Whatever the form says: the cookie of a session that is gone opens nothing."""
    seat = scene.seats[SUPERVISOR]
    visitor.open("/sign-in").send("/sign-in", email=seat.e_mail, password=PASSWORD, remember="y")
    visitor.send(visitor.place, code=seat.code(scene.clock))
    assert visitor.signed_in
    visitor.client.delete_cookie("doorstep")

    assert not visitor.signed_in


def test_a_session_ends_after_the_longest_shift(scene: Scene, visitor: Visitor) -> None:
    """However busy it was."""
    visitor.enter(scene, SUPERVISOR)
    for _ in range(12 * 6 - 1):
        scene.clock.ahead_ms += 10 * 60 * 1000
        assert visitor.signed_in
    scene.clock.ahead_ms += 12 * 60 * 1000

    assert not visitor.signed_in


def test_a_code_that_set_the_app_up_does_not_sign_in_as_well(scene: Scene, visitor: Visitor) -> None:
    """It was seen by whoever stood by."""
    visitor.open("/welcome").send(
        "/welcome", code=invited(scene, WORKER), password=NEW_PASSWORD, again=NEW_PASSWORD
    )
    visitor.send("/account/authenticator", setup="authenticator")
    key = re.sub(r"\W", "", re.findall(r'class="key">([^<]+)<', visitor.page.text)[0])
    code = code_of(key, scene)
    visitor.send("/sign-in/code", code=code)
    other = Visitor(scene.app).open("/sign-in")
    other.send("/sign-in", email=scene.seats[WORKER].e_mail, password=NEW_PASSWORD).send(
        other.place, code=code
    )

    assert visitor.signed_in
    assert not other.signed_in


def test_rescue_sends_no_mail_and_leads_to_the_recovery_codes(scene: Scene, visitor: Visitor) -> None:
    """The library's own page would write to somebody."""
    visitor.open("/sign-in").send("/sign-in", email=scene.seats[SUPERVISOR].e_mail, password=PASSWORD)

    assert visitor.open("/sign-in/rescue").place == "/sign-in/recovery-code"
