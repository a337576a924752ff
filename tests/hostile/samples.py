"""
Samples: what our own programs write, one of each kind, to be spoilt.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk import KdfCost, Providers
from client_sdk.vault import Vault
from client_sdk.vault import file as vault_file
from client_sdk.vault.envelope import Session
from server.services.access.codes import CODE_BYTES, code_text
from server.services.log.cursor import Batch, Cursor, Place, write_cursor
from sync import (
    Accepted,
    At,
    Fate,
    Head,
    Outcome,
    Page,
    Prefix,
    Record,
    Reply,
    Tablet,
    Write,
    compose,
    encode_bytes,
    latest,
    write_line,
    write_reply,
    write_request,
    write_row,
    write_state,
)

AGENCY: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PREFIX: Final = Prefix("agency-1", "device-1", "ana")

_made: Final = compose(
    PREFIX,
    subject="c1",
    seq=2,
    prev="p" * 22,
    at=At(1_764_000_000_000, 3),
    wall=1_764_000_000_000,
    schema=1,
    salt=bytes(16),
    writes=[
        Write("client", "c1", "preferred_name", ("n" * 22,), "Rosa"),
        Write("need", "n1", "source", (), {"kind": "client", "list": [1, None, True]}),
    ],
    reason="home visit",
)
_line: Final = write_line(bytes(64), _made.body)
_record: Final = Record("client", "c1", "c1").apply(
    Accepted(_made, 7, _made.at), lambda _type, _unit: latest()
)
_head: Final = Head(
    epoch="e1",
    cursor="7.aaaaaaaaaaaaaaaa",
    page_bytes=1000,
    tablet=Tablet(1, "0.1.0", 1_764_000_000_000, 1, "7.abc"),
    lacks=("l" * 22,),
    kept=("6.bbbbbbbbbbbbbbbb",),
    holds=("c1",),
)
_request: Final = write_request(_head, [_line])
_reply: Final = write_reply(
    Reply(
        "e1",
        1000,
        (
            Outcome("a" * 22, 7),
            Outcome("b" * 22, 8, held="malformed", sentence="A value."),
            Outcome("c" * 22, 0, missing=("d" * 22,)),
        ),
        (Fate("a" * 22, 9, "not_applied", "No."),),
        Page(
            "7.aaaaaaaaaaaaaaaa", True, (write_row(_record),), ("c1",), ("c1",), ("c2",), {"c1": "d"}, "t", 7
        ),
        safe=3,
    )
)
_cursor: Final = write_cursor(
    Cursor(7, "a" * 16, Place(7, "client", "c1", "phone"), Batch(1, 7, ("c1", "c2"), 1, "c1", "c2"), 5)
)
_session: Final = Session(AGENCY.public_key().public_bytes_raw(), store_id=bytes(16), entropy=bytes)
_envelope: Final = _session.seal(b"e" * 16, sequence=1, body=PREFIX.canonical() + b"\n" + _line).to_bytes()
_application: Final = {
    "code": "AAAAA-AAAAA",
    "public_key": encode_bytes(bytes(32)),
    "signature": encode_bytes(bytes(64)),
}
_patient: Final = {
    "resourceType": "Patient",
    "name": [{"family": "Reyes", "given": ["Rosa"]}],
    "gender": "female",
    "birthDate": "1950-02-01",
    "telecom": [{"system": "phone", "value": "+13045550100"}],
    "identifier": [{"system": "urn:mrn", "value": "1"}],
    "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "extension": []}],
}
_questionnaire: Final = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "Two questions",
    "url": "http://example.org/q",
    "version": "1",
    "item": [
        {
            "linkId": "1",
            "type": "choice",
            "text": "How are you?",
            "code": [{"system": "http://loinc.org", "code": "44250-9"}],
            "answerOption": [{"valueCoding": {"code": "LA6568-5", "display": "Not at all"}}],
        }
    ],
}
_csv: Final = (
    b"family,given,date_of_birth,phone,street,city\r\n"
    b'Reyes,Rosa,1950-02-01,+13045550100,"12 Quarry Rd",Harlow Fork\r\n'
)

CHANGESET: Final = _made.body
LINE: Final = _line
REQUEST: Final = _request
REPLY: Final = _reply
ROW: Final = write_row(_record)
STATE: Final = write_state(_record)
CURSOR: Final = _cursor.encode()
OFFERED: Final = PREFIX.canonical() + b"\n" + _line
ENVELOPE: Final = _envelope
APPLICATION: Final = json.dumps(_application).encode()
CODE: Final = code_text(bytes(range(CODE_BYTES))).encode()
PATIENT: Final = json.dumps(_patient).encode()
QUESTIONNAIRE: Final = json.dumps(_questionnaire).encode()
CSV: Final = _csv


def vault_of_a_tablet() -> bytes:
    """The file of a new vault."""
    with TemporaryDirectory() as folder:
        providers = Providers(kdf_cost=KdfCost(8, 1, 1))
        agency = AGENCY.public_key().public_bytes_raw()
        Vault.create(
            Path(folder), "seven quiet herons at dusk", agency_key=agency, providers=providers
        ).lock()
        return (Path(folder) / vault_file.VAULT_FILE).read_bytes()
