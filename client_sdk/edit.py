"""
Editing: one subject, one atomic changeset, or nothing.

    with tablet.edit(client, reason="home visit") as edit:
        visit = edit.create("visit", purpose="assessment")
        edit.update(client, preferred_name="Rosa")

Only units whose value really changed are written, and each write names what its author had in view. What is
entered is checked at once, by the rules of casework; an exception inside the block leaves nothing behind.
"""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeAlias

import casework
from sync import LIFE, SIGNATURE, Json, Life, Record, RecordView, SyncError, Write, canonical, view
from sync.ids import ID_BYTES, random_id

from .desk import Desk
from .errors import Refused
from .items import Handle, Item
from .replica import Proposal, RecordKey
from .staging import NOT_SAVED, Staged, as_if_saved

AnyRecord: TypeAlias = Item | Handle

AGENCY = "agency"


class Edit:
    """Collects what somebody enters about one subject; saved when the block ends."""

    def __init__(
        self, desk: Desk, subject: str, reason: str | None = None, *, draft: str = "", opens: bool = False
    ) -> None:
        self.subject = subject
        self.saved: str | None = None
        """The name of the changeset, once it is saved; None where nothing had changed."""
        self._desk = desk
        self._reason = reason
        self._draft = draft
        self._opens = opens
        self._settles = False
        self._open = True
        self._staged: dict[RecordKey, Staged] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._open:
            self._save()
        self._open = False

    def create(
        self, type_: str, values: Mapping[str, Any] | None = None, *, id: str | None = None, **fields: Any
    ) -> Handle:
        """
        A new record of this subject.

        Args:
            type_: Its type.
            values: {unit: value}; a set is {member id: value}, or a list of members.
            id: Of a record that was promised one, such as a draft's; else it is made here.
            **fields: As `values`.

        Raises:
            UnknownField, BadAnswer: What casework refuses.
            Refused: The type belongs to subjects of another kind, or the record exists already.
        """
        given = {**(values or {}), **fields}
        self._check_owner(type_)
        id_ = id or casework.new_id(type_, self.subject, given, self._desk.providers.entropy(ID_BYTES))
        handle = self.handle(type_, id_)
        if self._look((type_, id_)).before.units:
            raise Refused(f"a record of type {type_} with this id exists already: update it")
        for unit, value in self._expanded(type_, given):
            self._stage(handle, unit, value)
        return handle

    def update(self, record: AnyRecord, values: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """
        Change units of a record; what is equal to what is shown is not written.

        Raises:
            UnknownField, BadAnswer: What casework refuses.
            NotAllowedYet: The unit is undecided, was said once, is signed, or the record is retracted.
            Refused: The record belongs to another subject.
        """
        for unit, value in self._expanded(record.type, {**(values or {}), **fields}):
            self._check_change(record, unit, value)
            self._stage(record, unit, value)

    def handle(self, type_: str, id_: str) -> Handle:
        """A record of this subject by its id."""
        return Handle(type_, id_, self.subject)

    def add_member(self, record: AnyRecord, name: str, value: Json, *, member: str | None = None) -> str:
        """A member more in a set; its id comes back."""
        member = member or random_id(self._desk.providers.entropy(ID_BYTES))
        self.update(record, {name: {member: value}})
        return member

    def remove_member(self, record: AnyRecord, name: str, member: str) -> None:
        """A member less in a set."""
        self.update(record, {name: {member: None}})

    def settle(self, record: AnyRecord, unit: str, value: Json, *, reason: str) -> None:
        """
        Decide between rivals: the only way to change an undecided unit. It replaces all that are shown.

        Raises:
            Refused: There is nothing to settle, the reason is empty, or this worker may not settle the unit.
            BadAnswer: The value breaks a rule of its unit.
        """
        shown = self._before(record).units.get(unit)
        if shown is None or not shown.rivals:
            raise Refused(f"there is nothing to settle in {unit}")
        if not reason.strip():
            raise Refused("a settlement needs a reason")
        if self._desk.identity.role not in casework.settled_by(record.type, unit):
            raise Refused(f"{unit} is settled by {', '.join(sorted(casework.settled_by(record.type, unit)))}")
        casework.validate(record.type, unit, value)
        self._of(record).values[unit] = value
        self._settles, self._reason = True, reason if self._reason is None else f"{self._reason}; {reason}"

    def retract(self, record: AnyRecord, reason: str) -> None:
        """
        Say that a record does not count; `reason` is one of `casework.retracting.REASONS`.

        Raises:
            NotAllowedYet: It is no such reason.
        """
        value = casework.retracting.retract(self.view(record), reason)
        self._of(record).values[LIFE] = _without_itself(value)

    def revive(self, record: AnyRecord) -> None:
        """Bring a retracted record back, over the retractions that are shown."""
        if self.view(record).life is not Life.ACTIVE:
            self._of(record).values[LIFE] = casework.retracting.revive()

    def sign(self, record: AnyRecord, *, title: str | None = None) -> None:
        """
        Put this worker's name to what the record shows, with what this edit changes.

        Raises:
            NotAllowedYet: It is signed already, or is not ready to be.
        """
        value = casework.signing.sign(
            self.view(record), by=self._desk.identity.worker, at=self.moment(), title=title
        )
        self._stage(record, SIGNATURE, _without_itself(value))

    def view(self, record: AnyRecord) -> RecordView:
        """What a record shows, with what this edit has entered so far."""
        staged = self._of(record)
        if not staged.values:
            return view(staged.before, casework.rule_of)
        return as_if_saved(self._desk, self.subject, staged)

    def moment(self) -> str:
        """Now, by the server's clock as far as it is known, as text with the agency's offset."""
        return self._desk.moment()

    def put(self, record: AnyRecord, unit: str, value: Json) -> None:
        """Enter one unit that the rules of this room compute."""
        self._stage(record, unit, value)

    def _save(self) -> None:
        client = self._staged.get(("client", self.subject))
        if self._opens and (client is None or not client.values):
            raise Refused("a new client begins with a client record")
        with self._desk.turn():
            writes = [
                Write(*key, unit, self._over(key, unit), value)
                for key, staged in self._staged.items()
                for unit, value in staged.values.items()
            ]
            if writes:
                proposal = Proposal(self.subject, writes, self._reason, self._settles, self._draft)
                self.saved = self._desk.commit(proposal).name

    def _stage(self, record: AnyRecord, unit: str, value: Json) -> None:
        casework.validate(record.type, unit, value)
        staged = self._of(record)
        shown = self._before(record).units.get(unit)
        now = None if shown is None else shown.value
        try:
            same = canonical(now) == canonical(value) and (shown is None or shown.winner)
        except SyncError as error:
            raise casework.BadAnswer(record.type, unit, str(error)) from None
        if same:
            staged.values.pop(unit, None)
        else:
            staged.values[unit] = value

    def _of(self, record: AnyRecord) -> Staged:
        if not self._open:
            raise Refused("this edit is over; begin another")
        if record.subject != self.subject:
            raise Refused("an edit is about one subject, and this record belongs to another")
        return self._look((record.type, record.id))

    def _look(self, key: RecordKey) -> Staged:
        """The record as it stood when this edit first looked at it."""
        if key not in self._staged:
            with self._desk.turn():
                before = self._desk.replica.record(key)
            self._staged[key] = Staged(before or Record(*key, self.subject))
        return self._staged[key]

    def _before(self, record: AnyRecord) -> RecordView:
        """What a record shows without this edit."""
        return view(self._of(record).before, casework.rule_of)

    def _expanded(self, type_: str, given: Mapping[str, Any]) -> Iterable[tuple[str, Json]]:
        """{unit: value} with sets taken apart into their members."""
        declared = {} if type_ not in casework.record_types() else casework.record_types()[type_].fields
        for name, value in given.items():
            if name not in declared or not declared[name].many:
                yield name, value
            elif isinstance(value, Mapping):
                yield from ((f"{name}/{member}", part) for member, part in value.items())
            else:
                entropy = self._desk.providers.entropy
                yield from ((f"{name}/{random_id(entropy(ID_BYTES))}", part) for part in value)

    def _check_owner(self, type_: str) -> None:
        kind = casework.subject_of(type_)
        fits = {"agency": self.subject == AGENCY, "worker": self.subject == self._desk.identity.worker}
        if not fits.get(kind, self.subject not in (AGENCY, self._desk.identity.worker)):
            raise Refused(f"records of type {type_} belong to a subject of kind {kind}")

    def _check_change(self, record: AnyRecord, unit: str, value: Json) -> None:
        before = self._before(record)
        shown, rule = before.units.get(unit), casework.rule_of(record.type, unit)
        if before.life is Life.RETRACTED:
            raise casework.NotAllowedYet("changing a retracted record", "revive it", (LIFE,))
        if before.signed is not None and not rule.guards_office:
            raise casework.NotAllowedYet("changing a signed record", "write an addendum", (unit,))
        if shown is not None and shown.undecided and rule.name == "ask":
            raise casework.NotAllowedYet(f"changing {unit}", "settle it with a reason", (unit,))
        if shown is not None and rule.ignores_over and shown.value != value:
            raise casework.NotAllowedYet(
                f"changing {unit}", "it is said once; correct it by a record", (unit,)
            )

    def _over(self, key: RecordKey, unit: str) -> tuple[str, ...]:
        """What was in view, and what this device saved itself since then: nobody conflicts with oneself."""
        record = self._desk.replica.record(key)
        state = None if record is None else record.units.get(unit)
        own = (
            []
            if state is None
            else [live for live in state.live if live.device == self._desk.identity.device]
        )
        return tuple(dict.fromkeys((*self._staged[key].over(unit), *(live.name for live in own))))


def _without_itself(value: Json) -> Json:
    """A value without the name that this edit's own changeset does not have yet."""
    assert isinstance(value, dict), "a signature and a retraction are objects"
    seen = value["seen"]
    assert isinstance(seen, list), "they say what they have seen"
    return {**value, "seen": [name for name in seen if name != NOT_SAVED]}
