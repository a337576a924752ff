"""
Screenshots: each page of the web from invented data, as pictures for the documentation.

    python tools/screenshots.py            # all, into docs/images/
    python tools/screenshots.py home risk  # those whose names begin so

A page registers itself in `PAGES`: a name, who looks, the address, and what else. An address may hold `{client}`,
which is the scene's first client. The scene is that of the browser tests (`tests/browser/scene.py`), with what
`tests/browser/story.py` adds where there is one.
"""

from __future__ import annotations

import shutil
import sys
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
    address: str
    dark: bool = False
    narrow: bool = False
    language: str = "en"
    whole: bool = True
    """Whether the picture is as long as the page."""


PAGES = (
    Shot("sign-in", None, "/sign-in"),
    Shot("home", "supervisor", "/"),
    Shot("home-dark", "supervisor", "/", dark=True),
    Shot("home-narrow-es", "supervisor", "/", narrow=True, language="es"),
    Shot("account", "supervisor", "/account"),
)


def main(beginnings: list[str]) -> int:
    """Take the pictures whose names begin with one of these; all, where none is told."""
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from tests.browser.scene import build, served

    path = shutil.which("chromium")
    if path is None:
        print("there is no browser: apt-get install --no-install-recommends chromium fonts-dejavu-core")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in PAGES if not beginnings or shot.name.startswith(tuple(beginnings))]
    with TemporaryDirectory() as folder, sync_playwright() as play:
        build(Path(folder) / "template")
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        with served(Path(folder) / "template", Path(folder) / "scene") as scene:
            for shot in wanted:
                take(browser, scene, shot)
                print(f"docs/images/{shot.name}.png")
        browser.close()
    return 0


def take(browser: Any, scene: Any, shot: Shot) -> None:
    """Open the page as somebody, and keep what it looks like."""
    context = browser.new_context(
        viewport=NARROW if shot.narrow else WIDE,
        base_url=scene.address,
        locale="en-US",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    cookies = [{"name": "language", "value": shot.language, "url": scene.address}]
    if shot.role is not None:
        cookies += scene.cookies(shot.role)
    context.add_cookies(cookies)
    page = context.new_page()
    if shot.role is not None:
        page.goto("/account")  # takes the greeting away, which would stand on every picture
    page.goto(shot.address.format(client=scene.clients[0]))
    page.screenshot(path=IMAGES / f"{shot.name}.png", full_page=shot.whole)
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
