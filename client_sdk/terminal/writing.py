"""
Writing: what a worker enters about a client: a registration, a visit, a note, a change of any record.
"""

import sys
from typing import Any, Final

import click

from ..assessing import CaseEdit
from ..client import Tablet
from ..edit import AnyRecord
from ..errors import Refused
from ..items import Item
from . import finding
from .access import Session, tablet_command
from .entering import entered
from .screen import tell
from .times import clocked


@tablet_command("register")
@click.argument("fields", nargs=-1, required=True)
@click.option("--reason", help="Why, in a few words.")
def register(session: Session, fields: tuple[str, ...], reason: str | None) -> None:
    """Register a new client, from the field: legal_name.given=Rosa legal_name.family=Okafor …"""
    with session.tablet() as tablet:
        client = tablet.register_client(reason=reason, **entered("client", fields))
    _saved(session, client, "Registered")


@tablet_command("edit")
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.argument("fields", nargs=-1, required=True)
@click.option("--reason", help="Why, in a few words.")
def edit(session: Session, record_type: str, id_: str, fields: tuple[str, ...], reason: str | None) -> None:
    """Change a record: FIELD=VALUE, GROUP.PART=VALUE, SET+=JSON, SET/MEMBER=null."""
    with session.tablet() as tablet:
        item = finding.record(tablet, record_type, id_)
        with tablet.edit(item, reason) as change:
            change.update(item, entered(item.type, fields, item))
        _saved(session, tablet.get(item.type, item.id), "Saved" if change.saved else "Nothing had changed in")


@tablet_command("add")
@click.argument("client")
@click.argument("record_type", metavar="TYPE")
@click.argument("fields", nargs=-1, required=True)
@click.option("--reason", help="Why, in a few words.")
def add(session: Session, client: str, record_type: str, fields: tuple[str, ...], reason: str | None) -> None:
    """Add a record of any TYPE about a client, such as address, need or contact_person."""
    with session.tablet() as tablet:
        about = finding.client(tablet, client)
        with tablet.edit(about, reason) as change:
            made = change.create(record_type, entered(record_type, fields))
        _saved(session, tablet.get(made.type, made.id), "Added")


@tablet_command("visit")
@click.argument("client")
@click.argument("fields", nargs=-1)
@click.option("--begin", help="now, or a time such as 2026-11-24T09:30; now for a new visit.")
@click.option("--end", help="now, or a time; without it the visit goes on.")
@click.option("--outcome", help="made, partial, not_home, refused, in_hospital, left_unsafe …")
@click.option("--why", help="Why it came out so.")
@click.option("--go-on", "visit_id", metavar="VISIT", help="Go on with a visit that has begun.")
@click.option("--sign", "signs", is_flag=True, help="Sign it in the same save.")
@click.option("--reason", default="visit", help="Why, in a few words.")
def visit(
    session: Session,
    client: str,
    fields: tuple[str, ...],
    begin: str | None,
    end: str | None,
    outcome: str | None,
    why: str | None,
    visit_id: str | None,
    signs: bool,
    reason: str,
) -> None:
    """Begin a visit to a CLIENT, go on with one, or enter a whole one; more fields as in edit."""
    with session.tablet() as tablet:
        about = finding.client(tablet, client)
        before = None if visit_id is None else finding.record(tablet, "visit", visit_id)
        values = entered("visit", fields, before)
        now_ms = session.access.providers.now_ms()
        typed = {"begin": begin or ("now" if before is None else None), "end": end}
        values |= {unit: clocked(tablet, unit, at, now_ms) for unit, at in typed.items() if at is not None}
        if outcome is not None:
            values["outcome"] = {"outcome": outcome} | ({} if why is None else {"reason": why})
        with tablet.edit(about, reason) as change:
            made = _put(tablet, change, "visit", values, before)
            if signs:
                change.sign(made)
        _saved(session, tablet.get("visit", made.id), "Visit saved")


@tablet_command("note")
@click.argument("client")
@click.option(
    "--text", help="The narrative; without it, it is read from standard input, which leaves no trace."
)
@click.option("--kind", default="progress", show_default=True, help="progress, assessment, contact …")
@click.option("--heading", help="A title.")
@click.option("--visit", "visit_id", metavar="VISIT", help="The visit that it is about.")
@click.option("--sign", "signs", is_flag=True, help="Sign it in the same save.")
def note(
    session: Session,
    client: str,
    text: str | None,
    kind: str,
    heading: str | None,
    visit_id: str | None,
    signs: bool,
) -> None:
    """Write a note about a CLIENT; a draft that anybody may read until it is signed."""
    with session.tablet() as tablet:
        about = finding.client(tablet, client)
        seen = None if visit_id is None else finding.record(tablet, "visit", visit_id)
        narrative = _narrative() if text is None else text
        if not narrative.strip():
            raise Refused("a note needs some text")
        with tablet.edit(about, "note") as change:
            values: dict[str, Any] = {"kind": kind, "heading": heading, "narrative": narrative}
            values |= {"visit": None if seen is None else seen.id, "event_at": change.moment()}
            values = {unit: value for unit, value in values.items() if value is not None}
            made = change.create("note", values, author=tablet.identity.worker)
            if signs:
                change.sign(made)
        _saved(session, tablet.get("note", made.id), "Note signed" if signs else "Note saved")


def _put(
    tablet: Tablet, change: CaseEdit, type_: str, values: dict[str, Any], before: Item | None
) -> AnyRecord:
    if before is None:
        return change.create(type_, values, worker=tablet.identity.worker)
    change.update(before, values)
    return before


def _narrative() -> str:
    # An editor would leave the text in a file on the disk, unsealed.
    if sys.stdin.isatty():
        click.echo("Write the note; end it with Ctrl-D on a line of its own.", err=True)
    return sys.stdin.read().strip()


def _saved(session: Session, item: Item, what: str) -> None:
    told = {"type": item.type, "id": item.id, "subject": item.subject, "custody": item.custody.value}
    tell(session, told, [f"{what}: {item.type} {item.id} ({item.custody.value})"])


COMMANDS: Final = (register, edit, add, visit, note)
