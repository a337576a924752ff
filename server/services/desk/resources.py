"""
Resources: the agency's directory of whoever helps; decided whole, so that no entry is half of two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

import casework
from sync import Json, RecordView, Write, random_id, view

from ...crypto import Sealer
from ...errors import Refused
from ...settings import Providers
from ..access import rights
from ..access.people import Person
from ..log.book import AGENCY, Book
from ..log.records import Key, read_records, read_subject
from . import office, overtaking
from .office import Said

TYPE = "resource"
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Resource:
    """One entry of the directory."""

    id: str
    whole: Mapping[str, Json]
    seen: tuple[str, ...]
    """The names that are displayed: give them back with a change."""

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.whole.get("name", ""))


def directory(session: Session, sealer: Sealer, by: Person) -> list[Resource]:
    """Every entry, by name; what was closed last."""
    records = [each for each in read_subject(session, sealer, by.agency, AGENCY) if each.type == TYPE]
    found = [_resource(view(record, casework.rule_of)) for record in records]
    return sorted(found, key=lambda entry: (bool(entry.whole.get("closed")), entry.name.casefold(), entry.id))


def read(session: Session, sealer: Sealer, by: Person, id_: str) -> Resource:
    """
    One entry.

    Raises:
        Refused: There is none of this id.
    """
    found = read_records(session, sealer, by.agency, [Key(TYPE, id_)]).get(Key(TYPE, id_))
    if found is None:
        raise Refused("there is no such resource")
    return _resource(view(found, casework.rule_of))


def write(
    book: Book,
    by: Person,
    id_: str | None,
    whole: Mapping[str, Json],
    seen: Sequence[str],
    providers: Providers,
) -> str:
    """
    Add an entry, or say anew what one is; answers with its id.

    Raises:
        NotAssigned: Only those who write from the office.
        Overtaken: Somebody changed it since it was displayed.
        Refused: There is none of this id.
        BadAnswer: A value breaks its rule.
    """
    rights.check(by, rights.ENTER)
    shown = None if id_ is None else office.record_view(book, Key(TYPE, id_))
    if shown is not None:
        overtaking.check([shown], seen)
    before = None if shown is None else shown.value("whole")
    version = int(str(before.get("version", 0))) if isinstance(before, dict) else 0
    value: Json = {**whole, "version": version + 1}
    casework.validate(TYPE, "whole", value)
    key = id_ or random_id(providers.entropy(ID_BYTES))
    over = () if shown is None else shown.over("whole")
    office.write(book, by, Said(AGENCY, [Write(TYPE, key, "whole", over, value)]), providers)
    return key


def _resource(shown: RecordView) -> Resource:
    whole = shown.value("whole")
    return Resource(shown.id, whole if isinstance(whole, dict) else {}, overtaking.names([shown]))
