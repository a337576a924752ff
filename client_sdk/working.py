"""
Working: what is written and read on an unlocked tablet, all of it offline.

One half of the tablet's face; the other half, which opens, syncs and locks, is `client`.
"""

from abc import ABC, abstractmethod
from typing import Any

import casework
from casework.instruments import Inputs, Library
from sync import Needs, random_id
from sync.ids import ID_BYTES

from . import account, drafts, query
from .assessing import CaseEdit, inputs, library
from .custody import Custody
from .desk import Desk
from .drafts import Draft
from .errors import Refused
from .items import Item
from .query import Records
from .replica import Notice
from .settings import Identity


class Working(ABC):
    """What an app does with the records of an unlocked tablet."""

    # Editing

    def edit(self, subject: Item | str, reason: str | None = None) -> CaseEdit:
        """One atomic save about one subject: a record of it, or its id."""
        desk = self._open(touch=True)
        return CaseEdit(desk, subject if isinstance(subject, str) else subject.subject, reason)

    def registration(self, reason: str | None = None) -> CaseEdit:
        """An edit that registers a new client, from the field: its client record, and others beside it."""
        desk = self._open(touch=True)
        return CaseEdit(desk, random_id(desk.providers.entropy(ID_BYTES)), reason, opens=True)

    def register_client(self, *, reason: str | None = None, **fields: Any) -> Item:
        """Register a new client with what is known so far."""
        with self.registration(reason) as edit:
            edit.create("client", fields)
        return self.get("client", edit.subject)

    def draft(self, record: Item) -> Draft:
        """The draft of an existing record, empty where there is none."""
        return drafts.open_draft(self._open(touch=True), record.subject, record.type, record.id, new=False)

    def new_draft(self, type_: str, subject: Item | str) -> Draft:
        """A draft of a record that does not exist yet."""
        desk = self._open(touch=True)
        owner = subject if isinstance(subject, str) else subject.subject
        casework.subject_of(type_)
        return drafts.open_draft(desk, owner, type_, random_id(desk.providers.entropy(ID_BYTES)), new=True)

    def drafts(self) -> list[Draft]:
        """Every draft on this tablet."""
        return drafts.all_drafts(self._open())

    # Reading

    def records(self, type_: str) -> Records:
        """
        A list of records, to be narrowed by `where`, ordered by `order_by` and gone through.

        Raises:
            UnknownField: There is no such type.
        """
        casework.subject_of(type_)
        return Records(self._open(), type_, {})

    def record(self, type_: str, id_: str) -> Item | None:
        """One record; none where this tablet has nothing of it, or this worker may not see it."""
        return query.read(self._open(), (type_, id_))

    def get(self, type_: str, id_: str) -> Item:
        """
        One record that must be here.

        Raises:
            Refused: It is not on this tablet.
        """
        found = self.record(type_, id_)
        if found is None:
            raise Refused(f"there is no {type_} of this id on this tablet")
        return found

    def search(self, text: str, limit: int = 50) -> list[Item]:
        """Records that hold all of these words, the newest first."""
        return query.search(self._open(), text, limit)

    def instruments(self) -> Library:
        """Every instrument that can be asked here."""
        return library(self._open())

    def inputs(self, client: Item | str) -> Inputs:
        """What scores of a client need besides answers: sex, and the cut-offs that the agency chose."""
        return inputs(self._open(), client if isinstance(client, str) else client.subject)

    def history(self, record: Item) -> account.History:
        """What happened to a record, as far as this tablet knows."""
        return account.history(self._open(), record)

    def conflicts(self, least: Needs = Needs.CHECK) -> list[account.Conflict]:
        """Units that somebody must look at, the most urgent first."""
        return account.conflicts(self._open(), least)

    def pending(self) -> list[account.Waiting]:
        """Saves that no outcome has settled, and those that a person decides about."""
        return account.pending(self._open())

    def returned(self) -> list[account.Returned]:
        """Work that came back: held, not applied, or returned by a reviewer."""
        return account.returned(self._open())

    def notices(self) -> dict[str, Notice]:
        """{key: notice} of what the tablet or the office did on its own."""
        return account.notices(self._open())

    def dismiss(self, key: str) -> None:
        """A notice was read."""
        account.dismiss(self._open(touch=True), key)

    def custody(self, record: Item) -> Custody:
        """Who has the work on a record, now."""
        return self._open().custody((record.type, record.id), record.subject)

    @property
    def identity(self) -> Identity:
        """Who this tablet is, and whose."""
        return self._open().identity

    @abstractmethod
    def _open(self, *, touch: bool = False) -> Desk:
        """What an unlocked tablet works with; `touch` where somebody acts, so that it does not lock."""
