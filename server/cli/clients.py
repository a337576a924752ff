"""`client add`, `clients`, `assign`, `unassign`: whom the agency serves, and who visits them."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from ..services.access import agencies, directory
from ..services.desk import office, reads, registry
from ..services.keeping import spreadsheet
from . import show
from .desk import Desk, at_desk

client = click.Group("client", help="One client.")


@client.command("add")
@click.option(
    "--field", "fields", multiple=True, metavar="COLUMN=VALUE", help="Any other column of `import`."
)
@click.option("--family", metavar="NAME")
@click.option("--given", metavar="NAME")
@click.option("--born", metavar="DATE", help="Date of birth, 2026-11-24.")
@click.option("--phone", metavar="NUMBER")
@at_desk
def add_client(
    desk: Desk,
    fields: tuple[str, ...],
    family: str | None,
    given: str | None,
    born: str | None,
    phone: str | None,
) -> None:
    """Register a client of the own office."""
    cells = dict(_cell(field) for field in fields)
    named = {"family": family, "given": given, "date_of_birth": born, "phone": phone}
    cells |= {column: value for column, value in named.items() if value is not None}
    draft, faults = spreadsheet.draft_of_cells(cells)
    if draft is None:
        raise click.ClickException("; ".join(f"{fault.column}: {fault.rule}" for fault in faults))
    id_ = desk.act(lambda book: registry.register(book, desk.by, draft, desk.house.providers))
    show.facts(desk.as_json, {"client": id_})


@click.command()
@click.argument("name", required=False, default="")
@at_desk
def clients(desk: Desk, name: str) -> None:
    """The clients whom you may know of; with NAME, those whose names have words that begin so."""
    found = desk.read(lambda session: directory.clients(session, desk.house.sealer, desk.by, name))
    desk.note_read("", f"{reads.LIST}clients", rows=len(found))
    columns = ("id", "name", "date_of_birth", "language", "state", "provisional", "undecided")
    show.rows(desk.as_json, columns, map(asdict, found), none="No client is found.")


@click.command()
@click.argument("worker")
@click.argument("client_", metavar="CLIENT")
@click.option("--from", "from_", metavar="DAY", help="Begins on this day, or at this moment; else now.")
@click.option("--until", metavar="DAY", help="Ends after this day, or at this moment; else never.")
@click.option(
    "--kind", type=click.Choice(("assigned", "cover", "duty")), default="assigned", show_default=True
)
@at_desk
def assign(desk: Desk, worker: str, client_: str, from_: str | None, until: str | None, kind: str) -> None:
    """Give WORKER access to CLIENT, and write it into the client's record."""
    someone, whom = desk.person(worker), desk.client(client_)
    zone = ZoneInfo(desk.read(lambda session: agencies.agency_of(session, desk.agency)).time_zone)
    begins = None if from_ is None else _moment_ms(from_, zone, "--from")
    ends = None if until is None else _moment_ms(until, zone, "--until", end=True)
    if ends is not None and ends <= (begins or desk.house.providers.now_ms()):
        raise click.BadParameter("must end after it begins", param_hint="--until")
    grant = desk.act(
        lambda book: office.assign(
            book, desk.by, someone, whom, desk.house.providers, kind=kind, begins_ms=begins, ends_ms=ends
        )
    )
    show.facts(desk.as_json, {"grant": grant, "worker": someone, "client": whom})


@click.command()
@click.argument("worker")
@click.argument("client_", metavar="CLIENT")
@at_desk
def unassign(desk: Desk, worker: str, client_: str) -> None:
    """End WORKER's access to CLIENT now; what is still on the way may be finished."""
    someone, whom = desk.person(worker), desk.client(client_)
    ended = desk.act(lambda book: office.unassign(book, desk.by, someone, whom, desk.house.providers))
    show.facts(desk.as_json, {"ended": ended, "worker": someone, "client": whom})


COMMANDS: tuple[click.Command, ...] = (client, clients, assign, unassign)


def _cell(field: str) -> tuple[str, str]:
    column, equals, value = field.partition("=")
    if not equals:
        raise click.BadParameter("must be COLUMN=VALUE", param_hint="--field")
    return column, value


def _moment_ms(typed: str, zone: ZoneInfo, option: str, *, end: bool = False) -> int:
    """A day, or a moment, in the agency's time zone; the end of a day is the beginning of the next."""
    try:
        if len(typed) == len("2026-11-24"):
            day = date.fromisoformat(typed) + timedelta(days=1 if end else 0)
            moment = datetime.combine(day, time(), zone)
        else:
            moment = datetime.fromisoformat(typed)
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    except ValueError:
        raise click.BadParameter("must be 2026-11-24 or 2026-11-24T09:30", param_hint=option) from None
    return int(moment.timestamp() * 1000)
