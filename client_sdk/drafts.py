"""
Drafts: what is half typed, kept sealed on this tablet at every pause of the typing.

A draft is no changeset: nobody else sees it, and nothing in it is checked. *Save* makes one out of it, and
the draft goes in the same transaction. A subject that leaves waits for the drafts that are open on it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync import Json

from .desk import Desk
from .edit import Edit
from .replica import DraftRow


class Draft:
    """One half-typed form, of a record that exists or will."""

    def __init__(self, desk: Desk, row: DraftRow) -> None:
        """Use `Tablet.draft` or `Tablet.new_draft`."""
        self._desk = desk
        self._row = row

    @property
    def type(self) -> str:
        """The type of its record."""
        return self._row.type

    @property
    def id(self) -> str:
        """The id of its record, also of one that does not exist yet."""
        return self._row.id

    @property
    def subject(self) -> str:
        """What the record belongs to."""
        return self._row.subject

    @property
    def values(self) -> Mapping[str, Json]:
        """{unit: value} as typed so far, as kept on this tablet; empty once it was saved or given up."""
        with self._desk.turn():
            kept = self._desk.replica.drafts.get(self._key)
        return {} if kept is None else dict(kept.values)

    def put(self, values: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """
        Keep what was typed, in place of what these units held before.

        Raises:
            NoSpace: The disk did not take it.
        """
        with self._desk.change():
            merged = {**self.values, **(values or {}), **fields}
            self._desk.replica.drafts.put(self._key, replace(self._row, values=merged))

    def discard(self) -> None:
        """Give it up."""
        with self._desk.change():
            self._desk.replica.drafts.delete(self._key)
        self._desk.let_go()

    def save(self, *, reason: str | None = None) -> str | None:
        """
        Make a changeset of it; its name comes back, None where nothing had changed.

        Raises:
            UnknownField, BadAnswer, NotAllowedYet: What casework refuses; the draft stays.
        """
        with Edit(self._desk, self.subject, reason, draft=self._key) as edit:
            if self._row.new:
                edit.create(self.type, self.values, id=self.id)
            else:
                edit.update(edit.handle(self.type, self.id), self.values)
        if edit.saved is None:
            self.discard()
        return edit.saved

    @property
    def _key(self) -> str:
        return f"{self.type}/{self.id}"


def open_draft(desk: Desk, subject: str, type_: str, id_: str, *, new: bool) -> Draft:
    """The draft of a record; an empty one where there is none."""
    with desk.turn():
        row = desk.replica.drafts.get(f"{type_}/{id_}")
    return Draft(desk, row or DraftRow(subject, type_, id_, {}, new))


def all_drafts(desk: Desk) -> list[Draft]:
    """Every draft on this tablet."""
    with desk.turn():
        return [Draft(desk, row) for row in desk.replica.drafts.values()]
