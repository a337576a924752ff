"""
`python -m bench.web`: build the agency on each database, measure every page, say which miss the bar.

JSON goes to `bench/results/web.json` and the table beside it, unless `--quick`. With `--loaded` processor time is
judged instead of elapsed time: on a machine that does other work at once, elapsed time measures that work.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, Final

from server.app import create_app
from server.observability import logs
from server.settings import Settings
from server.wsgi import settle_memory

from .. import machine
from ..report import RESULTS
from ..serving import KINDS, Kind, Place, PostgreSQL, fresh
from ..stage import opened
from .agency import Size, build
from .measuring import ASKED, Site, Took
from .pages import PAGES

BAR_MS: Final = 150
"""Milliseconds in which nineteen of twenty pages are there."""


def main(arguments: Sequence[str]) -> int:
    """Build, measure, write, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.web", description="What a page costs.")
    parser.add_argument(
        "--quick", action="store_true", help="a hundredth of the clients: does everything run?"
    )
    parser.add_argument("--kind", choices=KINDS, help="one database only")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    parser.add_argument("--loaded", action="store_true", help="judge processor time: the machine is busy")
    options = parser.parse_args(arguments)
    judged = "cpu" if options.loaded else "wall"
    report: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine.described(),
        "judged": judged,
        "pages": {},
    }
    missed = []
    for kind in [options.kind] if options.kind else KINDS:
        records, took = _on(kind, options.quick, options.only)
        report["pages"][kind] = [_row(one) for one in took]
        report.setdefault("records", {})[kind] = records
        missed += [f"{kind}: {one.page}" for one in took if one.of(judged, 95) > BAR_MS]
        print(_table(kind, records, took), flush=True)
    if not options.quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "web.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        for line in missed:
            print("MISSED", line, file=sys.stderr)
    return 1 if missed and not options.quick else 0


def _on(kind: Kind, quick: bool, only: str) -> tuple[int, list[Took]]:
    """What every page took on one database."""
    with ExitStack() as stack:
        postgresql = stack.enter_context(PostgreSQL()) if kind == "postgresql" else None
        place = stack.enter_context(fresh(kind, postgresql))
        house = stack.enter_context(opened(place))
        agency = build(house, Size.quick() if quick else Size())
        print(f"{kind}: {agency.records:,} records", file=sys.stderr, flush=True)
        logs.configure(house.providers.now_ms, "error")
        app = create_app(_settings(place), house.providers)
        stack.callback(lambda: app.extensions["doorstep"].close())
        site = Site(app, house, place, agency)
        pages = [page for page in PAGES if page.name.startswith(only)]
        browsers = {role: site.sign_in(role) for role in sorted({page.role for page in pages})}
        # As a server does before it listens.
        settle_memory()
        return agency.records, [site.took(browsers[page.role], page, 3 if quick else ASKED) for page in pages]


def _settings(place: Place) -> Settings:
    return Settings(home=place.home, database_url=place.database_url, plain_http=True, log_level="error")


def _row(one: Took) -> dict[str, Any]:
    return {
        "page": one.page,
        "cpu_ms": {"p50": round(one.of("cpu", 50), 1), "p95": round(one.of("cpu", 95), 1)},
        "wall_ms": {"p50": round(one.of("wall", 50), 1), "p95": round(one.of("wall", 95), 1)},
        "statements": one.statements,
        "bytes": one.bytes,
        "bare_ms": round(one.bare_ms, 3),
        "ratio": round(one.ratio, 1),
    }


def _table(kind: Kind, records: int, took: Sequence[Took]) -> str:
    lines = [
        f"{kind}, {records:,} records; milliseconds, the bar is {BAR_MS} at p95",
        "",
        "| page | CPU p50 | CPU p95 | elapsed p50 | elapsed p95 | statements | bare SELECT | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in took:
        times = " | ".join(f"{one.of(which, at):.0f}" for which in ("cpu", "wall") for at in (50, 95))
        lines.append(f"| {one.page} | {times} | {one.statements} | {one.bare_ms:.2f} | {one.ratio:.0f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
