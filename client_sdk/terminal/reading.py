"""
Reading: lists of clients, whole records with their rivals, and what happened to one.
"""

from collections.abc import Iterator
from typing import Any, Final

import click

import casework
from sync import Needs

from ..account import Conflict
from ..client import Tablet
from ..items import Item
from . import finding, plain
from .access import Session, tablet_command
from .pages import pages, unit_lines
from .screen import table, tell
from .wording import People, label_of, short, when, words_of

CLIENT_COLUMNS: Final = ("client", "name", "date_of_birth", "language", "risk", "undecided", "custody")


@tablet_command("clients")
@click.option("--search", help="Only those of whom some record holds these words.")
@click.option("--risk", help="Only those with this level of risk.")
def clients(session: Session, search: str | None, risk: str | None) -> None:
    """The clients on this tablet, by name."""
    with session.tablet() as tablet:
        listed = tablet.records("client").order_by("name")
        if risk is not None:
            listed = listed.where(risk=risk)
        found = list(listed)
        if search is not None:
            holding = {item.subject for item in tablet.search(search, limit=1_000)}
            found = [item for item in found if item.id in holding]
    table(session, CLIENT_COLUMNS, [_client_row(item) for item in found], "No clients.")


@tablet_command("show")
@click.argument("record")
@click.option("--retracted", is_flag=True, help="Show records that were retracted, too.")
@click.option("--history", "with_history", is_flag=True, help="Show below each record what happened to it.")
def show(session: Session, record: str, retracted: bool, with_history: bool) -> None:
    """A RECORD by its id; of a client, every record. Undecided values stand with all their rivals."""
    with session.tablet() as tablet:
        found = finding.anything(tablet, record)
        items = [found]
        if found.type == "client":
            items = finding.about(tablet, found.subject, retracted=retracted)
        told_of = items if with_history else []
        events = {(item.type, item.id): events_of(tablet, item, session.language) for item in told_of}
        lines = list(pages(tablet, items, session.language, events))
    told = [
        plain.record(item) | ({"history": events[item.type, item.id]} if with_history else {})
        for item in items
    ]
    tell(session, told, lines)


@tablet_command("history")
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
def history(session: Session, record_type: str, id_: str) -> None:
    """What happened to a record, as far as this tablet knows; the server knows the rest."""
    with session.tablet() as tablet:
        rows = events_of(tablet, finding.record(tablet, record_type, id_), session.language)
    table(session, ("when", "what", "words", "who", "state"), rows, "Nothing has happened to it.")


@tablet_command("conflicts")
@click.option(
    "--all", "everything", is_flag=True, help="Every difference, also those that nobody must look at."
)
def conflicts(session: Session, everything: bool) -> None:
    """What somebody must look at, the most urgent first."""
    with session.tablet() as tablet:
        found, people = tablet.conflicts(Needs.LISTED if everything else Needs.CHECK), People(tablet)
        lines = [line for each in found for line in _conflict(tablet, each, people, session.language)]
    tell(session, [plain.conflict(each) for each in found], lines or ["Nothing to settle or to check."])


def events_of(tablet: Tablet, item: Item, language: str) -> list[dict[str, Any]]:
    """Every write of a record that this tablet knows, oldest first, with its words and its author's name."""
    people = People(tablet)
    return [
        {
            **plain.event(event),
            "when": when(event.at_ms),
            "what": label_of(item.type, event.unit, language),
            "words": words_of(item.type, event.unit, event.value, people, language).strip(),
            "who": people.name(event.author),
        }
        for event in tablet.history(item).events
        if not event.unit.startswith("$chosen")
    ]


def _client_row(item: Item) -> dict[str, Any]:
    columns = {name: item.columns.get(name) for name in CLIENT_COLUMNS[1:6]}
    return {"client": short(item.id), **columns, "custody": item.custody.value, "id": item.id}


def _conflict(tablet: Tablet, found: Conflict, people: People, language: str) -> Iterator[str]:
    item = found.record
    client = tablet.record("client", item.subject)
    name = None if client is None else client.columns.get("name")
    title = casework.label(item.type, language=language)
    yield f"{name or short(item.subject)}: {title}  {item.type} {short(item.id)}"
    yield from unit_lines(item.type, found.unit, found.shown, people, language)


COMMANDS: Final = (clients, show, history, conflicts)
