from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.services.access import invitations
from server.services.access.people import ADMINISTRATOR, WORKER

from .looking import Looker, complaints
from .scene import PASSWORD, Scene

Browse = Callable[..., Any]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def enter(page: Any, scene: Scene, role: str) -> None:
    """Sign in by hand, with both factors."""
    seat = scene.seats[role]
    page.get_by_label("E-mail address").fill(seat.e_mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(seat.code(scene.clock))
    page.get_by_role("button", name="Sign in").click()


def test_a_supervisor_signs_in_with_password_and_code(scene: Scene, browse: Browse, look: Looker) -> None:
    """And comes to the page that was asked for."""
    page = browse(None, "/account")
    enter(page, scene, "supervisor")

    # A click answers as soon as it is made; the page comes when the server has looked at the code.
    page.wait_for_url(f"{scene.address}/account")
    page.get_by_role("heading", name="My account").wait_for()
    assert complaints(page) == []


def test_whoever_mistypes_is_told_where_and_how(scene: Scene, browse: Browse, look: Looker) -> None:
    """Read out at once, tied to the field, and accessible like every page."""
    page = browse(None, "/sign-in")
    page.get_by_label("E-mail address").fill(scene.seats["supervisor"].e_mail)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Go on").click()

    assert "not right" in page.get_by_role("alert").first.inner_text()
    assert page.get_by_label("E-mail address").input_value() == scene.seats["supervisor"].e_mail
    look(page, again=False)


def test_the_pages_of_signing_in_are_for_everybody(scene: Scene, browse: Browse, look: Looker) -> None:
    """In both languages, light and dark, narrow and wide."""
    look(browse(None, "/sign-in"))
    look(browse(None, "/welcome"))
    page = browse(None, "/sign-in")
    page.get_by_label("E-mail address").fill(scene.seats["supervisor"].e_mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    look(page)
    page.get_by_role("link", name="Use a recovery code").click()
    look(page)


def test_the_pages_of_an_account_are_for_everybody(browse: Browse, look: Looker) -> None:
    """Each that changes how somebody signs in."""
    page = browse("supervisor", "/")
    for address in ("/", "/account", "/account/password", "/account/authenticator", "/account/passkeys"):
        page.goto(address)
        look(page)
    page.goto("/account/recovery-codes")
    look(page)
    page.get_by_role("button", name="Make ten codes").click()
    assert page.locator("#codes li").count() == 10
    look(page, again=False)


def test_what_is_not_there_or_not_open_is_said_on_a_page(browse: Browse, look: Looker) -> None:
    """In words, with a way on."""
    page = browse("worker", "/")
    for address, said in (("/nowhere", "There is no such page"), ("/invitations/x", "could not be read")):
        page.goto(address)
        assert page.get_by_role("heading", name=said).is_visible()
        # The browser itself notes each 404 on its console, which is no complaint about the page.
        complaints(page).clear()
    page.get_by_role("link", name="To the first page").wait_for()


def test_the_first_sign_in_is_one_way_without_script(scene: Scene, browse: Browse, look: Looker) -> None:
    """Invitation, password, picture for the app, code: each is a plain form."""
    with scene.house.database.writing() as session:
        code = invitations.invite(
            session, scene.house.providers, scene.person(ADMINISTRATOR), scene.person(WORKER).id
        ).code
    page = browse(None, "/welcome", java_script_enabled=False)
    page.get_by_label("Invitation code").fill(code)
    page.get_by_label("New password", exact=True).fill("copper window thursday marmot")
    page.get_by_label("New password once more").fill("copper window thursday marmot")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Go on").click()
    picture = page.get_by_role("img", name="QR code")
    assert picture.bounding_box()["width"] > 150
    page.get_by_text("The camera does not work").click()
    seat = scene.seats[WORKER]
    seat.totp, seat.used = page.locator("code.key").inner_text().replace("-", ""), 0
    page.get_by_label("Code").fill(seat.code(scene.clock))
    page.get_by_role("button", name="Finish").click()

    page.get_by_role("heading", name="Home").wait_for()
    page.goto("/account")
    assert "no recovery codes" in page.locator(".note-warning").inner_text()


def test_a_passkey_signs_in_alone(scene: Scene, browse: Browse) -> None:
    """Added on the account's page, then used instead of password and code."""
    page = browse("supervisor", "/account/passkeys")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.get_by_label("Name by which you know it").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{scene.address}/")

    page.get_by_role("heading", name="Home").wait_for()
    page.goto("/account/passkeys")
    page.get_by_text("Laptop").first.wait_for()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("The passkey Laptop is removed.").wait_for()
    assert complaints(page) == []


def test_a_passkey_follows_a_password_instead_of_a_code(scene: Scene, browse: Browse) -> None:
    """The choice of factors is asked for where there are two."""
    page = browse("supervisor", "/account/passkeys")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.get_by_label("Name by which you know it").fill("Key ring")
    page.get_by_label("After my password, instead of a code").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("E-mail address").fill(scene.seats["supervisor"].e_mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Passkey").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{scene.address}/")

    page.get_by_role("heading", name="Home").wait_for()
