"""`rebuild`, `backup`, `restore`: keeping what the log says, and getting it back."""

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.orm import Session

from ..services.desk import registry
from ..services.keeping import backup as backups
from ..services.keeping import rebuild
from ..services.keeping.rebuild import Difference, Replayed
from . import show
from .desk import Desk, at_desk, prepared, refusals, surroundings

COLUMNS = ("cache", "key")


@click.command("rebuild")
@click.option("--write", is_flag=True, help="Store what the log says in place of what differs.")
@at_desk
def rebuild_(desk: Desk, write: bool) -> None:
    """
    Make records, digests and projections anew out of the log, and compare with what is stored.

    Exit code 1 if anything differs; with --write it is put right.
    """
    registry.check_administrator(desk.by)
    with show.bar("replaying the log") as bar:

        def act(session: Session) -> tuple[Replayed, list[Difference]]:
            return rebuild.rebuild(session, desk.house.sealer, desk.agency, bar.at, store=write)

        replayed, found = desk.write(act) if write else desk.read(act)
    if desk.as_json:
        counts = {"position": replayed.position, "changesets": replayed.changesets}
        show.write_json(
            counts | {"records": len(replayed.records), "differences": [asdict(one) for one in found]}
        )
    else:
        click.echo(
            f"{replayed.changesets} changesets in {replayed.position} entries, {len(replayed.records)} records"
        )
        show.rows(False, COLUMNS, map(asdict, found), none="What is stored is what the log says.")
    if found and not write:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@at_desk
def backup(desk: Desk, file: Path) -> None:
    """
    Write a sealed copy of the agency to FILE, while tablets go on syncing.

    It opens only with the key store and the master key, which are kept apart from it.
    """
    with show.bar("backing up") as bar:
        made = backups.backup(desk.house, desk.by, file, bar.at)
    show.facts(desk.as_json, asdict(made))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "as_", required=True, envvar="DOORSTEP_AS", metavar="ID", help="The administrator's id."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@click.pass_context
def restore(context: click.Context, file: Path, as_: str, as_json: bool) -> None:
    """
    Fill an empty database from the backup FILE.

    Afterwards tablets and people wait: `doorstep confirm` and `doorstep staff confirm` let them go on.
    """
    with refusals():
        house = prepared(*surroundings(context))
        try:
            with show.bar("restoring") as bar:
                restored = backups.restore(house, file, as_, bar.at)
        finally:
            house.close()
    show.facts(as_json, asdict(restored))


COMMANDS: tuple[click.Command, ...] = (rebuild_, backup, restore)
