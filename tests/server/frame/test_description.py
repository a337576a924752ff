from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

PROMISED = [
    ("/api/v1/enrol", GenerationMode.POSITIVE),
    ("/api/v1/enrol", GenerationMode.NEGATIVE),
    ("/healthz", GenerationMode.POSITIVE),
    ("/readyz", GenerationMode.POSITIVE),
]
"""What speaks JSON; the exchange's own form has its own tests."""


@pytest.mark.parametrize(("path", "mode"), PROMISED)
def test_the_server_keeps_what_its_description_promises(
    on_disk: Flask, path: str, mode: GenerationMode
) -> None:
    """What it allows and what it does not: no 5xx, no answer that is not described."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", on_disk)
    operation = next(found.ok() for found in schema.get_all_operations() if found.ok().path == path)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate()

    keeps()
