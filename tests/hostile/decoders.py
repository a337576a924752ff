"""
Every decoder of what another machine wrote: what it is given, and which errors are its answer.

A decoder answers with a value or with an error of its own room; anything else is a defect, and so is an answer that
takes long. The samples are what our own programs write, to be spoilt.
"""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from marshmallow import ValidationError

import casework.instruments
from casework.errors import CaseworkError
from casework.instruments.expression import BadCondition
from casework.instruments.expression import parse as parse_condition
from client_sdk.answers import Raw, sync_reply
from client_sdk.errors import ClientError
from client_sdk.vault import file as vault_file
from client_sdk.vault.padding import pack, unpack_bounded
from server.api.enrolment import ApplicationSchema
from server.api.inflate import PUSH, inflated
from server.api.spec import _read as read_body
from server.crypto.envelope import open_envelope
from server.errors import ServerError
from server.services.access.codes import code_bytes
from server.services.keeping import importing
from server.services.log.cursor import read_cursor
from server.services.log.incoming import read_envelope
from sync import (
    SyncError,
    decode_bytes,
    encode_bytes,
    parse,
    read_canonical,
    read_json,
    read_reply,
    read_request,
    read_row,
    read_state,
)
from sync.limits import ENVELOPE_BYTES_MAX
from sync.wire import read_line

from . import samples

DATA: Final = Path(casework.instruments.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Decoder:
    """One of them."""

    name: str
    decode: Callable[[bytes], object]
    answers: tuple[type[Exception], ...]
    """The errors by which it refuses."""
    samples: tuple[bytes, ...]
    of: tuple[str, ...] = ("sync",)
    """The packages whose code it is, for whoever watches what is reached."""


def _text(decode: Callable[[str], object]) -> Callable[[bytes], object]:
    """A decoder of text: what is no text never gets there."""
    return lambda data: decode(data.decode("utf-8", "replace"))


def _json(decode: Callable[[Any], object]) -> Callable[[bytes], object]:
    """A decoder of JSON that was read before."""
    return lambda data: decode(read_json(data))


def _vault(data: bytes) -> object:
    with TemporaryDirectory() as folder:
        (Path(folder) / vault_file.VAULT_FILE).write_bytes(data)
        return vault_file.read(Path(folder))


DECODERS: Final = (
    Decoder("JSON", read_json, (SyncError,), (samples.CHANGESET,)),
    Decoder("canonical JSON", read_canonical, (SyncError,), (samples.CHANGESET,)),
    Decoder("base64url", _text(decode_bytes), (SyncError,), (encode_bytes(bytes(64)).encode(),)),
    Decoder("request", read_request, (SyncError,), (samples.REQUEST,)),
    Decoder("line", read_line, (), (samples.LINE, b"~" + encode_bytes(samples.ENVELOPE).encode())),
    Decoder("changeset", lambda data: parse(samples.PREFIX, data), (SyncError,), (samples.CHANGESET,)),
    Decoder("reply", read_reply, (SyncError,), (samples.REPLY,)),
    Decoder("row", _json(read_row), (SyncError,), (samples.ROW,)),
    Decoder("state", read_state, (SyncError,), (samples.STATE,)),
    Decoder(
        "answer of a server",
        lambda data: sync_reply(Raw(200, data, len(data))),
        (ClientError,),
        (samples.REPLY,),
        of=("client_sdk", "sync"),
    ),
    Decoder(
        "refusal of a server",
        lambda data: sync_reply(Raw(409, data, len(data))),
        (ClientError,),
        (b'{"type":"/problems/history-changed","epoch":"e","cursor":"c"}',),
        of=("client_sdk", "sync"),
    ),
    Decoder(
        "cursor",
        _text(lambda text: read_cursor(text, bytes(32))),
        (SyncError,),
        (samples.CURSOR,),
        of=("server.services",),
    ),
    Decoder("content of an envelope", read_envelope, (), (samples.OFFERED,), of=("server.services", "sync")),
    Decoder(
        "envelope",
        lambda data: open_envelope(samples.AGENCY.private_bytes_raw(), data),
        (),
        (samples.ENVELOPE,),
        of=("server.crypto",),
    ),
    Decoder(
        "padding",
        lambda data: unpack_bounded(data, ENVELOPE_BYTES_MAX),
        (ClientError,),
        (pack(b"x" * 900),),
        of=("client_sdk",),
    ),
    Decoder(
        "gzip",
        lambda data: inflated(data, "gzip", PUSH),
        (ServerError,),
        (gzip.compress(samples.REQUEST),),
        of=("server.api",),
    ),
    Decoder(
        "deflate",
        lambda data: inflated(data, "deflate", PUSH),
        (ServerError,),
        (zlib.compress(samples.REQUEST),),
        of=("server.api",),
    ),
    Decoder(
        "enrolment",
        lambda data: ApplicationSchema().load(read_body(data)),
        (ServerError, ValidationError),
        (samples.APPLICATION,),
        of=("server.api",),
    ),
    Decoder("enrolment code", _text(code_bytes), (ServerError,), (samples.CODE,), of=("server.services",)),
    Decoder(
        "CSV file",
        lambda data: importing.read("clients.csv", data),
        (),
        (samples.CSV,),
        of=("server.services", "casework"),
    ),
    Decoder(
        "FHIR file",
        lambda data: importing.read("resource.json", data),
        (),
        (samples.PATIENT, samples.QUESTIONNAIRE),
        of=("server.fhir", "server.services", "casework"),
    ),
    Decoder(
        "instrument",
        _json(casework.instruments.read_definition),
        (SyncError, CaseworkError),
        tuple((DATA / name).read_bytes() for name in ("phq2.json", "cssrs_screener.json")),
        of=("casework.instruments",),
    ),
    Decoder(
        "condition of an instrument",
        _text(lambda text: parse_condition(text, [f"q{number}" for number in range(1, 10)])),
        (BadCondition,),
        (b"count(q1..q9 >= 2) + count(q9 >= 1) >= 5 and (q1 in {yes, refused} or not q2 = no)",),
        of=("casework.instruments",),
    ),
    Decoder("vault file", _vault, (ClientError,), (samples.vault_of_a_tablet(),), of=("client_sdk.vault",)),
)
