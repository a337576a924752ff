"""`held`, `release`, `refuse`, `conflicts`, `settle`: what waits for a person of the office."""

import json
from typing import Any

import click

from ..services.desk import conflicts as waiting
from ..services.desk import late, reads
from ..services.log.records import Key
from . import show
from .desk import NAMED, Desk, at_desk


@click.command()
@at_desk
def held(desk: Desk) -> None:
    """Late work that awaits your decision, oldest first, with what it says."""
    found = desk.read(lambda session: late.inbox(session, desk.house.sealer, desk.by))
    desk.note_read("", f"{reads.LIST}held", rows=len(found))
    columns = ("name", "code", "worker", "subject", "received", "says")
    show.rows(desk.as_json, columns, map(_late, found), none="Nothing is held.")


@click.command(context_settings=NAMED)
@click.argument("name")
@click.option("--reason", required=True)
@click.option(
    "--to-office", is_flag=True, help="Write it anew from the office, quoting it, for the worker of today."
)
@at_desk
def release(desk: Desk, name: str, reason: str, to_office: bool) -> None:
    """Put the held work NAME into its records."""
    if to_office:
        position = desk.act(
            lambda book: late.release_to_office(book, desk.by, name, reason, desk.house.providers)
        )
    else:
        position = desk.act(lambda book: late.release(book, desk.by, name, reason))
    show.facts(desk.as_json, {"released": name, "position": position})


@click.command(context_settings=NAMED)
@click.argument("name")
@click.option("--reason", required=True)
@at_desk
def refuse(desk: Desk, name: str, reason: str) -> None:
    """Decide that the held work NAME is not applied; it stays readable, and its author is told why."""
    position = desk.act(lambda book: late.refuse(book, desk.by, name, reason))
    show.facts(desk.as_json, {"refused": name, "position": position})


@click.command()
@at_desk
def conflicts(desk: Desk) -> None:
    """What a person must settle or check about your clients, with the rivals and who wrote them."""
    found = desk.read(lambda session: waiting.conflicts(session, desk.house.sealer, desk.by))
    desk.note_read("", f"{reads.LIST}conflicts", rows=len(found))
    columns = ("client", "type", "id", "unit", "needs", "rivals")
    told = found if desk.as_json else [row | {"rivals": _rivals(row["rivals"])} for row in found]
    show.rows(desk.as_json, columns, told, none="Nothing waits to be settled.")


@click.command()
@click.argument("client")
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.argument("unit")
@click.option("--value", required=True, metavar="JSON", help="The value that holds; text in quotes.")
@click.option("--reason", required=True)
@at_desk
def settle(desk: Desk, client: str, type_: str, id_: str, unit: str, value: str, reason: str) -> None:
    """Settle UNIT of a record of CLIENT: every rival that is there now is replaced."""
    whom, decided = desk.client(client), _json(value)
    made = desk.act(
        lambda book: waiting.settle(
            book, desk.by, whom, Key(type_, id_), unit, decided, reason, desk.house.providers
        )
    )
    show.facts(desk.as_json, {"changeset": made.name, "unit": unit})


COMMANDS: tuple[click.Command, ...] = (held, release, refuse, conflicts, settle)


def _late(entry: late.Late) -> dict[str, Any]:
    made = entry.changeset
    writes = () if made is None else made.writes
    return {
        "name": entry.name,
        "code": entry.code,
        "sentence": entry.sentence,
        "worker": entry.worker,
        "device": entry.device,
        "subject": entry.subject,
        "received": show.moment(entry.received_ms),
        "says": [{"type": w.type, "id": w.id, "unit": w.unit, "value": w.value} for w in writes],
    }


def _rivals(rivals: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{json.dumps(r['value'], ensure_ascii=False)}  {', '.join(r['authors'])}" for r in rivals
    )


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise click.BadParameter(
            "must be JSON, text in quotes: '\"1950-03-02\"'", param_hint="--value"
        ) from None
