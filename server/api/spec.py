"""
The interface described (OpenAPI 3.1), generated from the code and served at `/api/v1/openapi.json`.

Errors are described as what they are, `application/problem+json`; request bodies are inflated within bounds
before they are read.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeVar

from flask import Request
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from sync.limits import DEPTH_MAX

from ..errors import TooLarge, Unreadable
from . import problems
from .inflate import JSON, inflated, wire_body

CONFIG: Final[dict[str, Any]] = {
    "API_TITLE": "Doorstep",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}

SIGNATURE: Final = "signature"
"""The name of the security scheme of devices."""

_SIGNATURE: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "HTTP message signature (RFC 9421), Ed25519, by the key of an enrolled device",
}


View = TypeVar("View", bound=Callable[..., Any])


class DescribedApi(Api):  # type: ignore[misc]  # the library is untyped
    """flask-smorest with problems for errors, in the answers and in the description."""

    ERROR_SCHEMA = problems.ProblemSchema

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.spec.components.security_scheme(SIGNATURE, _SIGNATURE)

    def _register_error_handlers(self) -> None:
        problems.register(self._app)

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            described: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                described["content"] = _problem_content()
            self.spec.components.response(status.name, described, lazy=True)
        default = {"description": "Any other error", "content": _problem_content()}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)


class JsonParser(FlaskParser):
    """Reads JSON bodies within the bounds of `inflate`."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """
        The body's JSON.

        Raises:
            UnsupportedMediaType: The body is not said to be JSON.
        """
        if req.mimetype != "application/json":
            raise UnsupportedMediaType
        return _read(inflated(wire_body(req, JSON), req.headers.get("Content-Encoding"), JSON))


class Doors(Blueprint):  # type: ignore[misc]  # the library is untyped
    """A blueprint whose views are hung and described in one go."""

    ARGUMENTS_PARSER = JsonParser()

    def door(
        self,
        method: str,
        path: str,
        *,
        takes: type[Schema] | None = None,
        gives: tuple[int, type[Schema]] | None = None,
        refuses: Mapping[int, str] = MappingProxyType({}),
        **described: Any,
    ) -> Callable[[View], View]:
        """
        Hang a view at a path.

        Args:
            takes: The schema of the JSON body, handed to the view as loaded.
            gives: The status and schema of what the view returns; without it the view makes its own response.
            refuses: Statuses that are to be expected, each with its sentence.
            described: Further parts of the operation's description.
        """

        def hang(view: View) -> View:
            hung: Any = view
            for status, sentence in refuses.items():
                hung = self.alt_response(
                    status,
                    schema=problems.ProblemSchema,
                    content_type=problems.CONTENT_TYPE,
                    description=sentence,
                )(hung)
            if gives is not None:
                hung = self.response(*gives)(hung)
            if takes is not None:
                hung = self.arguments(takes)(hung)
            self.route(path, methods=[method])(self.doc(**described)(hung))
            return view

        return hang


def _read(body: bytes) -> Any:
    """JSON as the world writes it: members that nobody asked for may hold numbers with fractions."""
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except ValueError:
        raise Unreadable("the body is JSON in UTF-8") from None
    except RecursionError:
        raise TooLarge("DEPTH_MAX", DEPTH_MAX) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _problem_content() -> dict[str, Any]:
    return {problems.CONTENT_TYPE: {"schema": problems.ProblemSchema}}
