"""The whole matrix: every route, every role, one's own and foreign office and agency."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from server.db import table_of
from server.services.access.people import ADMINISTRATOR, AUDITOR, ROLES, SUPERVISOR, WORKER
from server.tables.device import DeviceRow
from server.web import permissions
from server.web.permissions import CLIENT, DEVICE, PERSON
from tests.browser.scene import Scene

As = Callable[[str], FlaskClient]

REFUSED = 403
TO_SIGN_IN = (302, 401)


def routes(scene: Scene) -> list[tuple[Route, permissions.Rule]]:
    """Every route that people open, with its rule."""
    found = []
    for route in scene.app.url_map.iter_rules():
        rule = permissions.rule_of(route.endpoint, scene.app.view_functions[route.endpoint])
        assert rule is not None, f"{route.endpoint} declares no permission"
        if not rule.open:
            found.append((route, rule))
    return found


def methods(route: Route) -> list[str]:
    """What it answers to, besides what the framework adds."""
    return sorted((route.methods or set()) - {"HEAD", "OPTIONS"})


def address(scene: Scene, route: Route, about: dict[str, str]) -> str:
    """An address of the route about somebody; parts that are about nobody get a word that fits nothing."""
    parts = {name: about.get(name, "none") for name in route.arguments}
    with scene.app.test_request_context():
        return scene.app.url_map.bind("localhost").build(route.endpoint, parts, method=methods(route)[0])


def status(client: FlaskClient, method: str, where: str) -> int:
    """What comes of it, without a body; a form without its token is refused as 400, after the guard."""
    return client.open(where, method=method).status_code


def test_every_route_declares_who_may_open_it(scene: Scene) -> None:
    """A new page without a word about permission is open to nobody, and fails here."""
    silent = [
        route.endpoint
        for route in scene.app.url_map.iter_rules()
        if permissions.rule_of(route.endpoint, scene.app.view_functions[route.endpoint]) is None
    ]

    assert silent == []


def test_a_route_that_declares_nothing_is_open_to_nobody(scene: Scene, as_: As) -> None:
    """Forgetting is no opening."""
    scene.app.url_map.add(Route("/forgotten", endpoint="forgotten"))
    scene.app.view_functions["forgotten"] = lambda: "never"

    assert as_(ADMINISTRATOR).get("/forgotten").status_code == REFUSED
    assert scene.app.test_client().get("/forgotten").status_code == REFUSED


def test_a_route_with_somebody_in_its_address_says_so(scene: Scene) -> None:
    """A client, person or device in an address is checked, for its office and agency."""
    abouts = {about.part: about for about in (CLIENT, PERSON, DEVICE)}
    loose = [
        route.endpoint
        for route, rule in routes(scene)
        for part, about in abouts.items()
        if part in route.arguments and rule.about != about
    ]

    assert loose == []


def test_whoever_is_not_signed_in_is_sent_to_sign_in(scene: Scene) -> None:
    """No page but those of signing in says anything."""
    nobody = scene.app.test_client()
    nobody.environ_base["HTTP_ACCEPT"] = "text/html"
    about = {"client": scene.clients[0], "person": scene.person(WORKER).id}
    answers = {
        (method, route.rule): status(nobody, method, address(scene, route, about))
        for route, _rule in routes(scene)
        for method in methods(route)
    }

    assert {key: found for key, found in answers.items() if found not in TO_SIGN_IN} == {}


@pytest.fixture
def devices(scene: Scene) -> dict[str, str]:
    """A tablet of a worker of one's own office, of the other office, and of the other agency."""
    whose = {"own": WORKER, "other office": "other supervisor", "other agency": "stranger"}
    device = table_of(DeviceRow)
    with scene.house.database.writing() as session:
        for id_, role in whose.items():
            someone = scene.person(role)
            session.execute(
                device.insert().values(
                    agency=someone.agency,
                    id=id_,
                    kind="tablet",
                    worker=someone.id,
                    public_key=id_.encode(),
                    state="active",
                    created_ms=scene.clock.now_ms(),
                )
            )
    return {name: name for name in whose}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_it_may_and_nothing_else(
    scene: Scene, as_: As, devices: dict[str, str], role: str
) -> None:
    """Own office, own agency: refused exactly where the table says."""
    client = as_(role)
    about = {"client": scene.clients[0], "person": scene.person(WORKER).id, "device": devices["own"]}
    wrong = []
    for route, rule in routes(scene):
        for method in methods(route):
            refused = status(client, method, address(scene, route, about)) == REFUSED
            if refused == (role in rule.roles):
                wrong.append((method, route.rule, "refused" if refused else "open"))

    assert wrong == []


@pytest.mark.parametrize("whose", ["other office", "other agency"])
@pytest.mark.parametrize("role", [SUPERVISOR, WORKER])
def test_foreign_clients_people_and_devices_are_refused(
    scene: Scene, as_: As, devices: dict[str, str], role: str, whose: str
) -> None:
    """Whatever the page, and whatever the role may do at home."""
    far = {
        "other office": {"client": scene.foreign_client, "person": scene.person("other supervisor").id},
        "other agency": {"client": scene.stranger_client, "person": scene.person("stranger").id},
    }[whose] | {"device": devices[whose]}
    client = as_(role)
    opened = [
        (method, route.rule)
        for route, rule in routes(scene)
        if rule.about is not None
        for method in methods(route)
        if status(client, method, address(scene, route, far)) != REFUSED
    ]

    assert opened == []


@pytest.mark.parametrize("role", [ADMINISTRATOR, AUDITOR])
def test_another_agency_is_closed_to_those_who_see_all_of_their_own(
    scene: Scene, as_: As, devices: dict[str, str], role: str
) -> None:
    """An installation holds several agencies, and none knows of another."""
    client = as_(role)
    far = {
        "client": scene.stranger_client,
        "person": scene.person("stranger").id,
        "device": devices["other agency"],
    }
    opened = [
        (method, route.rule)
        for route, rule in routes(scene)
        if rule.about is not None
        for method in methods(route)
        if status(client, method, address(scene, route, far)) != REFUSED
    ]

    assert opened == []
