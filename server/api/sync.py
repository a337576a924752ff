"""
The tablet's exchange: `POST /api/v1/sync`.

Its body is lines and not JSON, see `sync.wire`: a head, then one line a changeset, as it was signed.
"""

from typing import Final, Protocol

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from ..house import House, house
from ..services.access.devices import Device
from .replies import json_reply
from .signatures import device_required
from .spec import SIGNATURE, Doors

CONTENT_TYPE: Final = "application/vnd.doorstep.sync"

_LINES: Final = {"type": "string", "description": "A JSON head line, then `signature changeset` lines"}
_REPLY: Final = {
    "description": "What was settled, and a page",
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
}

doors = Doors("sync", __name__, url_prefix="/api/v1", description="Tablets give and take records")


class Exchange(Protocol):
    """The service behind this door: `session` rests, and is put into transactions by the service."""

    def __call__(self, session: Session, device: Device, body: bytes, at: House) -> bytes:
        """The reply's JSON for a request's lines."""


EXTENSION: Final = "doorstep-exchange"


@doors.door(
    "POST",
    "/sync",
    refuses={
        400: "The head line or the compressed body cannot be read",
        401: "The request is not signed by a known device, or too old, or seen before",
        403: "The device waits to be confirmed",
        409: "The server was restored: `cursor` is the newest that still matches",
        413: "The request is larger than a bound allows",
    },
    requestBody={"required": True, "content": {CONTENT_TYPE: {"schema": _LINES}}},
    responses={
        "200": {"description": "What was settled", "content": {"application/json": {"schema": _REPLY}}}
    },
    security=[{SIGNATURE: []}],
)
@device_required
def sync(device: Device, body: bytes) -> Response:
    """Take what the tablet has, give what it lacks."""
    at = house()
    exchange: Exchange = current_app.extensions[EXTENSION]
    with at.database.session() as session:
        return json_reply(request, exchange(session, device, body, at))
