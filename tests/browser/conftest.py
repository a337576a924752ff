"""
The system's Chromium against the real server, on loopback.

`scene` is a served agency of a test's own; `browse` opens a page as somebody who is signed in; `look` holds a page
against what every page owes: no violation of accessibility in light and dark, English and Spanish, narrow and
wide, no message on the console, nothing that the policy for content stopped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Final

import pytest

from .looking import Looker
from .scene import Scene, build, served
from .tablets import Tablets

IN_CI = os.environ.get("CI", "").lower() == "true"
ARGUMENTS: Final = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
WIDE: Final = {"width": 1280, "height": 900}
ADVICE: Final = "apt-get install --no-install-recommends chromium fonts-dejavu-core"

Browse = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def whole_pages() -> Iterator[None]:
    """
    What a click or a key opens is there whole before the test goes on.

    Playwright waits until the browser has begun with the new page, not until it has read it: what a test then
    reads at once, without waiting for it, is a page half there on a machine that is busy.
    """
    from playwright.sync_api import Locator, Page

    with pytest.MonkeyPatch.context() as patch:
        for kind, names in ((Locator, ("click", "press")), (Page, ("click", "goto", "reload"))):
            for name in names:
                patch.setattr(kind, name, _then_loaded(getattr(kind, name)))
        yield


def _then_loaded(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acting(target: Any, *positional: Any, **named: Any) -> Any:
        answer = act(target, *positional, **named)
        page = target if not hasattr(target, "page") else target.page
        page.wait_for_load_state()
        return answer

    return acting


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium; without it a build fails and a desk skips."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if IN_CI:
            pytest.fail(f"there is no browser; to have one: {ADVICE}")
        pytest.skip(f"there is no browser; to run it: {ADVICE}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the agency, built once."""
    folder = tmp_path_factory.mktemp("scene") / "template"
    build(folder)
    return folder


@pytest.fixture
def scene(template: Path, tmp_path: Path) -> Iterator[Scene]:
    """A served copy."""
    with served(template, tmp_path / "scene") as made:
        yield made


@pytest.fixture
def browse(browser: Any, scene: Scene) -> Iterator[Browse]:
    """
    Open an address as somebody: `browse("supervisor", "/clients")`; as nobody where no role is told.

    Further words go to the browser's context, as `java_script_enabled=False`.
    """
    contexts: list[Any] = []

    def open_(role: str | None = None, address: str = "/", **options: Any) -> Any:
        context = browser.new_context(
            **{
                "viewport": WIDE,
                "locale": "en-US",
                "reduced_motion": "reduce",
                "base_url": scene.address,
                **options,
            }
        )
        contexts.append(context)
        if role is not None:
            context.add_cookies(scene.cookies(role))
        page = context.new_page()
        Looker.listen(page)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        with suppress(Exception):
            context.close()


@pytest.fixture
def look() -> Looker:
    """Holds a page against what every page owes."""
    return Looker()


@pytest.fixture
def tablets(scene: Scene, tmp_path: Path) -> Iterator[Tablets]:
    """Real tablets of the scene's workers: `tablets.of("worker")`."""
    carried = Tablets(scene, tmp_path)
    yield carried
    carried.close()
