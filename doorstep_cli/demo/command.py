"""
`doorstep demo`: the story with a real server and two real tablets, checked, and then left running.
"""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from client_sdk import ClientError

from . import agency, report, waiting
from .checks import missed
from .play import play
from .process import ProgramFailed
from .stage import Stage, set_up

MARK: Final = "made-by-doorstep-demo"
"""A file in the demo's folder: only a folder with it is ever thrown away."""

WIDTH_MIN: Final = 110
"""Columns where the output is no terminal: a log of a build wraps nothing by itself."""


@click.command()
@click.option("--once", is_flag=True, help="Play, check and stop; exit code 1 if anything was missed.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where everything is made, anew each time.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the server; 0 takes a free one.")
def demo(once: bool, folder: Path, port: int) -> None:
    """Play a day of two workers with a real server and two tablets, and check that nothing is lost."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDTH_MIN))
    make_anew(folder)
    try:
        with stopped_by_terminate():
            held = _run(console, folder, port, once=once)
    except (ProgramFailed, ClientError) as failed:
        raise click.ClickException(f"✗ the story stopped: {failed}") from failed
    except KeyboardInterrupt:
        console.print("Stopped.")
        held = not once
    if once and not held:
        raise click.exceptions.Exit(1)


def make_anew(folder: Path) -> None:
    """
    Throw away what an earlier demo left, and begin an empty folder.

    Raises:
        click.ClickException: There is something in it that no demo made.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise click.ClickException(f"{folder} is not empty and no demo made it: name another --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


@contextmanager
def stopped_by_terminate() -> Iterator[None]:
    """Let a termination end this program as Ctrl-C does, so that its server ends with it."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(console: Console, folder: Path, port: int, *, once: bool) -> bool:
    """Play, show, and serve unless it is once; whether every check held."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        clients = progress.add_task("clients registered", total=agency.CLIENTS)

        def tell(step: str) -> None:
            progress.console.print(f"· {step}")

        def registered(so_far: int, of: int) -> None:
            progress.update(clients, completed=so_far, total=of)

        with set_up(folder, port, tell, registered) as stage:
            played = play(stage, "ana", tell)
            progress.stop()
            report.show(console, played)
            if not once:
                _serve(console, stage)
    return not missed(played.checks)


def _serve(console: Console, stage: Stage) -> None:
    waiting.leave(stage)
    codes = [
        agency.invite(stage.house, stage.agency, worker) for worker in (stage.agency.ana, stage.agency.ben)
    ]
    report.show_serving(console, stage, codes)
    report.show_sign_ins(console, stage, agency.sign_ins(stage.house, stage.agency))
    code = stage.server.wait()
    raise ProgramFailed(f"the server ended by itself, with exit code {code}; see {stage.server.log}")
