"""
Crawling: every page that somebody comes to by the links of their own pages, and every form that stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

from .scene import Scene

EACH_MAX: Final = 2
"""Pages of one route that are opened: the next rows of a list show nothing new."""

TYPED: Final = {
    "date": "2030-01-02",
    "datetime-local": "2030-01-02T10:00",
    "email": "nobody@harlow.example",
    "number": "1",
    "time": "10:00",
}
"""What somebody types into an empty field of a kind; a word, where the kind is none of these."""

WORD: Final = "word"


@dataclass
class Form:
    """A form as it stands on a page."""

    page: str
    action: str
    post: bool
    fields: dict[str, str] = field(default_factory=dict)
    """{name: what the page has filled in, else what somebody would type or choose}."""


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.select = ""
        self.decided: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a" and said.get("href"):
            self.links.append(urljoin(self.page, said["href"] or ""))
        elif tag == "form":
            action = urljoin(self.page, said.get("action") or self.page)
            self.forms.append(Form(self.page, action, said.get("method", "get") == "post"))
        elif tag == "option":
            self._choose(said)
        elif tag in ("input", "select", "textarea", "button") and said.get("name") and self.forms:
            self.select = said["name"] or ""
            kind = said.get("type") or ""
            typed = "" if tag == "select" or kind in ("hidden", "file") else TYPED.get(kind, WORD)
            self.forms[-1].fields.setdefault(self.select, said.get("value") or typed)

    def _choose(self, said: dict[str, str | None]) -> None:
        """Of a list what is chosen already, else the last entry that is one."""
        chosen = self.forms[-1].fields if self.forms else {}
        if said.get("value") and ("selected" in said or self.select not in self.decided):
            chosen[self.select] = said["value"] or ""
        if "selected" in said and said.get("value"):
            self.decided.add(self.select)


@dataclass(frozen=True)
class Page:
    """One page that was opened."""

    address: str
    endpoint: str
    text: str
    forms: list[Form]


def crawl(scene: Scene, client: FlaskClient, start: str = "/") -> Iterator[Page]:
    """Open what the links lead to, breadth first; some pages of each route."""
    waiting, seen = [start], {start}
    opened: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        endpoint, _ = scene.app.url_map.bind("localhost").match(urlsplit(address).path)
        if opened[endpoint] == EACH_MAX:
            continue
        opened[endpoint] += 1
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        if answer.mimetype != "text/html":
            continue
        reader = _Reader(address)
        reader.feed(answer.text)
        yield Page(address, endpoint, answer.text, reader.forms)
        for link in reader.links:
            path = link.partition("#")[0]
            if path.startswith("/") and path not in seen and not path.startswith("/static"):
                seen.add(path)
                waiting.append(path)
