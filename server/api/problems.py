"""
Every error as `application/problem+json` (RFC 9457): one table says how each class looks from outside.

A subclass without a line of its own looks like its parent. Beside `type`, `title`, `status` and `code` a
problem carries the evidence named in the table, attributes of the error, and nothing else of it.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from flask import Flask, Response, current_app
from flask.json import dumps
from marshmallow import INCLUDE, Schema, fields
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from casework import errors as casework_errors
from sync import errors as sync_errors

from .. import errors
from ..observability.logs import log

CONTENT_TYPE: Final = "application/problem+json"

PAGES: Final = "doorstep-pages"
"""The extension that answers people with a page: asked with status, title and rule, it may decline."""


class Face(NamedTuple):
    """How an error looks from outside."""

    status: int
    code: str
    title: str
    shows: tuple[str, ...] = ()


FACES: Final[Mapping[type[Exception], Face]] = {
    errors.ServerError: Face(400, "refused", "The request is refused"),
    errors.UnknownDevice: Face(401, "unknown-device", "The request is not signed by a device known here"),
    errors.Stale: Face(
        401, "stale-request", "The request was signed too long ago or ahead of time", ("clock_ms",)
    ),
    errors.Replayed: Face(401, "replayed-request", "This very request was seen before"),
    errors.NotAssigned: Face(403, "not-assigned", "You may not do this", ("rule", "subject")),
    errors.Suspended: Face(403, "suspended", "The device waits for an administrator to confirm it"),
    errors.CodeRefused: Face(403, "code-refused", "The enrolment code is unknown, used or too old"),
    errors.HistoryChanged: Face(
        409, "history-changed", "The server was restored from a backup", ("epoch", "cursor")
    ),
    errors.AlreadyEnrolled: Face(409, "already-enrolled", "This key belongs to a device already"),
    errors.Overtaken: Face(409, "overtaken", "Somebody has acted on this since it was shown"),
    errors.Refused: Face(422, "refused", "What was asked for breaks a rule", ("rule",)),
    errors.Unreadable: Face(400, "unreadable", "The request cannot be read", ("rule",)),
    errors.TooLarge: Face(413, "too-large", "The request is larger than a bound allows", ("bound", "limit")),
    errors.Busy: Face(503, "busy", "The server is busy", ("wait_s",)),
    errors.NoSpace: Face(503, "no-space", "The server's disk is full; nothing was written"),
    errors.Unready: Face(503, "unready", "The server is not ready", ("part",)),
    errors.KeyDestroyed: Face(410, "erased", "The subject was erased", ("subject",)),
    errors.Unopenable: Face(500, "unopenable", "A sealed value does not open"),
    sync_errors.SyncError: Face(400, "refused", "The request is refused"),
    sync_errors.Malformed: Face(400, "malformed", "The request breaks the format", ("rule",)),
    sync_errors.Oversize: Face(
        413, "too-large", "The request is larger than a bound allows", ("bound", "limit")
    ),
    sync_errors.BadSignature: Face(400, "bad-signature", "A changeset is not signed by its device"),
    casework_errors.CaseworkError: Face(422, "refused", "What was recorded is refused"),
    casework_errors.UnknownField: Face(
        422, "unknown-field", "There is no such field", ("record_type", "unit")
    ),
    casework_errors.BadAnswer: Face(
        422, "bad-answer", "A value breaks the rule of its field", ("record_type", "unit", "part", "rule")
    ),
    casework_errors.UnknownInstrument: Face(422, "unknown-instrument", "There is no such instrument"),
    casework_errors.NotAllowedYet: Face(
        409, "not-allowed-yet", "Something must be done first", ("act", "first")
    ),
    OperationalError: Face(503, "unready", "The database does not answer"),
}

_KEPT_HEADERS: Final = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemSchema(Schema):
    """An error: what happened, and evidence for whoever corrects it."""

    class Meta:
        """Each kind of problem adds members of its own."""

        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "A relative reference that names the kind"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "The last part of `type`"})


def face_of(error: Exception) -> Face:
    """The face of an error: that of the nearest class in the table."""
    return next(FACES[kind] for kind in type(error).__mro__ if kind in FACES)


def problem(error: Exception) -> Response:
    """Answer with an error of ours; one that an operator must do something about is logged."""
    face = face_of(error)
    if isinstance(error, errors.NoSpace):
        log.error("no space", part="database")
    if (page := _page(face.status, face.title, getattr(error, "rule", ""))) is not None:
        return page
    shown = {name: getattr(error, name) for name in face.shows if getattr(error, name) not in (None, "")}
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, errors.Busy) else {}
    return _answer(face.status, face.code, face.title, shown, headers)


def http_problem(error: HTTPException) -> Response:
    """Answer with an error of the framework; of refused members their names only."""
    status = HTTPStatus(error.code or 500)
    if (page := _page(status, "", "")) is not None:
        return page
    code = status.phrase.lower().replace(" ", "-")
    kept = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    messages = getattr(error, "data", {}).get("messages", {}).get("json", {})
    return _answer(status, code, status.phrase, {"members": sorted(messages)} if messages else {}, kept)


def register(app: Flask) -> None:
    """Let every error of this application leave as a problem."""
    for kind in (errors.ServerError, sync_errors.SyncError, casework_errors.CaseworkError, OperationalError):
        app.register_error_handler(kind, problem)
    app.register_error_handler(HTTPException, http_problem)


def _page(status: int, title: str, rule: str) -> Response | None:
    render = current_app.extensions.get(PAGES)
    page = None if render is None else render(int(status), title, rule)
    assert page is None or isinstance(page, Response)
    return page


def _answer(
    status: int, code: str, title: str, shown: Mapping[str, Any], headers: Mapping[str, str]
) -> Response:
    about = {"type": f"/problems/{code}", "title": title, "status": int(status), "code": code}
    return Response(dumps(about | dict(shown)), status, headers, content_type=CONTENT_TYPE)
