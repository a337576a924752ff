"""The whole API as its own description has it, asked by everybody: no defect, no lie about the answers, no effect."""

import json
import os
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from werkzeug.test import TestResponse

from sync.wire import MEDIA_TYPE

from .kit import LATE, PASSING, Caller, Fortress

CALLERS: Final = ("nobody", "stranger", "worker", "revoked", "foreigner")
CHECKED: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
EXAMPLES: Final = 60 if os.environ.get("CI", "").lower() == "true" else 20
"""Requests of each kind by each caller: the malicious tablet asks what no description has."""

EXAMPLES_BARE: Final = 3
"""Requests that have nothing to say but their path."""

load_all_checks()


@schemathesis.serializer(MEDIA_TYPE)
def lines(_context: object, value: Any) -> bytes:
    """The body of a sync is text of lines; what is generated besides goes as it prints."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.mark.parametrize("caller", CALLERS)
def test_no_request_of_the_described_kind_is_a_defect(made: Fortress, caller: str) -> None:
    """Whatever fits the description, and whatever nearly fits it, gets one of the answers that it describes."""
    described = made.app.test_client().get("/api/v1/openapi.json").get_json()
    found = schemathesis.openapi.from_dict(described).get_all_operations()
    operations = [each.ok() for each in found if isinstance(each, Ok)]
    strategies = [
        (operation.as_strategy(generation_mode=mode), EXAMPLES if operation.body else EXAMPLES_BARE)
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or operation.body
    ]
    checks: list[Any] = [CHECKS.get_one(name) for name in CHECKED]
    answered: set[tuple[str, int]] = set()
    counted = PASSING | LATE if caller in ("worker", "revoked") else PASSING
    before = made.essence(but=counted)

    def ask(case: Case[Any]) -> None:
        answer = sent(made, caller, case)
        case.validate_response(answer, checks=checks)
        answered.add((case.path, answer.status_code))

    for strategy, examples in strategies:
        settings(max_examples=examples, suppress_health_check=list(HealthCheck))(given(case=strategy)(ask))()

    assert {path for path, _ in answered} == set(described["paths"])
    assert made.essence(but=counted) == before


def sent(made: Fortress, caller: str, case: Case[Any]) -> TestResponse:
    """One request as somebody sends it, signed where they have a key; what HTTP itself forbids is left out."""
    told = case.as_transport_kwargs(base_url="http://localhost")
    body = told.get("data", b"")
    if "json" in told:
        body = written(told["json"])
    content = body if isinstance(body, bytes) else str(body).encode("utf-8", "replace")
    headers = {
        name: value
        for name, value in dict(told.get("headers") or {}).items()
        if name.lower() not in ("content-length", "transfer-encoding", "user-agent")
    }
    by: Caller | None = None if caller == "nobody" else getattr(made, caller)
    return made.send(by, content, path=case.formatted_path, method=case.method, headers=headers)


def written(value: Any) -> bytes:
    """JSON as a client writes it."""
    return json.dumps(value).encode()
