"""
What the demo shows: the table of everything that was promised and seen, and what it cost on the wire.
"""

import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from shutil import which

import segno
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .agency import ADMINISTRATOR, ANA, BEN, SUPERVISOR, SignIn
from .checks import Check, missed
from .play import Cost, Played
from .stage import Stage


def show(console: Console, played: Played) -> None:
    """Both tables, and one line that says how it went."""
    console.print(_results(played.checks))
    console.print(_costs(played.costs))
    misses = len(missed(played.checks))
    if misses:
        console.print(Text(f"✗ {misses} of {len(played.checks)} checks missed.", style="bold red"))
    else:
        console.print(Text(f"✓ All {len(played.checks)} checks hold: nothing was lost.", style="bold green"))


def show_serving(console: Console, stage: Stage, codes: Sequence[str]) -> None:
    """Where the server answers, and what to try with it."""
    home, address = stage.home, stage.server.address
    lines = [
        f"The server answers at {address} until Ctrl-C. Its files are in {home}.",
        f"People: {ANA}, {BEN}; supervisor {SUPERVISOR}; administrator {ADMINISTRATOR}.",
        "",
        f"Enrolment code for another tablet of {ANA}:  {codes[0]}",
        f"Enrolment code for another tablet of {BEN}:  {codes[1]}",
        "",
        "Try, in another terminal (both codes are good for one day and one tablet):",
        f"  export DOORSTEP_HOME={home}",
        f"  {program()} clients --as '{SUPERVISOR}'",
        f"  {program()} devices --as '{ADMINISTRATOR}'",
        f"  {program()} tablet --help",
        f"  curl {address}/healthz",
    ]
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def show_sign_ins(console: Console, stage: Stage, people: Sequence[SignIn]) -> None:
    """How to sign in on the web, with a code for an authenticator app each."""
    # Passkeys are bound to a name, and an address of numbers is none.
    address = stage.server.address.replace("127.0.0.1", "localhost")
    console.print(Text(f"\nThe web: {address}", style="bold"))
    for person in people:
        console.print(Text(f"\n{person.name}, {person.role}", style="bold"))
        console.print(Text(f"  e-mail    {person.e_mail}"))
        console.print(Text(f"  password  {person.password}"))
        console.print(Text(f"  authenticator key  {person.key}"), soft_wrap=True)
        console.print(Text("  or point an authenticator app at this picture:"))
        drawn = StringIO()
        segno.make(person.uri, error="l").terminal(drawn, border=2, compact=True)
        console.print(Text.from_ansi(drawn.getvalue()))


def program() -> str:
    """How somebody types the command in another terminal, where no environment is active."""
    here = Path(sys.executable).parent / "doorstep"
    return "doorstep" if which("doorstep") is not None or not here.exists() else str(here)


def _results(checks: Sequence[Check]) -> Table:
    table = Table(title="What was promised, and what was seen", title_justify="left")
    table.add_column("")
    table.add_column("promised")
    table.add_column("seen")
    for check in checks:
        mark = Text("✓", style="green") if check.holds else Text("✗", style="bold red")
        table.add_row(mark, Text(check.name), Text(check.seen if check.holds else check.missed))
    return table


def _costs(costs: Sequence[Cost]) -> Table:
    table = Table(title="What it cost on the wire, headers included", title_justify="left")
    table.add_column("tablet")
    table.add_column("act")
    for heading in ("requests", "bytes up", "bytes down"):
        table.add_column(heading, justify="right")
    for cost in costs:
        figures = (cost.requests, cost.up, cost.down)
        table.add_row(cost.worker.capitalize(), cost.act, *[f"{figure:,}" for figure in figures])
    return table
