"""An agency of real tablets and a real server; at the end of each test the server's books are audited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.app import create_app
from server.db import Base
from server.house import House
from server.services.access.agencies import found
from server.services.access.people import Person, add_person
from server.settings import Providers, Settings
from tests.server.conftest import Clock, clock, providers, settings
from tests.server.exchange.audit import audit
from tests.server.exchange.conftest import PEOPLE

from .kit import Agency, Carried

__all__ = ["clock", "providers", "settings"]


@pytest.fixture
def agency(settings: Settings, providers: Providers, clock: Clock, tmp_path: Path) -> Iterator[Agency]:
    """An agency of five people, who have no tablets yet."""
    house = House.open(settings, providers)
    Base.metadata.create_all(house.database.engine)
    house.sealer.keys.create()
    house.close()
    app = create_app(replace(settings, enrolment_rate="1000 per minute"), providers)
    house = app.extensions["doorstep"]
    assert isinstance(house, House)
    people = {name: Person("a1", name, role, office) for name, (role, office) in PEOPLE.items()}
    with house.database.writing() as session:
        found(session, house.sealer, providers, agency="a1", name="Harbor", time_zone="America/New_York")
        for someone in people.values():
            add_person(session, house.sealer, someone, name=someone.id.title(), now_ms=clock.ms)
    made = Agency(house, clock, people, app=app, folder=tmp_path)
    yield made
    for carried in made.carried:
        carried.lock()
    audit(house)
    house.close()


@pytest.fixture
def client(agency: Agency) -> str:
    """A client of Ana and Ben."""
    return agency.register("ana", "ben")


@pytest.fixture
def pair(agency: Agency, client: str) -> tuple[Carried, Carried]:
    """The tablets of Ana and Ben, who both have the client."""
    ana, ben = agency.carry("ana"), agency.carry("ben")
    ana.sync()
    ben.sync()
    return ana, ben
