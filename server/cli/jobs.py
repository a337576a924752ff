"""`jobs`: what the server does by itself every minute, as a process beside `serve`."""

import click

from ..jobs import run, scan
from ..observability import logs
from . import show
from .desk import opened, surroundings


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and stop: for a clock of the machine's own.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@click.pass_context
def jobs(context: click.Context, once: bool, as_json: bool) -> None:
    """Begin and end grants, and tell people of dangers that wait, every minute until interrupted."""
    settings, providers = surroundings(context)
    with opened(context) as house:
        if once:
            done = scan(house)
            show.facts(as_json, {"agencies": done.agencies, "told": done.told, "failed": done.failed})
            return
        logs.configure(providers.now_ms, settings.log_level)
        run(house)


COMMANDS: tuple[click.Command, ...] = (jobs,)
