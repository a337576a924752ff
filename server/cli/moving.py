"""`import` and `export`: what comes from other systems, and what goes to them."""

from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from ..services.desk import reads
from ..services.keeping import exporting, importing
from ..services.keeping.importing import Find, Taken
from ..services.keeping.spreadsheet import COLUMNS, Fault
from ..services.log.book import Book
from . import show
from .desk import Desk, at_desk

BATCH: Final = 20
"""Finds taken in one transaction: tablets that sync meanwhile wait a moment, not for the whole file."""

COLUMNS_HELP: Final = "Columns of a CSV file: " + ", ".join(COLUMNS) + "."


@click.command("import", epilog=COLUMNS_HELP)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--preview", is_flag=True, help="Say what would be taken and what refused, and change nothing.")
@at_desk
def import_(desk: Desk, files: tuple[Path, ...], preview: bool) -> None:
    """
    Bring in clients (CSV, FHIR R4 Patient) and questionnaires (FHIR R4 Questionnaire).

    What is refused is named, the rest is taken; what is here already is not taken twice. Exit code 1 if anything
    was refused.
    """
    importing.check_may_import(desk.by)
    finds: list[Find] = []
    faults: list[Fault] = []
    for file in files:
        found, refused = importing.read(file.name, file.read_bytes())
        finds += found
        faults += refused
    taken = [_previewed(find) for find in finds] if preview else _take(desk, finds, faults)
    refusals = [_refusal(fault) for fault in faults]
    if desk.as_json:
        show.write_json({"taken": taken, "refused": refusals})
    else:
        columns = ("file", "line", "kind", "title", "state", "id", "notes")
        show.rows(False, columns, taken, none="Nothing is taken.")
        for fault in faults:
            click.echo(show.clean(f"refused: {fault}"), err=True)
    if faults:
        raise SystemExit(1)


@click.command()
@click.argument("client")
@at_desk
def export(desk: Desk, client: str) -> None:
    """Everything about CLIENT as JSON: what is shown, rivals, authors, scores with LOINC codes."""
    house, id_ = desk.house, desk.client(client)
    told = desk.read(lambda session: exporting.export(session, house.sealer, desk.by, id_))
    desk.note_read(id_, reads.ALL, rows=len(told["records"]), via=reads.EXPORT)
    show.note(
        event="export", at_ms=house.providers.now_ms(), agency=desk.agency, person=desk.by.id, subject=id_
    )
    show.write_json(told)


COMMANDS: tuple[click.Command, ...] = (import_, export)


def _take(desk: Desk, finds: list[Find], faults: list[Fault]) -> list[dict[str, Any]]:
    """Take what can be taken; what cannot is added to the faults."""
    told: list[dict[str, Any]] = []
    if not finds:
        return told
    with show.bar("importing") as bar:
        for start in range(0, len(finds), BATCH):
            some = finds[start : start + BATCH]
            taken = desk.act(partial(_take_some, desk, some))
            faults += [one.fault for one in taken if one.fault is not None]
            told += [
                _told(find) | {"state": "taken" if one.new else "here already", "id": one.id}
                for find, one in zip(some, taken, strict=True)
                if one.fault is None
            ]
            bar.at(start + len(some), len(finds))
    return told


def _take_some(desk: Desk, finds: list[Find], book: Book) -> list[Taken]:
    return [importing.take(book, desk.by, find, desk.house.providers) for find in finds]


def _previewed(find: Find) -> dict[str, Any]:
    return _told(find) | {"state": "would be taken", "id": None}


def _told(find: Find) -> dict[str, Any]:
    notes = list(find.notes)
    return {"file": find.file, "line": find.line, "kind": find.kind, "title": find.title, "notes": notes}


def _refusal(fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "column": fault.column, "rule": fault.rule}
