"""
Forms: which records there are, and what can be entered in each, as `add` and `edit` take it.
"""

from collections.abc import Iterator
from typing import Any, Final

import click

import casework
from casework import Field

from .access import Session, tablet_command
from .screen import table


@tablet_command("fields")
@click.argument("record_type", metavar="[TYPE]", required=False)
def fields(session: Session, record_type: str | None) -> None:
    """The fields of a TYPE of record with their codes; without TYPE, the types. Needs no tablet."""
    if record_type is None:
        rows = [_type(name, session.language) for name in casework.record_types()]
        table(session, ("type", "title", "about"), rows, "No types.")
        return
    casework.subject_of(record_type)
    declared = casework.record_types()[record_type].fields
    found = [row for name, field in declared.items() for row in _fields(name, field, session.language)]
    table(session, ("field", "title", "kind", "codes"), found, "No fields.")


def _type(name: str, language: str) -> dict[str, Any]:
    kind = casework.record_types()[name]
    return {"type": name, "title": kind.title.of(language), "about": kind.subject}


def _fields(name: str, field: Field, language: str, above: str = "") -> Iterator[dict[str, Any]]:
    """A field, and each part of a group below it."""
    of = field.of if field.kind == "list" and field.of is not None else field
    label = field.label.of(language)
    yield {
        "field": f"{name}/…" if field.many else name,
        "title": f"{above}: {label}" if above else label,
        "kind": f"list of {of.kind}" if field.kind == "list" else field.kind,
        "codes": " ".join(of.codes),
    }
    for part_name, part in of.parts.items():
        yield from _fields(f"{name}.{part_name}", part, language, label)


COMMANDS: Final = (fields,)
