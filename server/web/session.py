"""
The session of a request, by Flask-SQLAlchemy: on the house's own engine, in the house's own modes.

The extension gives each request one session and gives its connection back at the end. Engine, models and
transactions stay ours: `server.db` says how a transaction begins, and the same services run without Flask.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ..house import House
from .headers import MACHINES


class RequestSessions(SQLAlchemy):
    """Sessions by request, made by the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        super().__init__()

    def _make_session_factory(self, options: dict[str, Any]) -> Callable[[], Session]:  # type: ignore[override]  # any callable does
        return self._house.database.session

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return self._house.database.engine

    def _apply_driver_defaults(self, options: dict[str, Any], app: Flask) -> None:
        """The house's engine has what it needs."""


class PeoplesCookies(SecureCookieSessionInterface):
    """Cookies for people; answers to programs say nothing about them, for every byte is paid for."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it changed."""
        if request.blueprint not in MACHINES:
            super().save_session(app, session, response)


def install(app: Flask, house: House) -> None:
    """Give each request of this application a session of the database, and people a cookie."""
    app.config["SQLALCHEMY_DATABASE_URI"] = house.settings.database
    app.session_interface = PeoplesCookies()
    RequestSessions(house).init_app(app)
