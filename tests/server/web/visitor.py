"""Somebody at a browser without script: opens pages, fills the form that stands there, follows where it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browser.scene import PASSWORD, STEP_S, Scene

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Visitor:
    """One browser."""

    app: Flask
    client: FlaskClient = field(init=False)
    page: TestResponse = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.environ_base |= {"HTTP_ACCEPT": "text/html", "HTTP_USER_AGENT": FIREFOX}

    @property
    def text(self) -> str:
        """What stands on the page, without marks."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page.text)).split())

    @property
    def place(self) -> str:
        """Where the page is."""
        return self.page.request.full_path.rstrip("?")

    def open(self, address: str, **options: object) -> Visitor:
        """Open an address, and follow where it leads."""
        self.page = self.client.get(address, follow_redirects=True, **options)  # type: ignore[arg-type]  # as the client takes them
        return self

    def send(self, address: str, **fields: str) -> Visitor:
        """Send a form with the token of the page that is open, and follow."""
        token = self.page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields["csrf_token"] = token
        headers = {"Referer": "http://localhost" + self.place}
        self.page = self.client.post(address, data=fields, headers=headers, follow_redirects=True)
        return self

    def enter(self, scene: Scene, role: str, next_: str = "") -> Visitor:
        """Sign in with both factors."""
        seat = scene.seats[role]
        self.open("/sign-in" + (f"?next={next_}" if next_ else ""))
        self.send("/sign-in" + (f"?next={next_}" if next_ else ""), email=seat.e_mail, password=PASSWORD)
        return self.send(self.place, code=seat.code(scene.clock))

    @property
    def signed_in(self) -> bool:
        """Whether pages of an account open."""
        return self.client.get("/account").status_code == 200


def code_of(key: str, scene: Scene, steps: int = 0) -> str:
    """The code of a secret now, or so many half minutes later."""
    return pyotp.TOTP(key).at(scene.clock.now_ms() // 1000 + steps * STEP_S)
