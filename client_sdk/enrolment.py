"""
Enrolment: a device key becomes a device of its agency, by a one-time code.

The tablet proves that it has the key by signing what it asks for. When it enrols again, the store goes on
under a new key, and the old key vouches for the new one with a second signature over the same message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync import Json, canonical, decode_bytes, digest_id, encode_bytes
from sync.errors import Malformed

from .errors import Offline, Refused
from .settings import Identity
from .transport import Transport


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is, as the app named it."""

    server: str
    authority_pem: str | None = None
    plain_http: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of an enrolment."""

    identity: Identity
    agency_key: bytes
    epoch: str
    """Empty where the server does not tell: the first exchange will."""
    clock_ms: int


@dataclass(frozen=True, slots=True)
class Signing:
    """One device key: the public half, and the way to sign."""

    public: bytes
    sign: Callable[[bytes], bytes]


def enrol(
    transport: Transport,
    place: Place,
    code: str,
    key: Signing,
    *,
    predecessor: Signing | None = None,
    label: str | None = None,
) -> Enrolled:
    """
    Ask to be a device.

    Raises:
        Offline: The server was not reached, or did not answer as one of ours.
        Refused: The code is unknown, used or too old; or this key may not take over the store.
    """
    old = None if predecessor is None else encode_bytes(predecessor.public)
    message = canonical(["doorstep enrol", code, encode_bytes(key.public), old])
    application: dict[str, Json] = {
        "code": code,
        "public_key": encode_bytes(key.public),
        "signature": encode_bytes(key.sign(message)),
    }
    if label is not None:
        application["label"] = label
    if predecessor is not None:
        application["predecessor"] = {
            "public_key": old,
            "signature": encode_bytes(predecessor.sign(message)),
        }
    return _read(transport.enrol(application), place, key)


def nobodys_key(entropy: Callable[[int], bytes]) -> bytes:
    """A public key whose private half is forgotten at once: it stands until the agency's own is known."""
    return X25519PrivateKey.from_private_bytes(entropy(32)).public_key().public_bytes_raw()


def _read(told: Mapping[str, Any], place: Place, key: Signing) -> Enrolled:
    try:
        agency_key = decode_bytes(told["agency_key"])
        identity = Identity(
            agency=_text(told, "agency"),
            agency_name=_text(told, "agency_name"),
            agency_key=told["agency_key"],
            device=_text(told, "device"),
            worker=_text(told, "worker"),
            role=told.get("role", "worker"),
            fingerprint=_text(told, "fingerprint"),
            time_zone=told.get("time_zone", "UTC"),
            server=place.server,
            authority_pem=place.authority_pem,
            plain_http=place.plain_http,
        )
        clock_ms = int(told["clock_ms"] if "clock_ms" in told else told["clock"])
    except (KeyError, TypeError, ValueError, Malformed):
        raise Offline("what answered the enrolment is not the agency's server") from None
    if identity.device != digest_id(key.public) or len(agency_key) != 32:
        raise Refused("the server enrolled another key than this tablet's")
    return Enrolled(identity, agency_key, str(told.get("epoch", "")), clock_ms)


def _text(told: Mapping[str, Any], member: str) -> str:
    text = told[member]
    if not isinstance(text, str):
        raise TypeError(member)
    return text
