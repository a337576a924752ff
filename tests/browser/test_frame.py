from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .looking import complaints
from .scene import PASSWORD, Scene

Browse = Callable[..., Any]


def test_everything_is_reached_by_keyboard_alone(scene: Scene, browse: Browse) -> None:
    """Sign in, skip to the page, list the shortcuts, sign out: no mouse, and the focus is always seen."""
    page = browse(None, "/sign-in")
    page.keyboard.type(scene.seats["supervisor"].e_mail)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code**")
    page.keyboard.type(scene.seats["supervisor"].code(scene.clock))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{scene.address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("heading", name="Keyboard shortcuts").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Sign out":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")


def test_the_frame_works_without_script(browse: Browse) -> None:
    """Navigation on a narrow screen, language, colours and signing out are plain forms and links."""
    page = browse("supervisor", "/", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.locator("summary").click()
    page.get_by_role("link", name="Home").wait_for()
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", name="Inicio").wait_for()
    page.get_by_role("button", name="Oscuro").click()
    assert page.get_attribute("html", "data-theme") == "dark"
    page.get_by_role("button", name="Cerrar sesión").click()
    page.get_by_role("heading", name="Iniciar sesión").wait_for()


def test_at_twice_the_size_nothing_is_cut(browse: Browse) -> None:
    """200 % zoom is half the width in CSS pixels."""
    page = browse("supervisor", "/account", viewport={"width": 640, "height": 450}, device_scale_factor=2)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert wide == 0
    page.get_by_role("button", name="Sign out", exact=True).wait_for()


def test_a_chosen_theme_goes_before_that_of_the_machine(browse: Browse) -> None:
    """Light stays light at night."""
    page = browse("supervisor", "/", color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light", exact=True).click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="As my device").click()

    assert light != dark
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_screen_that_was_left_alone_asks_and_then_signs_out(scene: Scene, browse: Browse) -> None:
    """A minute before, a question; then the page is gone, and signing in leads back to it."""
    page = browse("supervisor", "/account")
    page.clock.install()
    page.reload()
    page.clock.run_for(14 * 60 * 1000 + 6000)
    page.get_by_role("dialog").get_by_role("heading", name="Are you still here?").wait_for()
    scene.clock.ahead_ms += 15 * 60 * 1000 + 1000
    page.clock.run_for(61 * 1000)
    page.wait_for_url("**/sign-in?next=*")

    assert "next=%2Faccount" in page.url
    assert "15 minutes" in page.get_by_role("status").first.inner_text()


def test_whoever_says_that_they_are_there_stays(scene: Scene, browse: Browse) -> None:
    """The answer counts as an act, on the server too."""
    page = browse("supervisor", "/account")
    page.clock.install()
    page.reload()
    scene.clock.ahead_ms += 14 * 60 * 1000
    page.clock.run_for(14 * 60 * 1000 + 6000)
    with page.expect_response("**/account/here") as told:
        page.get_by_role("button", name="I am still here").click()
    scene.clock.ahead_ms += 10 * 60 * 1000
    page.reload()

    assert told.value.status == 204
    page.get_by_role("heading", name="My account").wait_for()
    assert complaints(page) == []


def test_a_region_refreshes_itself_and_leaves_focus_and_scroll(scene: Scene, browse: Browse) -> None:
    """Whoever reads or works in it is not disturbed."""
    counted = {"n": 0}

    def page_of() -> str:
        counted["n"] += 1
        filler = "".join(f"<p>line {n}</p>" for n in range(80))
        return (
            '<!doctype html><html lang="en"><head><title>t</title>'
            f'<script src="/static/doorstep.js" defer></script></head><body>{filler}'
            '<section id="region" data-refresh="30" data-stale="Not up to date">'
            f'<a id="one" href="/x">now {counted["n"]}</a></section>'
            "</body></html>"
        )

    scene.app.add_url_rule("/region", "account.region", page_of)
    from server.web.permissions import ACCOUNT, allowed

    scene.app.view_functions["account.region"] = allowed(ACCOUNT)(page_of)
    page = browse("supervisor", "/account")
    page.clock.install()
    page.goto("/region")
    page.locator("#one").focus()
    before = page.evaluate("scrollY")
    with page.expect_response("**/region") as asked:
        page.clock.run_for(31_000)
    page.wait_for_function("document.getElementById('one').textContent === 'now 2'")

    assert asked.value.request.headers["x-doorstep-refresh"] == "1"
    assert before > 0
    assert page.evaluate("[document.activeElement.id, scrollY]") == ["one", before]
    page.route("**/region", lambda route: route.abort())
    page.clock.run_for(31_000)
    page.get_by_text("Not up to date").wait_for()
    page.unroute("**/region")
    page.clock.run_for(31_000)
    page.get_by_text("Not up to date").wait_for(state="detached")


def test_the_policy_for_content_has_no_exception(scene: Scene, browse: Browse) -> None:
    """A script that somebody smuggled into a page does not run, a picture from elsewhere is not fetched."""
    page = browse("supervisor", "/account")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.smuggled = true";
            document.body.append(script);
            const picture = document.createElement("img");
            picture.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
            document.body.append(picture);
        }"""
    )
    page.wait_for_timeout(100)

    assert page.evaluate("window.smuggled") is None
    assert len([said for said in complaints(page) if "Content Security Policy" in said]) >= 2
