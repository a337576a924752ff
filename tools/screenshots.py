"""
Screenshots: each page of the web from the demo's data, as pictures for the documentation.

    python tools/screenshots.py            # all, into docs/images/
    python tools/screenshots.py home risk  # those whose names begin so

A page registers itself in `PAGES`: a name, who looks, the address, and what to open from there. An address may hold
`{client}`, the story's client. The demo is played and its waiting work left, by the real server and two real tablets.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 390, "height": 800}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    role: str | None
    """`supervisor` or `administrator`; nobody, before signing in."""

    address: str
    open: str = ""
    """A selector of the link that leads on from there: the first entry of a list."""

    dark: bool = False
    narrow: bool = False
    language: str = "en"
    whole: bool = True
    """Whether the picture is as long as the page."""


PAGES = (
    Shot("sign-in", None, "/sign-in"),
    Shot("welcome", None, "/welcome"),
    Shot("home", "supervisor", "/"),
    Shot("home-dark", "supervisor", "/", dark=True),
    Shot("home-narrow-es", "supervisor", "/", narrow=True, language="es"),
    Shot("home-administrator", "administrator", "/"),
    Shot("review", "supervisor", "/review"),
    Shot("review-note", "supervisor", "/review", open="tbody a"),
    Shot("conflicts", "supervisor", "/conflicts"),
    Shot("conflict", "supervisor", "/conflicts", open="tbody a"),
    Shot("late", "supervisor", "/late"),
    Shot("late-work", "supervisor", "/late", open="tbody a"),
    Shot("risk", "supervisor", "/risk"),
    Shot("risk-flag", "supervisor", "/risk", open="tbody a"),
    Shot("client", "supervisor", "/clients/{client}"),
    Shot("client-scores", "supervisor", "/clients/{client}/scores"),
    Shot("client-access", "supervisor", "/clients/{client}/access"),
    Shot("client-copy", "supervisor", "/clients/{client}/copy"),
    Shot("intake", "supervisor", "/intake"),
    Shot("register-client", "supervisor", "/intake/new"),
    Shot("schedule", "supervisor", "/schedule"),
    Shot("plan-visit", "supervisor", "/schedule", open="tbody a[href$=visit]"),
    Shot("caseload", "supervisor", "/caseload"),
    Shot("caseload-worker", "supervisor", "/caseload", open="tbody a"),
    Shot("forgotten", "supervisor", "/caseload/forgotten"),
    Shot("register", "supervisor", "/register"),
    Shot("lost-tablet", "supervisor", "/register", open="tbody a"),
    Shot("devices", "supervisor", "/devices"),
    Shot("staff", "administrator", "/staff"),
    Shot("duty", "supervisor", "/duty"),
    Shot("instruments", "supervisor", "/instruments"),
    Shot("settings", "administrator", "/settings"),
    Shot("audit", "administrator", "/audit"),
    Shot("account", "supervisor", "/account"),
    Shot("authenticator", "supervisor", "/account/authenticator"),
    Shot("passkeys", "supervisor", "/account/passkeys"),
)


def main(beginnings: list[str]) -> int:
    """Take the pictures whose names begin with one of these; all, where none is told."""
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from doorstep_cli.demo import agency as agencies
    from doorstep_cli.demo import play, stage, waiting

    path = shutil.which("chromium")
    if path is None:
        print("there is no browser: apt-get install --no-install-recommends chromium fonts-dejavu-core")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in PAGES if not beginnings or shot.name.startswith(tuple(beginnings))]
    with (
        TemporaryDirectory() as folder,
        stage.set_up(Path(folder) / "demo", 0, print, lambda done, all_: None) as staged,
        sync_playwright() as driver,
    ):
        play.play(staged, "ana", print)
        waiting.leave(staged)
        people = {person.role: person for person in agencies.sign_ins(staged.house, staged.agency)}
        address = staged.server.address.replace("127.0.0.1", "localhost")
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        cookies: dict[str | None, list[Any]] = {None: []}
        for role in sorted({shot.role for shot in wanted if shot.role is not None}):
            cookies[role] = sign_in(browser, address, people[role])
        for shot in wanted:
            take(browser, address, cookies[shot.role], shot, {"client": staged.agency.clients[0]})
            print(f"docs/images/{shot.name}.png")
        browser.close()
    return 0


def sign_in(browser: Any, address: str, person: Any) -> list[Any]:
    """The cookies of somebody who has signed in by hand."""
    import pyotp

    context = browser.new_context(base_url=address, locale="en-US")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(person.e_mail)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(pyotp.TOTP(person.key).now())
    page.get_by_role("button", name="Sign in").click()
    page.goto("/account")  # takes the greeting away, which would stand on a picture
    found: list[Any] = context.cookies()
    context.close()
    return found


def take(browser: Any, address: str, cookies: list[Any], shot: Shot, parts: Mapping[str, str]) -> None:
    """Open the page as somebody, and keep what it looks like."""
    context = browser.new_context(
        viewport=NARROW if shot.narrow else WIDE,
        base_url=address,
        locale="en-US",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    context.add_cookies([*cookies, {"name": "language", "value": shot.language, "url": address}])
    page = context.new_page()
    page.goto(shot.address.format(**parts))
    if shot.open:
        page.locator(shot.open).first.click()
        page.wait_for_load_state()
    page.screenshot(path=IMAGES / f"{shot.name}.png", full_page=shot.whole)
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
