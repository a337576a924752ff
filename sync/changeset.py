"""
A changeset: everything that one save on one device wrote about one subject, or nothing.

Its *prefix* (agency, device, author) is implied by the connection and stored by the log; it is hashed and
signed with the bytes but does not travel in them. Its *name* is the id under which it was first made: a
device that was enrolled again issues its unsent work anew, and what refers to that work still finds it.

    >>> prefix = Prefix("agency-1", "device-1", "ana")
    >>> write = Write("client", "c1", "phone", (), "555-0100")
    >>> made = compose(prefix, subject="c1", seq=1, prev="", at=At(1000, 0), wall=1000, schema=1,
    ...                salt=bytes(16), writes=[write])
    >>> parse(prefix, made.body) == made
    True
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .clock import At
from .errors import Malformed, Oversize
from .ids import Json, canonical, decode_bytes, digest_id, encode_bytes, read_canonical
from .limits import CHANGESET_BYTES_MAX, OVER_MAX, REASON_CHARS_MAX, WRITES_MAX

FORMAT: Final = 1
"""The version of the changeset's own format, member `v`."""

SALT_BYTES: Final = 16
"""Random bytes in each changeset, so that its id confirms no guess of its content."""

PREFIXES_KEPT: Final = 4096
"""Prefixes whose bytes are kept in memory: a push has hundreds of changesets under one."""

_NAME = re.compile(r"[A-Za-z0-9_-]{22}\Z").match
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z").match
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z").match
_UNIT = re.compile(r"\$?[a-z][a-z0-9_]{0,63}(/\$?[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}){0,2}\Z").match
_MEMBERS = frozenset(("v", "subject", "seq", "prev", "at", "wall", "schema", "salt", "writes"))
_OPTIONAL = frozenset(("reason", "settles", "was"))
_WRITE_MEMBERS = frozenset(("type", "id", "unit", "over", "value"))


@dataclass(frozen=True, slots=True)
class Prefix:
    """Who wrote: the agency, the device, and the person whose device it is."""

    agency: str
    device: str
    author: str

    def canonical(self) -> bytes:
        """The bytes that are hashed and signed before those of the changeset."""
        return _prefix_bytes(self)


@dataclass(frozen=True, slots=True)
class Write:
    """One unit of one record set once; `over` names the writes of this unit which the author had in view."""

    type: str
    id: str
    unit: str
    over: tuple[str, ...]
    value: Json


@dataclass(frozen=True, slots=True)
class Changeset:
    """One atomic save about one subject, with the bytes that were signed."""

    prefix: Prefix
    id: str
    subject: str
    seq: int
    """1, 2, 3 … on its device."""
    prev: str
    """The id of the device's previous changeset; empty for the first."""
    at: At
    wall: int
    """The device's own clock, milliseconds since 1970."""
    schema: int
    salt: bytes
    writes: tuple[Write, ...]
    reason: str | None
    settles: bool
    was: str | None
    body: bytes
    """Canonical JSON, as received: never encoded again."""

    @property
    def name(self) -> str:
        """The id under which this changeset was first made."""
        return self.was or self.id


@lru_cache(maxsize=PREFIXES_KEPT)
def _prefix_bytes(prefix: Prefix) -> bytes:
    return canonical([prefix.agency, prefix.device, prefix.author])


def signed_bytes(prefix: Prefix, body: bytes) -> bytes:
    """What the id is a hash of, and what the device signs."""
    return prefix.canonical() + body


def changeset_id(prefix: Prefix, body: bytes) -> str:
    """The id of a changeset, also of one that cannot be read."""
    return digest_id(signed_bytes(prefix, body))


def compose(
    prefix: Prefix,
    *,
    subject: str,
    seq: int,
    prev: str,
    at: At,
    wall: int,
    schema: int,
    salt: bytes,
    writes: Sequence[Write],
    reason: str | None = None,
    settles: bool = False,
    was: str | None = None,
) -> Changeset:
    """
    Make a changeset out of its parts, as `parse` would read it.

    Raises:
        Malformed: A part breaks the format.
        Oversize: More writes, or more bytes, than a changeset may have.
    """
    body: dict[str, Json] = {
        "v": FORMAT,
        "subject": subject,
        "seq": seq,
        "prev": prev,
        "at": [at.ms, at.counter],
        "wall": wall,
        "schema": schema,
        "salt": encode_bytes(salt),
        "writes": [_write_json(write) for write in writes],
    }
    if reason is not None:
        body["reason"] = reason
    if settles:
        body["settles"] = True
    if was is not None:
        body["was"] = was
    return parse(prefix, canonical(body))


def parse(prefix: Prefix, body: bytes) -> Changeset:
    """
    Read the bytes of a changeset.

    Raises:
        Malformed: The bytes are not a changeset in canonical form; the message names the rule.
        Oversize: A bound of `limits` is passed.
    """
    if len(body) > CHANGESET_BYTES_MAX:
        raise Oversize("CHANGESET_BYTES_MAX", CHANGESET_BYTES_MAX, len(body))
    value = read_canonical(body)
    if not isinstance(value, dict) or not value.keys() >= _MEMBERS or value.keys() - _MEMBERS - _OPTIONAL:
        raise Malformed("a changeset has other members")
    if value["v"] != FORMAT or value["v"] is True:
        raise Malformed("v is not a format that we know")
    return Changeset(
        prefix=prefix,
        id=changeset_id(prefix, body),
        subject=_matching(_KEY, value["subject"], "subject"),
        seq=_whole(value["seq"], 1, "seq"),
        prev=_prev(value["prev"], value["seq"]),
        at=_moment(value["at"]),
        wall=_whole(value["wall"], 0, "wall"),
        schema=_whole(value["schema"], 1, "schema"),
        salt=_salt(value["salt"]),
        writes=_writes(value["writes"]),
        reason=_reason(value["reason"]) if "reason" in value else None,
        settles=_settles(value),
        was=_matching(_NAME, value["was"], "was") if "was" in value else None,
        body=body,
    )


def is_name(text: Json) -> bool:
    """Whether a text has the form of a changeset's name."""
    return isinstance(text, str) and _NAME(text) is not None


def _write_json(write: Write) -> Json:
    return {
        "type": write.type,
        "id": write.id,
        "unit": write.unit,
        "over": list(write.over),
        "value": write.value,
    }


def _writes(value: Json) -> tuple[Write, ...]:
    if not isinstance(value, list) or not value:
        raise Malformed("writes is not a list of at least one")
    if len(value) > WRITES_MAX:
        raise Oversize("WRITES_MAX", WRITES_MAX, len(value))
    writes = tuple([_write(part) for part in value])
    if len({(write.type, write.id, write.unit) for write in writes}) != len(writes):
        raise Malformed("one unit is written twice in one changeset")
    return writes


def _write(value: Json) -> Write:
    if not isinstance(value, dict) or value.keys() != _WRITE_MEMBERS:
        raise Malformed("a write has other members")
    over = _over(value["over"]) if value["over"] != [] else ()
    return Write(
        _matching(_TYPE, value["type"], "type"),
        _matching(_KEY, value["id"], "id"),
        _matching(_UNIT, value["unit"], "unit"),
        over,
        value["value"],
    )


def _over(over: Json) -> tuple[str, ...]:
    if not isinstance(over, list) or not all(map(is_name, over)) or len(set(map(str, over))) != len(over):
        raise Malformed("over is not a list of different names")
    if len(over) > OVER_MAX:
        raise Oversize("OVER_MAX", OVER_MAX, len(over))
    return tuple(map(str, over))


def _matching(match: Callable[[str], object], value: Json, member: str) -> str:
    if not isinstance(value, str) or match(value) is None:
        raise Malformed(f"{member} has not the form of a {member}")
    return value


def _whole(value: Json, least: int, member: str) -> int:
    if type(value) is not int or value < least:
        raise Malformed(f"{member} is not a whole number of at least {least}")
    return value


def _prev(value: Json, seq: Json) -> str:
    if value == "" and seq == 1:
        return ""
    if seq == 1 or not is_name(value):
        raise Malformed("prev is not the id of the changeset before")
    return str(value)


def _moment(value: Json) -> At:
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed("at is not [milliseconds, counter]")
    return At(_whole(value[0], 0, "at"), _whole(value[1], 0, "at"))


def _salt(value: Json) -> bytes:
    salt = decode_bytes(value) if isinstance(value, str) else b""
    if len(salt) != SALT_BYTES:
        raise Malformed("salt is not 16 bytes")
    return salt


def _reason(value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Malformed("reason is not text")
    if len(value) > REASON_CHARS_MAX:
        raise Oversize("REASON_CHARS_MAX", REASON_CHARS_MAX, len(value))
    return value


def _settles(value: dict[str, Json]) -> bool:
    if "settles" not in value:
        return False
    if value["settles"] is not True or "reason" not in value:
        raise Malformed("a settlement says settles: true and a reason")
    return True
