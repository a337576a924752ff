"""
Showing: the same answer as a table for people, or as JSON for programs.

What others wrote is shown as words only: nothing in it is read as markup, and no control character in it
reaches the terminal. A tablet that was tampered with may have sent it.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
KEPT: Final = frozenset("\n\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
WHOLE: Final = frozenset(("id", "name"))
"""Columns with what somebody copies into the next command."""


def facts(as_json: bool, told: Mapping[str, Any]) -> None:
    """A few named facts, one a line; what is None is left out for people."""
    if as_json:
        write_json(told)
        return
    width = max(map(len, told), default=0)
    for name, value in told.items():
        if value is not None:
            click.echo(f"{name.replace('_', ' '):<{width}}  {clean(str(value))}")


def rows(as_json: bool, columns: Sequence[str], found: Iterable[Mapping[str, Any]], none: str) -> None:
    """
    A list, a row each.

    Args:
        as_json: For a program.
        columns: The members that people see, in order.
        found: The rows.
        none: The sentence for an empty list.
    """
    listed = list(found)
    if as_json:
        write_json(listed)
        return
    if not listed:
        click.echo(none)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        # An id that is broken over two lines cannot be copied.
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in WHOLE)
    for row in listed:
        table.add_row(*(Text(clean(_cell(row.get(column)))) for column in columns))
    console().print(table)


def write_json(value: Any) -> None:
    """JSON on standard output, keys as they are, text readable."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo("".join(_escaped(character) if _acts(character) else character for character in text))


def clean(text: str) -> str:
    """Text without characters that a terminal acts on; line breaks stay, and joiners that letters need."""
    return "".join(REPLACEMENT if _acts(character) else character for character in text.replace("\t", " "))


def note(**members: str | int) -> None:
    """A line of the log on standard error: ids, codes and numbers, never what a client said."""
    click.echo(json.dumps(members), err=True)


def console() -> Console:
    """The terminal; where there is none, lines are as wide as they need to be."""
    wide = Console(highlight=False, markup=False)
    return wide if wide.is_terminal else Console(highlight=False, markup=False, width=200)


def moment(ms: int | None) -> str:
    """A moment as people read it, in UTC."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


class Bar:
    """How far something has come."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None)

    def at(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._progress.update(self._task, completed=done, total=total)


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """A progress bar on standard error, which leaves no trace; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        yield Bar(progress, title)


def _acts(character: str) -> bool:
    return character not in KEPT and unicodedata.category(character) in ("Cc", "Cf")


def _escaped(character: str) -> str:
    """A character as JSON may write it: as one or two units of UTF-16."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
