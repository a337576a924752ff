"""
Sync: changesets that converge.

Pure: time, ids, bytes and signatures come in as arguments. Nothing here knows what a visit is.
"""

from .changeset import Changeset, Prefix, Write, changeset_id, compose, is_name, parse, signed_bytes
from .checks import Check, CheckFlag, flag
from .clock import At, capped, observe, tick
from .errors import BadSignature, Malformed, Oversize, SyncError
from .exchange import DONE, Applied, Done, Exchange, Standing
from .freeze import Life, Signed
from .ids import (
    Json,
    canonical,
    decode_bytes,
    derived_id,
    digest_id,
    encode,
    encode_bytes,
    random_id,
    read_canonical,
    read_json,
)
from .merge import UnitState
from .packing import Link, Pending, SyncRequest
from .record import (
    CHOSEN,
    LIFE,
    SIGNATURE,
    Accepted,
    Record,
    RecordView,
    RuleOf,
    accept,
    fold,
    rule_for,
    view,
)
from .reply import Fate, HistoryChanged, Outcome, Page, PageIn, Reply, read_reply, write_reply
from .rivals import Live, Needs, Shown
from .rows import first_line, read_row, read_state, sole_changeset, write_row, write_state
from .rules import (
    Rule,
    ask,
    decided,
    is_office,
    latest,
    members,
    once,
    safest,
    text,
)
from .signing import Signer, Verifier
from .wire import Head, Line, Tablet, read_request, write_envelope_line, write_line, write_request

__all__ = [
    "CHOSEN",
    "DONE",
    "LIFE",
    "SIGNATURE",
    "Accepted",
    "Applied",
    "At",
    "BadSignature",
    "Changeset",
    "Check",
    "CheckFlag",
    "Done",
    "Exchange",
    "Fate",
    "Head",
    "HistoryChanged",
    "Json",
    "Life",
    "Line",
    "Link",
    "Live",
    "Malformed",
    "Needs",
    "Outcome",
    "Oversize",
    "Page",
    "PageIn",
    "Pending",
    "Prefix",
    "Record",
    "RecordView",
    "Reply",
    "Rule",
    "RuleOf",
    "Shown",
    "Signed",
    "Signer",
    "Standing",
    "SyncError",
    "SyncRequest",
    "Tablet",
    "UnitState",
    "Verifier",
    "Write",
    "accept",
    "ask",
    "canonical",
    "capped",
    "changeset_id",
    "compose",
    "decided",
    "decode_bytes",
    "derived_id",
    "digest_id",
    "encode",
    "encode_bytes",
    "first_line",
    "flag",
    "fold",
    "is_name",
    "is_office",
    "latest",
    "members",
    "observe",
    "once",
    "parse",
    "random_id",
    "read_canonical",
    "read_json",
    "read_reply",
    "read_request",
    "read_row",
    "read_state",
    "rule_for",
    "safest",
    "signed_bytes",
    "sole_changeset",
    "text",
    "tick",
    "view",
    "write_envelope_line",
    "write_line",
    "write_reply",
    "write_request",
    "write_row",
    "write_state",
]
