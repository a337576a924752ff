"""
Logs: one JSON object a line, with ids, codes and numbers, never values.

A *redaction* step stands between every event and the line: only known members pass, and text passes only
where it has the shape of an id or a code. Of an exception the line keeps its kind and where it was raised,
not its text, for texts of libraries quote what they choke on. Records of other libraries keep their place
in the code.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

KNOWN: Final = frozenset(
    {
        "event",
        "level",
        "at_ms",
        "route",
        "method",
        "status",
        "took_ms",
        "agency",
        "device",
        "person",
        "worker",
    }
    | {"subject", "position", "code", "count", "size_bytes", "attempt", "wait_s", "error", "where", "logger"}
    | {"part", "revision", "server", "port"}
)
"""Members that a line may have."""

WITHHELD: Final = "[withheld]"
"""Stands where text was that may be a value."""

FRAMES_MAX: Final = 12
"""Innermost places of an exception that a line keeps."""

# Ids, codes, routes, places in the code: no spaces, so no names and no sentences.
_ID: Final = re.compile(r"[A-Za-z0-9_.:/<>=+*$-]{1,120}")

# What we write ourselves as an event: lower case words without digits.
_EVENT: Final = re.compile(r"[a-z][a-z -]{0,60}")

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
"""The logger of the server."""


def configure(now_ms: Callable[[], int], level: str = "info", stream: TextIO = sys.stderr) -> None:
    """Send all logs of this process, our own and those of libraries, through redaction to one stream."""

    def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at_ms"] = now_ms()
        return event

    least = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [merge_contextvars, structlog.processors.add_log_level, stamp]
    finish: list[structlog.typing.Processor] = [places, redact, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.add_log_level, stamp],
            processors=[foreign, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(least, logging.WARNING), force=True)


def bind(**ids: str) -> None:
    """Let every further line of this request carry these ids."""
    bind_contextvars(**ids)


def unbind() -> None:
    """Begin a request with no ids."""
    clear_contextvars()


def places(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its kind and where it was raised."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = _where(error.__traceback__)
    return event


def foreign(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of a library's record keep whose it is and where in the code it was made, not its text."""
    record: logging.LogRecord = event["_record"]
    event["event"] = "library record"
    event["logger"] = record.name
    event["where"] = f"{record.module}.{record.funcName}:{record.lineno}"
    if record.exc_info is not None:
        event["exc_info"] = record.exc_info
    return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Let through what is known and has the shape of an id, a code or a number."""
    return {name: _safe(name, value) for name, value in event.items() if name in KNOWN}


def _safe(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name == "where" and isinstance(value, list):
        return [_safe("", place) for place in value]
    shape = _EVENT if name == "event" else _ID
    return value if isinstance(value, str) and shape.fullmatch(value) else WITHHELD


def _where(traceback: TracebackType | None) -> list[str]:
    frames = [
        f"{Path(frame.f_code.co_filename).name}:{line}:{frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]
    return frames[-FRAMES_MAX:]
