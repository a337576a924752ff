"""
Finding: the client or record that somebody names by its id, or by a beginning of it that only one has.
"""

from collections.abc import Iterable
from typing import Final

import casework

from ..client import Tablet
from ..errors import Refused
from ..items import Item

BEGINNING_CHARS_MIN: Final = 4
"""Characters of an id that name a record; fewer are hit by chance."""


def client(tablet: Tablet, id_: str) -> Item:
    """
    A client.

    Raises:
        Refused: None has this id, or several begin so.
    """
    return record(tablet, "client", id_)


def record(tablet: Tablet, type_: str, id_: str) -> Item:
    """
    A record of a type.

    Raises:
        UnknownField: There is no such type.
        Refused: None has this id, or several begin so.
    """
    casework.subject_of(type_)
    return _exactly(tablet, (type_,), id_) or _only(_beginning(tablet, (type_,), id_), type_)


def anything(tablet: Tablet, id_: str) -> Item:
    """A record of any type; a client where the id is a client's."""
    types = ("client", *(name for name in casework.record_types() if name != "client"))
    return _exactly(tablet, types, id_) or _only(_beginning(tablet, types, id_), "record")


def about(tablet: Tablet, subject: str, *, retracted: bool = False) -> list[Item]:
    """Every record of a subject, its own first."""
    types = ("client", *(name for name in casework.record_types() if name != "client"))
    lists = (tablet.records(type_).about(subject) for type_ in types)
    return [item for found in lists for item in (found.with_retracted() if retracted else found)]


def _exactly(tablet: Tablet, types: Iterable[str], id_: str) -> Item | None:
    found = (tablet.record(type_, id_) for type_ in types)
    return next((item for item in found if item is not None), None)


def _beginning(tablet: Tablet, types: Iterable[str], start: str) -> list[Item]:
    if len(start) < BEGINNING_CHARS_MIN:
        return []
    lists = (tablet.records(type_).with_retracted() for type_ in types)
    return [item for found in lists for item in found if item.id.startswith(start)]


def _only(found: list[Item], what: str) -> Item:
    if not found:
        raise Refused(f"there is no {what} of this id on this tablet")
    if len(found) > 1:
        raise Refused("several records begin with this id: write more of it")
    return found[0]
