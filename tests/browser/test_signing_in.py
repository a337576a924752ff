from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .looking import Looker
from .scene import PASSWORD, Scene

Browse = Callable[..., Any]


def enter(page: Any, scene: Scene, role: str) -> None:
    """Sign in by hand, with both factors."""
    seat = scene.seats[role]
    page.get_by_label("E-mail address").fill(seat.e_mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(seat.code(scene.clock))
    page.get_by_role("button", name="Sign in").click()


def test_a_supervisor_signs_in_with_password_and_code(scene: Scene, browse: Browse) -> None:
    """And comes to the page that was asked for."""
    page = browse(None, "/account")
    enter(page, scene, "supervisor")

    assert page.url == f"{scene.address}/account"
    assert page.get_by_role("heading", name="My account").is_visible()


def test_the_pages_of_signing_in_are_for_everybody(browse: Browse, look: Looker) -> None:
    """In both languages, light and dark, narrow and wide."""
    look(browse(None, "/sign-in"))
    look(browse(None, "/welcome"))


def test_home_and_account_are_for_everybody(browse: Browse, look: Looker) -> None:
    """The frame, whole."""
    page = browse("supervisor", "/")
    look(page)
    page.goto("/account")
    look(page)
