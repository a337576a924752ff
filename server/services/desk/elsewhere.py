"""
Signing in by an identity provider: whom a verified answer of it means.

The e-mail address decides who it is, as everywhere, and only where the provider says that it is verified. The
first time, the provider's own name for the person is kept, as a keyed digest; from then on another name with the
same address is refused, for addresses are handed on.
"""

import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ...crypto import Sealer
from ...errors import NotAssigned
from ...settings import Providers
from ..access import accounts
from ..access.people import Person


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of somebody, its signature checked."""

    issuer: str
    subject: str
    e_mail: str
    verified: bool


def recognise(session: Session, sealer: Sealer, providers: Providers, claims: Claims) -> Person:
    """
    The person whom these claims mean; the account is made where there is none.

    Raises:
        NotAssigned: Nobody here, not verified, not active, or somebody else has the address now.
    """
    if not claims.verified or not claims.e_mail:
        raise NotAssigned("the provider has not verified an e-mail address")
    someone = accounts.person_by_login(session, sealer, claims.e_mail)
    if someone is None or someone.state != "active":
        raise NotAssigned("nobody of this address works here")
    digest = _digest(sealer, claims)
    found = accounts.of_person(session, sealer, someone.agency, someone.id)
    if found is None:
        accounts.open_account(session, providers, someone.agency, someone.id, None)
    elif found.oidc is not None and not hmac.compare_digest(found.oidc, digest):
        raise NotAssigned("the provider knows somebody else by this address now")
    accounts.change(session, sealer, someone, {"oidc": digest})
    return someone


def _digest(sealer: Sealer, claims: Claims) -> bytes:
    key = sealer.installation_key(b"identity provider")
    return hmac.digest(key, f"{claims.issuer}\n{claims.subject}".encode(), "sha256")
