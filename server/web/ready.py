"""
Accounts that are ready at once, for the demo and for tests: a password and an authenticator, no invitation.

Nothing that serves people imports this.
"""

from typing import NamedTuple

from flask import Flask
from flask_security.proxies import _security
from flask_security.utils import hash_password

from ..house import House
from ..services.access import accounts
from ..services.access.people import Person


class Ready(NamedTuple):
    """What opens an account."""

    person: Person
    password: str
    totp: str
    """The authenticator's secret in base 32."""

    uri: str
    """The same as an authenticator app reads it, `otpauth://…`."""


def make_ready(app: Flask, house: House, someone: Person, password: str) -> Ready:
    """Give a person this password and an authenticator."""
    with app.app_context():
        secret = _security.totp_factory.generate_totp_secret()
        hashed = hash_password(password)
        with house.database.writing() as session:
            accounts.open_account(session, house.providers, someone.agency, someone.id, hashed)
            accounts.change(session, house.sealer, someone, {"totp": secret})
        with house.database.reading() as session:
            found = accounts.of_person(session, house.sealer, someone.agency, someone.id)
        assert found is not None, "it was just made"
        key = _security.totp_factory.get_totp_b32_key(secret)
        return Ready(someone, password, key, _security.totp_factory.get_totp_uri(found.name, secret))
