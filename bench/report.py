"""
The report: figures as JSON and as a Markdown table, with the machine and the day, and the bars that are missed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from . import machine, work
from .figures import Figure

RESULTS: Final = Path(__file__).parent / "results"
SPEED: Final = Path(__file__).parent.parent / "docs" / "explanation" / "speed.md"
_TABLE: Final = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)

PEERS: Final[Mapping[str, str]] = {
    "first sync of 2,000 records: bytes down": (
        "CouchDB with PouchDB 820,000–3,850,000; Kinto, RxDB 3,000,000"
    ),
    "first sync of 2,000 records: requests": "CouchDB with PouchDB 107",
    "first sync of 2,000 records: server CPU": "CouchDB with PouchDB 740–830; Kinto 90; RxDB 100",
    "one-field edit: bytes up": "2,000–5,400",
    "one-field edit: requests": "2–11",
    "no-op: requests": "1–8",
    "pull of 100 scattered edits: bytes": "46,000–201,000",
    "eight tablets pushing 250 each, SQLite: records accepted": (
        "CouchDB 1,901; express-pouchdb 2,561; RxDB 5,191 (in memory only); Etebase 161"
    ),
    "eight tablets pushing 250 each, PostgreSQL: records accepted": (
        "Kinto 78 (a quarter of what it acknowledged was lost)"
    ),
}
"""What others needed for the same work on a machine of this kind. None of them signs, and only Etebase encrypts."""


def as_json(figures: Mapping[str, Sequence[Figure]], *, quick: bool) -> dict[str, Any]:
    """Everything that was measured, by measure."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": machine.described(),
        "floor_bytes": work.gzip_bytes(work.assessments()),
        "missed": [] if quick else missed(figures),
        "figures": {name: [_figure(one, judged=not quick) for one in some] for name, some in figures.items()},
    }


def missed(figures: Mapping[str, Sequence[Figure]]) -> list[str]:
    """The bars that are missed, in words."""
    return [
        f"{one.what}: {_number(one.value)} {one.unit}, the bar is {one.bar}".replace(" ,", ",")
        for some in figures.values()
        for one in some
        if one.missed
    ]


def as_markdown(told: Mapping[str, Any]) -> str:
    """The table of a report, with the machine above it."""
    about = told["machine"]
    lines = [
        f"Measured on {told['at'][:10]}, on {about['processor']}, {about['memory']}, {about['system']}, "
        f"Python {about['python']}, at a load of {about['load_before']}. "
        f"Gzip of the raw records takes {told['floor_bytes']:,} bytes.",
        "",
        "| | measured | bar | | others, measured earlier |",
        "|---|---:|---:|---|---|",
    ]
    for some in told["figures"].values():
        for one in some:
            met = {None: "", True: "met", False: "**missed**"}[one["met"]]
            value = f"{_number(one['value'])} {one['unit']}".strip()
            lines.append(f"| {one['what']} | {value} | {one['bar']} | {met} | {PEERS.get(one['what'], '')} |")
    return "\n".join(lines) + "\n"


def keep(told: Mapping[str, Any]) -> None:
    """Write the report down beside what earlier ones say of other measures, and put the table into the page."""
    RESULTS.mkdir(exist_ok=True)
    latest = RESULTS / "latest.json"
    before = json.loads(latest.read_text("utf-8"))["figures"] if latest.exists() else {}
    whole = {**told, "figures": {**before, **told["figures"]}}
    latest.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = SPEED.read_text("utf-8")
    SPEED.write_text(_TABLE.sub(lambda _: f"\n{as_markdown(whole)}\n", page), "utf-8")


def _figure(one: Figure, *, judged: bool) -> dict[str, Any]:
    return {
        "what": one.what,
        "value": round(one.value, 3),
        "unit": one.unit,
        "bar": "" if one.bar is None else str(one.bar),
        "met": not one.missed if judged and one.bar is not None else None,
        "runs": list(one.runs),
    }


def _number(value: float) -> str:
    """As exact as somebody wants to read it."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"
