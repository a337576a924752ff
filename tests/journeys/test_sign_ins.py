from __future__ import annotations

from pathlib import Path

import pyotp

from doorstep_cli.demo import agency as agencies
from doorstep_cli.demo.process import ServerProcess
from tests.server.web.over_http import Wire


def test_whoever_the_demo_prints_can_sign_in_on_the_web(tmp_path: Path) -> None:
    """With password and authenticator, at the real server over plain HTTP on this machine."""
    house = agencies.open_house(tmp_path / "server")
    agency = agencies.found(house, lambda done, all_: None)
    people = agencies.sign_ins(house, agency)
    house.close()
    with ServerProcess(tmp_path / "server") as server:
        pages = {}
        for person in people:
            wire = Wire(server.address.replace("127.0.0.1", "localhost"))
            wire.open("/sign-in")
            wire.send("/sign-in", email=person.e_mail, password=person.password)
            wire.send(wire.place, code=pyotp.TOTP(person.key).now())
            pages[person.role] = wire.open("/account")

    assert {role: "My account" in page for role, page in pages.items()} == {
        "supervisor": True,
        "administrator": True,
    }
