from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from server.app import create_app
from server.crypto.keystore import _Base
from server.db import Base
from server.house import House
from server.observability import logs
from server.observability.metrics import Metrics
from server.settings import Providers, Settings

from ..conftest import MASTER_KEY, Clock
from .conftest import EchoExchange, FakeTablet, push


def test_the_description_tells_the_truth_about_errors(web: FlaskClient) -> None:
    """Every documented error is a problem, and what newer servers add breaks no reader."""
    spec = web.get("/api/v1/openapi.json").get_json()
    errors = [
        response
        for path in spec["paths"].values()
        for operation in path.values()
        for status, response in operation.get("responses", {}).items()
        if status == "default" or int(status) >= 400
    ]
    resolved = [
        spec["components"]["responses"][r["$ref"].rpartition("/")[2]] if "$ref" in r else r for r in errors
    ]

    assert spec["openapi"].startswith("3.1")
    assert {tuple(response["content"]) for response in resolved} == {("application/problem+json",)}
    for name in ("Problem", "Enrolled"):
        assert spec["components"]["schemas"][name]["additionalProperties"] is True
    assert spec["components"]["schemas"]["Application"].get("additionalProperties") is not False


def test_the_description_names_the_exchanges_own_form(web: FlaskClient) -> None:
    """It is lines and not JSON, and signed."""
    operation = web.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/sync"]["post"]

    assert list(operation["requestBody"]["content"]) == ["application/vnd.doorstep.sync"]
    assert operation["security"] == [{"signature": []}]
    assert {"200", "401", "403", "409", "413"} <= set(operation["responses"])


def test_a_server_that_could_answer_says_so(on_disk: Flask) -> None:
    """Load balancers ask this."""
    web = on_disk.test_client()

    assert web.get("/healthz").get_json() == {"status": "alive"}
    assert web.get("/readyz").get_json() == {"status": "ready"}


@pytest.mark.parametrize("part", ["database", "migrations", "key store"])
def test_a_server_that_could_not_names_the_part(on_disk: Flask, tmp_path: Path, part: str) -> None:
    """The operator knows where to look."""
    if part == "migrations":
        engine = create_engine(f"sqlite:///{tmp_path / 'doorstep.sqlite'}")
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM alembic_version")
        engine.dispose()
    elif part == "database":
        on_disk.extensions["doorstep"].database.close()
        (tmp_path / "doorstep.sqlite").write_bytes(b"no database " * 1000)
        for rest in ("doorstep.sqlite-wal", "doorstep.sqlite-shm"):
            (tmp_path / rest).unlink(missing_ok=True)
    else:
        _Base.metadata.drop_all(on_disk.extensions["doorstep"].keys_database.engine)
    answer = on_disk.test_client().get("/readyz")

    assert (answer.status_code, answer.get_json()["part"]) == (503, part)
    assert on_disk.test_client().get("/healthz").status_code == 200


def test_numbers_are_by_route_and_shown_to_who_holds_the_token(on_disk: Flask) -> None:
    """Paths of strangers make no new series."""
    web = on_disk.test_client()
    web.get("/healthz")
    web.get("/somewhere/ida-wells")
    refused = web.get("/metrics")
    text = web.get("/metrics", headers={"Authorization": "Bearer let me see"}).text

    assert refused.status_code == 401
    assert 'doorstep_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0' in text
    assert 'route="none",status="404"' in text
    assert "ida-wells" not in text


def test_numbers_of_several_processes_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the folder that the library asks for; here an empty one."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))

    assert Metrics().text() == b""


def test_keys_may_not_lie_in_the_database(tmp_path: Path, providers: Providers) -> None:
    """Else a backup would carry what erasure must destroy."""
    url = f"sqlite:///{tmp_path / 'one'}"
    with pytest.raises(ValueError, match="DOORSTEP_KEYS_URL"):
        House.open(Settings(database_url=url, keys_url=url, master_key=MASTER_KEY), providers)


def test_a_simulated_server_lives_in_memory(providers: Providers) -> None:
    """Both databases, each its own."""
    settings = Settings(database_url="sqlite://", keys_url="sqlite://", master_key=MASTER_KEY)
    house = House.open(settings, providers)
    Base.metadata.create_all(house.database.engine)
    house.sealer.keys.create()
    house.sealer.keys.create_agency("a1")

    assert house.sealer.open("a1", "ida", b"", house.sealer.seal("a1", "ida", b"", b"x")) == b"x"
    house.close()


def test_behind_a_proxy_attempts_count_for_the_tablet_and_not_for_the_proxy(
    at: House, exchange: EchoExchange
) -> None:
    """Else one tablet's attempts would lock out all others."""
    settings = replace(at.settings, proxies=1, enrolment_rate="1 per minute")
    app = create_app(settings, at.providers, exchange=exchange)
    body = FakeTablet().enrolment_body("0004-1061-050R-3GG2-8A1C-60T3-GF6")
    answers = [
        app.test_client().post("/api/v1/enrol", json=body, headers={"X-Forwarded-For": address})
        for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
    ]
    app.extensions["doorstep"].close()

    assert [answer.status_code for answer in answers] == [403, 403, 429]


@pytest.fixture
def lines(clock: Clock) -> Iterator[io.StringIO]:
    """What is logged, all of it."""
    stream = io.StringIO()
    before = (logging.root.handlers[:], logging.root.level)
    logs.configure(clock.now_ms, "info", stream)
    yield stream
    structlog.reset_defaults()
    logs.unbind()
    logging.root.handlers[:], level = before
    logging.root.setLevel(level)


def read(lines: io.StringIO) -> list[dict[str, object]]:
    """The lines as objects."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_is_logged_by_ids_and_numbers(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, lines: io.StringIO
) -> None:
    """Enough to follow a tablet's trouble, nothing about anybody."""
    push(web, clock, tablet, b"Ida Wells fell on Tuesday")
    (line,) = read(lines)

    assert (line["event"], line["route"], line["status"]) == ("request", "/api/v1/sync", 200)
    assert (line["agency"], line["device"], line["at_ms"]) == ("a1", tablet.device, clock.ms)
    assert "Ida" not in lines.getvalue()


def test_ids_of_one_request_are_not_those_of_the_next(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, lines: io.StringIO
) -> None:
    """A thread serves many tablets."""
    push(web, clock, tablet)
    web.get("/healthz")

    assert "device" not in read(lines)[1]


def test_values_and_unknown_members_do_not_pass(lines: io.StringIO) -> None:
    """Whoever logs a value by mistake logs nothing."""
    logs.log.info("saved", code="Ida Wells", name="Ida", count=3, part=["Ida"], subject="s-1", error=None)
    logs.log.warning("Ida Wells fell 3 times")
    first, second = read(lines)

    assert (first["code"], first["part"], first["count"], first["subject"]) == (
        "[withheld]",
        "[withheld]",
        3,
        "s-1",
    )
    assert second["event"] == "[withheld]"
    assert "Ida" not in lines.getvalue()


def test_an_exception_is_logged_by_kind_and_place(lines: io.StringIO) -> None:
    """Its text would quote what it choked on."""
    try:
        raise LookupError("Ida Wells")
    except LookupError as error:
        logs.log.error("failed", exc_info=True)
        logs.log.error("failed", exc_info=error)
    first, second = read(lines)

    assert first["error"] == second["error"] == "LookupError"
    assert isinstance(first["where"], list)
    assert "test_app.py" in first["where"][-1]
    assert "Ida" not in lines.getvalue()


def test_records_of_libraries_keep_their_place_only(lines: io.StringIO) -> None:
    """What others write into their messages is beyond our control."""
    try:
        raise LookupError("Ida Wells")
    except LookupError:
        logging.getLogger("somebody.else").exception("could not save %s", "Ida Wells")
    (line,) = read(lines)

    assert (line["event"], line["logger"], line["error"]) == (
        "library record",
        "somebody.else",
        "LookupError",
    )
    assert "Ida" not in lines.getvalue()


def test_less_than_the_least_level_is_not_logged(clock: Clock) -> None:
    """`DOORSTEP_LOG_LEVEL` holds."""
    stream = io.StringIO()
    logs.configure(clock.now_ms, "warning", stream)
    logs.log.info("request")
    structlog.reset_defaults()
    logging.root.handlers.clear()

    assert stream.getvalue() == ""
