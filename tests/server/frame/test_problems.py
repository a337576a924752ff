from __future__ import annotations

import inspect
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from casework import errors as casework_errors
from server import errors
from server.api.problems import FACES, face_of, register
from server.house import House
from sync import errors as sync_errors

SECRET = "Ida Wells, born 1931"

SAMPLES: list[Exception] = [
    errors.Stale(1),
    errors.NotAssigned("rule", "subject"),
    errors.NotAssigned(),
    errors.Suspended(),
    errors.CodeRefused(),
    errors.HistoryChanged("epoch", "cursor"),
    errors.Busy(7),
    errors.NoSpace(),
    errors.Unready("database"),
    errors.KeyDestroyed("subject"),
    errors.Unopenable("agency", "subject"),
    errors.TooLarge("BOUND", 1),
    sync_errors.Malformed("rule"),
    sync_errors.Oversize("BOUND", 1, 2),
    sync_errors.BadSignature("device"),
    casework_errors.UnknownField("visit", "unit"),
    casework_errors.NotAllowedYet("sign", "complete it"),
]


@pytest.fixture
def stumbling() -> Flask:
    """An application whose views raise what they are told."""
    app = Flask("stumbling")
    register(app)

    @app.get("/sample/<int:number>")
    def sample(number: int) -> str:
        raise SAMPLES[number]

    @app.get("/defect")
    def defect() -> str:
        raise LookupError(SECRET)

    return app


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_every_error_leaves_as_a_problem(stumbling: Flask, number: int) -> None:
    """One form for all, with the evidence of the table."""
    answer = stumbling.test_client().get(f"/sample/{number}")
    face = face_of(SAMPLES[number])
    problem = answer.get_json()

    assert answer.content_type == "application/problem+json"
    assert answer.status_code == problem["status"] == face.status
    assert (problem["type"], problem["code"]) == (f"/problems/{face.code}", face.code)
    assert set(problem) - {"type", "title", "status", "code"} <= set(face.shows)


def test_a_busy_server_says_when_to_come_again(stumbling: Flask) -> None:
    """In the header that every client knows, too."""
    answer = stumbling.test_client().get(f"/sample/{[type(s) for s in SAMPLES].index(errors.Busy)}")

    assert answer.headers["Retry-After"] == "7"


def test_a_defect_tells_nothing_of_what_it_choked_on(stumbling: Flask) -> None:
    """Texts of exceptions quote values."""
    answer = stumbling.test_client().get("/defect")

    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal-server-error")
    assert SECRET not in answer.text


def test_the_tree_in_the_docstring_is_the_table() -> None:
    """Who reads `errors` learns the status that is sent."""
    told = dict(re.findall(r"── (\w+) +(\d{3}) ", inspect.getdoc(errors) or ""))
    sent = {
        kind.__name__: str(face.status) for kind, face in FACES.items() if kind.__module__ == errors.__name__
    }

    assert told == {name: status for name, status in sent.items() if name != "ServerError"}


def test_every_error_of_every_room_has_a_line() -> None:
    """A new error that nobody thought of would look like its parent."""
    rooms = [errors, sync_errors, casework_errors]
    kinds = {
        kind
        for room in rooms
        for kind in vars(room).values()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == room.__name__
    }

    assert kinds <= set(FACES)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/v1/sync", 405, "method-not-allowed"),
        ("POST", "/api/v1/enrol", 415, "unsupported-media-type"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    at: House, web: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    """No page of HTML reaches a tablet."""
    answer = web.open(path, method=method)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "status", "shown"),
    [
        (b'{"code": NaN}', 400, {"rule": "the body is JSON in UTF-8"}),
        (b'{"code"', 400, {"rule": "the body is JSON in UTF-8"}),
        (b'{"code": "\xff"}', 400, {"rule": "the body is JSON in UTF-8"}),
        (b"[" * 60_000, 413, {"bound": "DEPTH_MAX"}),
        (b"x" * 65_537, 413, {"bound": "JSON_BYTES_MAX"}),
        (
            b'{"code": "' + SECRET.encode() + b'", "public_key": "!"}',
            422,
            {"members": ["public_key", "signature"]},
        ),
        (
            b'{"code": "a", "public_key": "AAAA", "signature": ""}',
            422,
            {"members": ["public_key", "signature"]},
        ),
        (b"[]", 422, {"members": ["_schema"]}),
    ],
)
def test_bad_input_is_refused_by_rule_and_member_without_a_word_of_it(
    web: FlaskClient, body: bytes, status: int, shown: dict[str, object]
) -> None:
    """The sender learns what to correct; logs of proxies learn nothing."""
    answer = web.post("/api/v1/enrol", data=body, content_type="application/json")
    problem = answer.get_json()

    assert answer.status_code == status
    assert {name: problem.get(name) for name in shown} == shown
    assert SECRET not in answer.text
