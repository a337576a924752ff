"""The web's forms, filled in by somebody who means harm: no defect, no effect, nothing without the page's token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.db import Base, table_of
from server.services.access.people import ADMINISTRATOR, AUDITOR, WORKER
from server.tables.person import PersonRow
from server.tables.subject import SubjectRow
from server.web import permissions
from server.web.headers import LOOK, MACHINES
from tests.browser.crawling import Form, crawl
from tests.browser.filling import more
from tests.browser.scene import Scene, build, opened
from tests.faults import postgresql as servers

SECOND: Final = "other supervisor"
"""Leads the office too, and has said nothing of what waits there: whoever wrote it may not decide on it."""

NOBODY: Final = "nobody"
"""Fills in the forms of signing in: to whoever is signed in they are a way out."""

ROLES: Final = (SECOND, ADMINISTRATOR, AUDITOR, WORKER)

JUNK: Final = (
    b"",
    b"\0",
    b"\xed\xa0\x80\xff",
    "\u202e\U0001f4a5\r\nSet-Cookie: a=b".encode(),
    b"-1e999",
    b"9" * 400,
    b"9999-12-31T23:59",
    b"9999-12-31",
    b"0001-01-01",
    b'{"a":[',
    b"A" * 20_000,
)

PASSING: Final = frozenset({"web_session", "read", "nonce"})
"""Tables in which being here and reading is noted."""

PRESSED: Final = frozenset(
    f"POST {endpoint}"
    for endpoint in (
        "security.logout",
        "account.end_others",
        "security.mf_recovery_codes",
        "invitations.invite",
        "devices.put",
        "staff.open_office",
    )
)
"""Forms whose button is the act, wherever they stand, or that have a name only to fill in, which any word is."""

_person = table_of(PersonRow)
_subject = table_of(SubjectRow)

PARTS: Final = {"type_": "client", "unit": "date_of_birth", "act": "revoke", "kind": "self_harm"}


@dataclass
class Town:
    """A scene in which something waits in every list, and browsers of its people."""

    scene: Scene
    browsers: dict[str, FlaskClient]
    tokens: dict[str, str]

    def send(self, role: str, form: Form, fields: dict[str, bytes], *, token: bool = True) -> int:
        """Fill a form in, whatever it says, and send it."""
        if token:
            fields = {**fields, "csrf_token": self.tokens[role].encode()}
        body = b"&".join(name.encode() + b"=" + quote(value).encode() for name, value in fields.items())
        if form.post:
            kind = "application/x-www-form-urlencoded"
            return self.browsers[role].post(form.action, data=body, content_type=kind).status_code
        return self.browsers[role].get(f"{form.action.partition('?')[0]}?{body.decode()}").status_code

    def essence(self) -> dict[str, str]:
        """{table: digest of everything in it}, without what passing by leaves behind."""
        found: dict[str, str] = {}
        with self.scene.house.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in PASSING:
                    rows = session.execute(select(table).order_by(*table.primary_key.columns)).all()
                    found[table.name] = sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
        return found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """On SQLite, and on PostgreSQL, which takes less than SQLite does."""
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        yield from _town(folder, "")
        return
    try:
        with servers.server() as running:
            yield from _town(folder, servers.new_database(servers.url_of(running)))
    except ModuleNotFoundError:
        if servers.IN_CI:
            raise
        pytest.skip(servers.MISSING)


def _town(folder: Path, database: str) -> Iterator[Town]:
    build(folder / "template", database)
    with opened(folder / "template", folder / "scene", database) as scene:
        scene.lead(SECOND)
        for number in range(2):
            more(scene, number)
        made = Town(scene, {}, {})
        for role in (NOBODY, *ROLES):
            browser = made.browsers[role] = scene.app.test_client()
            browser.environ_base["HTTP_ACCEPT"] = "text/html"
            for cookie in [] if role == NOBODY else scene.cookies(role):
                browser.set_cookie(cookie["name"], cookie["value"])
            page = browser.get("/sign-in" if role == NOBODY else "/account").text
            made.tokens[role] = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        yield made


def forms(town: Town) -> dict[str, tuple[str, Form]]:
    """{route: who has it before them, and a form of it as it stands on a page}."""
    found: dict[str, tuple[str, Form]] = {}
    for role in ROLES:
        for page in crawl(town.scene, town.browsers[role]):
            for form in page.forms:
                method = "POST" if form.post else "GET"
                bound = town.scene.app.url_map.bind("localhost")
                endpoint = str(bound.match(form.action.partition("?")[0], method=method)[0])
                found.setdefault(f"{method} {endpoint}", (role, form))
    return found


def routes(town: Town) -> dict[str, Form]:
    """{route: its address} of everything that a browser can post to, about somebody or something that there is."""
    scene = town.scene
    parts = {"client": scene.clients[0], "id_": scene.clients[0], "person": scene.person(WORKER).id}
    parts |= {"device": "tablet-0", "name": "held-0", **PARTS}
    found: dict[str, Form] = {}
    with scene.app.test_request_context():
        for rule in scene.app.url_map.iter_rules():
            machine = rule.endpoint in LOOK or rule.endpoint.partition(".")[0] in MACHINES
            if "POST" in (rule.methods or ()) and not machine:
                told = {part: parts.get(part, "none") for part in rule.arguments}
                address = scene.app.url_map.bind("localhost").build(rule.endpoint, told, method="POST")
                found[f"POST {rule.endpoint}"] = Form(address, address, True)
    return found


def anybody(town: Town, form: Form) -> str:
    """Who sends a form that stands on no page of the town."""
    endpoint, _ = town.scene.app.url_map.bind("localhost").match(form.action, method="POST")
    rule = permissions.rule_of(endpoint, town.scene.app.view_functions[endpoint])
    return NOBODY if rule is not None and rule.open else SECOND


def is_button(known: dict[str, tuple[str, Form]], route: str) -> bool:
    """Whether a form that stands on a page has nothing to fill in: offers to take back, say, if others made some."""
    return route in known and not known[route][1].fields.keys() - {"csrf_token"}


def test_forms_full_of_junk_are_refused_and_change_nothing(town: Town) -> None:
    """Whoever may open a page may send anything to it; what is not understood is said, not stored and no defect."""
    known = forms(town)
    names = sorted({name for _role, form in known.values() for name in form.fields} - {"csrf_token"})
    sent: dict[tuple[str, str, bytes], int] = {}
    before = town.essence()
    for route, form in routes(town).items():
        if route not in PRESSED and not is_button(known, route):
            role, form = known.get(route, (anybody(town, form), form))
            for value in JUNK:
                sent[route, role, value[:20]] = town.send(role, form, dict.fromkeys(names, value))
    for route, (role, form) in known.items():
        if not form.post:
            for value in JUNK:
                sent[route, role, value[:20]] = town.send(role, form, dict.fromkeys(form.fields, value))

    assert {key: status for key, status in sent.items() if status >= 500} == {}
    assert [name for name, digest in town.essence().items() if digest != before[name]] == []
    assert len(known) > 30


def test_one_field_of_junk_among_good_ones_is_no_defect(town: Town) -> None:
    """What comes behind the first check is reached only by a form that is nearly right."""
    junk = cycle(JUNK)
    sent = {
        (route, name, value[:20]): town.send(role, form, good | {name: value})
        for route, (role, form) in forms(town).items()
        for good in ({each: said.encode() for each, said in form.fields.items()},)
        for name in good.keys() - {"csrf_token"}
        for value in (next(junk), next(junk), next(junk))
    }

    assert {key: status for key, status in sent.items() if status >= 500} == {}
    assert len(sent) > 300


def test_what_belongs_to_another_agency_fits_no_form(town: Town) -> None:
    """An installation holds several; an id that somebody has seen elsewhere opens nothing and names nobody here."""
    scene = town.scene
    theirs = {scene.stranger_client, scene.person("stranger").id}
    with scene.house.database.reading() as session:
        ours = set(session.scalars(select(_person.c.id))) | set(session.scalars(select(_subject.c.id)))
    before, sent = town.essence(), 0
    for role, form in forms(town).values():
        good = {name: said.encode() for name, said in form.fields.items()}
        for name in [name for name, said in form.fields.items() if said in ours and form.post]:
            for id_ in theirs:
                # A danger has a form of several acts, of which one alone is about somebody.
                assert town.send(role, form, good | {"act": b"assigned", name: id_.encode()}) < 500
                sent += 1

    assert [name for name, digest in town.essence().items() if digest != before[name]] == []
    assert sent > 10


def test_no_form_is_taken_without_the_token_of_its_page(town: Town) -> None:
    """A page elsewhere that sends a form in somebody's name does not have it."""
    known, before, answers = forms(town), town.essence(), {}
    for route, form in routes(town).items():
        role, shown = known.get(route, (anybody(town, form), form))
        fields = {name: said.encode() for name, said in shown.fields.items()} | {"csrf_token": b""}
        for told in ({}, {"csrf_token": b"IjAwMDAi.aaaa.bbbb"}):
            answers[route, len(told)] = town.send(role, shown, fields | told, token=False)

    assert {key: status for key, status in answers.items() if status not in (400, 403, 404)} == {}
    assert [name for name, digest in town.essence().items() if digest != before[name]] == []
