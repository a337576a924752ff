"""
Bounds of the exchange, each with its unit and its reason.

Both ends import them, so that a tablet refuses at save what the server would refuse at receipt.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

PUSH_BYTES_MAX: Final = 256 * KIB
"""Bytes of one request on the wire: about 20 s on a poor rural link, and small enough to try again."""

PUSH_INFLATED_BYTES_MAX: Final = 4 * MIB
"""Bytes of one request after inflation: sixteen times the wire, more than text ever needs."""

PUSH_CHANGESETS_MAX: Final = 500
"""Changesets in one request: what the server settles within a second."""

CHANGESET_BYTES_MAX: Final = 240 * KIB
"""Bytes of one changeset: it must fit in a request together with the head."""

ENVELOPE_BYTES_MAX: Final = CHANGESET_BYTES_MAX + 4 * KIB
"""Bytes in a sealed envelope: one changeset with its signature and prefix. A push is full of them, inflated."""

HEAD_BYTES_MAX: Final = 1 * MIB
"""Bytes of the head line: the subjects that a tablet names after a restore, 39 bytes each, some twice."""

PAGE_BYTES_MAX: Final = 4 * MIB
"""Bytes of records in one reply before compression, the symmetrical bound for a tablet's memory."""

PAGE_BYTES_DEFAULT: Final = 1 * MIB
"""Bytes of records asked for until the link has shown what it carries."""

WRITES_MAX: Final = 200
"""Writes in one changeset: a long assessment has about sixty."""

OVER_MAX: Final = 256
"""Writes that one write may replace: more rivals than that is an attack, not a disagreement."""

DEPTH_MAX: Final = 16
"""Levels of nesting in a value: our deepest declared value has five."""

STRING_CHARS_MAX: Final = 64 * KIB
"""Characters of one string: a narrative of thirty pages."""

INTEGER_MAX: Final = 2**53 - 1
"""The greatest whole number that every JSON reader keeps exactly."""

CLOCK_AHEAD_MS_MAX: Final = 24 * 60 * 60 * 1000
"""Milliseconds that a seen clock may lie ahead and still be adopted: a day covers every time zone mistake."""

CLOCK_OFFSET_FLAG_MS: Final = 5 * 60 * 1000
"""Milliseconds of offset from which a tablet's clock is flagged to the supervisor."""

KEPT_CURSORS_MAX: Final = 90
"""Cursors that a tablet keeps, one a day: as long as its envelopes."""

REASON_CHARS_MAX: Final = 2000
"""Characters of the reason of a save or a settlement."""
