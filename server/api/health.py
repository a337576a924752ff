"""
Health for load balancers and numbers for Prometheus; neither says anything about people.
"""

import hmac
from typing import Any

from flask import Response, current_app, request
from marshmallow import Schema, fields
from werkzeug.exceptions import Unauthorized

from ..house import house
from ..observability.metrics import CONTENT_TYPE, Metrics
from ..services.keeping import health
from .spec import Doors

EXTENSION = "doorstep-metrics"

doors = Doors("health", __name__, description="Whether the server lives and works")


class HealthSchema(Schema):
    """How the server is."""

    status = fields.String(required=True)


@doors.door("GET", "/healthz", gives=(200, HealthSchema))
def alive() -> dict[str, Any]:
    """Whether this process lives."""
    return {"status": "alive"}


@doors.door("GET", "/readyz", gives=(200, HealthSchema), refuses={503: "A part is not ready"})
def ready() -> dict[str, Any]:
    """Whether database, key store and master key answer, and the database has the newest shape."""
    health.check(house())
    return {"status": "ready"}


@doors.door(
    "GET",
    "/metrics",
    refuses={401: "The token is missing"},
    responses={"200": {"description": "Numbers", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def numbers() -> Response:
    """All numbers for Prometheus."""
    token = house().settings.metrics_token
    given = request.headers.get("Authorization", "")
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Unauthorized
    return Response(metrics().text(), content_type=CONTENT_TYPE)


def metrics() -> Metrics:
    """The numbers of the application that answers this request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Metrics)
    return found
