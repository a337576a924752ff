"""
Enrolment: `POST /api/v1/enrol`, the one door that an unknown key may knock at.
"""

from typing import Any, Final

from marshmallow import EXCLUDE, INCLUDE, Schema, fields, post_load, validate
from marshmallow.exceptions import ValidationError

import casework
from sync.errors import Malformed
from sync.ids import decode_bytes, encode_bytes
from sync.limits import PAGE_BYTES_MAX, PUSH_BYTES_MAX, PUSH_CHANGESETS_MAX, PUSH_INFLATED_BYTES_MAX

from ..house import house
from ..services.access.enrolment import Application, Enrolled, Predecessor, enrol
from .spec import Doors

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

CODE_CHARS_MAX: Final = 64
"""Characters of a code with whatever people put between its groups."""

LABEL_CHARS_MAX: Final = 100
"""Characters of what people call a tablet."""


class Bytes(fields.String):
    """A fixed number of bytes as base64url without padding."""

    # The last character carries what is left over of the last byte, so not every character may stand there.
    _LAST: Final = {KEY_BYTES: "[AEIMQUYcgkosw048]", SIGNATURE_BYTES: "[AQgw]"}

    def __init__(self, size: int, **options: Any) -> None:
        chars = -(-size * 8 // 6)
        pattern = f"^[A-Za-z0-9_-]{{{chars - 1}}}{self._LAST[size]}$"
        super().__init__(metadata={"pattern": pattern, "description": f"{size} bytes, base64url"}, **options)
        self._size = size

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            decoded = decode_bytes(super()._deserialize(value, attr, data, **options))
        except Malformed:
            decoded = b""
        if len(decoded) != self._size:
            raise ValidationError("not base64url of the right size")
        return decoded

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str:
        return encode_bytes(value)


class PredecessorSchema(Schema):
    """The device whose store goes on under the new key, and its signature over the same message."""

    class Meta:
        """A newer tablet may tell more."""

        unknown = EXCLUDE

    public_key = Bytes(KEY_BYTES, required=True)
    signature = Bytes(SIGNATURE_BYTES, required=True)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Predecessor:
        """As a value."""
        return Predecessor(**data)


class ApplicationSchema(Schema):
    """A tablet asks to be a device; the message that it signs is told in `services.enrolment`."""

    class Meta:
        """A newer tablet may tell more."""

        unknown = EXCLUDE

    code = fields.String(required=True, validate=validate.Length(1, CODE_CHARS_MAX))
    public_key = Bytes(KEY_BYTES, required=True)
    signature = Bytes(SIGNATURE_BYTES, required=True)
    label = fields.String(validate=validate.Length(1, LABEL_CHARS_MAX))
    predecessor = fields.Nested(PredecessorSchema)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Application:
        """As a value."""
        return Application(**data)


class EnrolledSchema(Schema):
    """What a new device learns about itself, its agency and the bounds of the exchange."""

    class Meta:
        """A newer server may tell more."""

        unknown = INCLUDE

    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    time_zone = fields.String(required=True)
    agency_key = Bytes(KEY_BYTES, required=True)
    device = fields.String(required=True)
    worker = fields.String(required=True)
    role = fields.String(required=True)
    epoch = fields.String(required=True, metadata={"description": "Names the agency's history"})
    fingerprint = fields.String(required=True, metadata={"pattern": "^[0-9]{6}$"})
    clock_ms = fields.Integer(required=True, metadata={"description": "The server's clock"})
    schema = fields.Integer(required=True, metadata={"description": "The newest schema that it knows"})
    push_bytes = fields.Integer(required=True)
    push_inflated_bytes = fields.Integer(required=True)
    push_changesets = fields.Integer(required=True)
    page_bytes = fields.Integer(required=True)


doors = Doors("enrolment", __name__, url_prefix="/api/v1", description="New tablets")


@doors.door(
    "POST",
    "/enrol",
    takes=ApplicationSchema,
    gives=(201, EnrolledSchema),
    refuses={
        401: "A signature is not by its key",
        403: "The code is unknown, used or too old",
        409: "The key belongs to a device already",
        413: "The body is larger than a bound allows",
        415: "The body is not JSON",
        429: "Too many attempts from one address",
    },
)
def enrol_tablet(application: Application) -> dict[str, Any]:
    """Register a tablet by its one-time code."""
    at = house()
    with at.database.writing() as session:
        enrolled = enrol(session, at.sealer, at.providers, application)
    return _told(enrolled, at.providers.now_ms())


def _told(enrolled: Enrolled, clock_ms: int) -> dict[str, Any]:
    return {
        "agency": enrolled.agency.id,
        "agency_name": enrolled.agency.name,
        "time_zone": enrolled.agency.time_zone,
        "agency_key": enrolled.agency.public_key,
        "device": enrolled.device,
        "worker": enrolled.worker,
        "role": enrolled.role,
        "epoch": enrolled.epoch,
        "fingerprint": enrolled.fingerprint,
        "clock_ms": clock_ms,
        "schema": casework.SCHEMA,
        "push_bytes": PUSH_BYTES_MAX,
        "push_inflated_bytes": PUSH_INFLATED_BYTES_MAX,
        "push_changesets": PUSH_CHANGESETS_MAX,
        "page_bytes": PAGE_BYTES_MAX,
    }
