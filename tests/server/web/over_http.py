"""A visitor over a real connection: opens pages and sends the forms that stand there."""

from __future__ import annotations

import requests

TIMEOUT_S = 30


class Wire:
    """One browser without script, by HTTP."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.headers["Accept"] = "text/html"
        self._text = ""
        self.place = ""

    def open(self, path: str) -> str:
        """Open a page, and follow where it leads."""
        return self._keep(self._session.get(self._address + path, timeout=TIMEOUT_S))

    def send(self, path: str, **fields: str) -> str:
        """Send a form with the token of the page that is open, and follow."""
        fields["csrf_token"] = self._text.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self._keep(self._session.post(self._address + path, data=fields, timeout=TIMEOUT_S))

    def _keep(self, answer: requests.Response) -> str:
        self._text, self.place = answer.text, answer.url.removeprefix(self._address)
        return self._text
