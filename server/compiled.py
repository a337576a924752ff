"""
Compiled JSON: orjson reads and writes for `sync` where the server runs, with the same bytes.
"""

from typing import Final

import orjson

from sync import Json
from sync.ids import Compiled

_OPTIONS: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)
"""Nothing but plain values: what else there is goes to the standard library, and is refused there."""


def _write(value: Json) -> bytes:
    return orjson.dumps(value, option=_OPTIONS)


ORJSON: Final = Compiled(orjson.loads, _write)
