"""The people's web without a browser: an agency, its people signed in, over SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.browser.scene import Scene, build, opened

from .visitor import Visitor

ASKED = {"Accept": "text/html"}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the agency, built once."""
    folder = tmp_path_factory.mktemp("people") / "template"
    build(folder)
    return folder


@pytest.fixture
def scene(template: Path, tmp_path: Path) -> Iterator[Scene]:
    """A copy of it, opened and not served."""
    with opened(template, tmp_path / "scene") as made:
        yield made


@pytest.fixture
def as_(scene: Scene) -> Callable[[str], FlaskClient]:
    """`as_("supervisor")` is a client with that person's session."""

    def signed_in(role: str) -> FlaskClient:
        client = scene.app.test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        for cookie in scene.cookies(role):
            client.set_cookie(cookie["name"], cookie["value"])
        return client

    return signed_in


@pytest.fixture
def visitor(scene: Scene) -> Visitor:
    """A browser that nobody has used."""
    return Visitor(scene.app)
