"""
`python -m bench`: measure what is named, or everything; say which bars are missed.

    python -m bench [names ...] [--quick] [--keep] [--log-size N]

JSON goes to `bench/results/latest.json` and the table into `docs/explanation/speed.md` when everything was measured,
or with `--keep`; figures of other measures that stand there already stay. The exit code is 1 where a bar is missed.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from . import crowd, exchange, flat, fleet, long_log, merge, report, tablet
from .figures import Figure, Measure, Scale

MEASURES: Final[Mapping[str, Measure]] = {
    "exchange": exchange.measure,
    "crowd": crowd.measure,
    "flat": flat.measure,
    "long-log": long_log.measure,
    "fleet": fleet.measure,
    "tablet": tablet.measure,
    "merge": merge.measure,
}
"""In the order of the table."""


def main(arguments: Sequence[str]) -> int:
    """Measure, write, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Doorstep costs.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(MEASURES)}; all if none")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work: does everything run?")
    parser.add_argument("--keep", action="store_true", help="write down what was measured, if only a part")
    parser.add_argument("--log-size", type=int, default=Scale().log_size, help="changesets in the long log")
    options = parser.parse_args(arguments)
    names = options.names or list(MEASURES)
    if unknown := [name for name in names if name not in MEASURES]:
        parser.error(f"no such measure: {', '.join(unknown)}")
    found = measured(names, Scale(options.quick, options.log_size))
    told = report.as_json(found, quick=options.quick)
    print(report.as_markdown(told))
    if options.keep or (not options.names and not options.quick):
        report.keep(told)
    for line in told["missed"]:
        print("MISSED", line, file=sys.stderr)
    return 1 if told["missed"] else 0


def measured(names: Sequence[str], scale: Scale) -> dict[str, Sequence[Figure]]:
    """The figures of each measure, one after the other."""
    found: dict[str, Sequence[Figure]] = {}
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found[name] = MEASURES[name](scale)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
