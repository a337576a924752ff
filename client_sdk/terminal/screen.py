"""
The screen: the same answer as lines for a person, or as JSON for a program.

What others wrote is shown as words only: control characters in it never reach the terminal, and nothing in
it is read as markup.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .access import Session

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
KEPT: Final = frozenset("\n\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")


def tell(session: Session, value: Any, lines: Iterable[str]) -> None:
    """One answer: `value` for a program, `lines` for a person."""
    if session.as_json:
        click.echo(json.dumps(value, indent=2))
        return
    for line in lines:
        click.echo(clean(line))


def table(session: Session, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], none: str) -> None:
    """A list: whole rows for a program, some columns for a person; `none` is the sentence for an empty one."""
    found = list(rows)
    if session.as_json or not found:
        tell(session, found, [none])
        return
    shown = Table(box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column.replace("_", " "), overflow="fold")
    for row in found:
        shown.add_row(*(Text(clean(_cell(row.get(column)))) for column in columns))
    Console(file=sys.stdout, highlight=False).print(shown)


def aside(line: str) -> None:
    """Something for the person beside the answer, on standard error."""
    click.echo(clean(line), err=True)


def clean(text: str) -> str:
    """Text without characters that a terminal acts on; line breaks stay, and joiners that letters need."""
    return "".join(REPLACEMENT if _acts(character) else character for character in text.replace("\t", " "))


def _acts(character: str) -> bool:
    return character not in KEPT and unicodedata.category(character) in ("Cc", "Cf")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
