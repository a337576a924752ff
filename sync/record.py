"""
A record: its units merged, and what they show.

`fold` is the definition: a pure function of the set of accepted changesets. `Record.apply` is the same one
step at a time. `view` says what is shown, whether it is retracted or signed, and what came after that.

Two families of units are this room's own: `$life` (retracting and reviving) and `$chosen/<unit>` (the
office's choice among several entries of a `once` unit).
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from .changeset import Changeset
from .clock import At, capped
from .freeze import Life, Signed, life_of, signed_of
from .ids import Json
from .merge import EMPTY, UnitState, apply
from .rivals import Live, Needs, Shown
from .rules import Rule, decided, safest

RuleOf: TypeAlias = Callable[[str, str], Rule]
"""(record type, unit) to the unit's rule; `latest()` for what is not declared."""

LIFE: Final = "$life"
CHOSEN: Final = "$chosen/"
SIGNATURE: Final = "signature"

_LIFE_RULE: Final = safest("retracted", "active", by="state")
_CHOSEN_RULE: Final = decided()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A changeset in the log: where it stands, and the moment that counts among rivals."""

    changeset: Changeset
    position: int
    at: At

    def live(self, over: tuple[str, ...], value: Json) -> Live:
        """One of its writes as a rule sees it."""
        made = self.changeset
        return Live(made.name, made.prefix.device, made.prefix.author, self.at, made.wall, over, value)


def accept(changeset: Changeset, position: int, received_ms: int) -> Accepted:
    """A changeset received now, its clock capped at the time of receipt."""
    return Accepted(changeset, position, capped(changeset.at, received_ms))


@dataclass(frozen=True, slots=True)
class Record:
    """The state of one record: {unit: state}."""

    type: str
    id: str
    subject: str
    units: Mapping[str, UnitState] = field(default_factory=dict)

    @property
    def position(self) -> int:
        """The position at which it last changed."""
        return max((unit.position for unit in self.units.values()), default=0)

    def apply(self, accepted: Accepted, rule_of: RuleOf, arrived: Container[str] = ()) -> "Record":
        """
        This record with the changeset's writes to it.

        `arrived` holds the names accepted before; a name among them changes nothing.
        """
        if accepted.changeset.name in arrived:
            return self
        units = dict(self.units)
        for write in accepted.changeset.writes:
            if write.id == self.id and write.type == self.type:
                rule = rule_for(rule_of, self.type, write.unit)
                live = accepted.live(write.over, write.value)
                units[write.unit] = apply(
                    units.get(write.unit, EMPTY), rule, live, accepted.position, arrived
                )
        return replace(self, units=units)

    def live_names(self) -> tuple[str, ...]:
        """Every live write of the record by name, sorted: what a retraction or a signature has seen."""
        return tuple(sorted({write.name for unit in self.units.values() for write in unit.live}))


@dataclass(frozen=True, slots=True)
class RecordView:
    """What a record shows."""

    type: str
    id: str
    subject: str
    units: Mapping[str, Shown]
    life: Life = Life.ACTIVE
    signed: Signed | None = None

    def value(self, unit: str, default: Json = None) -> Json:
        """The shown value; of a signed record, what was signed."""
        if self.signed is not None and unit in self.signed.content:
            return self.signed.content[unit]
        if self.signed is not None and unit in self.signed.late:
            return default
        shown = self.units.get(unit)
        return default if shown is None or not shown.winner else shown.value

    def members(self, name: str) -> dict[str, Json]:
        """{member id: value} of the members of a set that are present."""
        prefix = f"{name}/"
        values = {unit: self.value(unit) for unit in self.units if unit.startswith(prefix)}
        return {unit.removeprefix(prefix): value for unit, value in values.items() if value is not None}

    def over(self, unit: str) -> tuple[str, ...]:
        """The names that a write of this unit replaces when its author has seen this view."""
        shown = self.units.get(unit)
        return () if shown is None else tuple(write.name for write in shown.live)

    def undecided(self) -> dict[str, Shown]:
        """{unit: rivals} that a person must settle."""
        return {unit: shown for unit, shown in self.units.items() if shown.needs is Needs.PERSON}


def rule_for(rule_of: RuleOf, type_: str, unit: str) -> Rule:
    """The rule of a unit, this room's own among them."""
    if unit == LIFE:
        return _LIFE_RULE
    if unit.startswith(CHOSEN):
        return _CHOSEN_RULE
    return rule_of(type_, unit)


def fold(accepted: Iterable[Accepted], type_: str, id_: str, subject: str, rule_of: RuleOf) -> Record:
    """
    The state of a record as a function of a set of accepted changesets, in any order and with repeats.

    The position of a unit is the only thing that depends on the log's order, so they are taken in it.
    """
    record = Record(type_, id_, subject)
    arrived: set[str] = set()
    for entry in sorted(accepted, key=_position):
        record = record.apply(entry, rule_of, arrived)
        arrived.add(entry.changeset.name)
    return record


def view(record: Record, rule_of: RuleOf) -> RecordView:
    """What a record shows."""
    units = {
        unit: rule_for(rule_of, record.type, unit).show(state.live, state.bases)
        for unit, state in record.units.items()
        if state.live
    }
    for choice in [unit for unit in units if unit.startswith(CHOSEN)]:
        unit = choice.removeprefix(CHOSEN)
        if rule_for(rule_of, record.type, unit).ignores_over:
            _choose(units, unit, units[choice].value)
    signature = units.get(SIGNATURE)
    return RecordView(
        record.type,
        record.id,
        record.subject,
        units,
        life_of(units.get(LIFE), units),
        None if signature is None else signed_of(signature, _freezable(units, record.type, rule_of)),
    )


def _choose(units: dict[str, Shown], unit: str, choice: Json) -> None:
    """Show the entry that the office chose; an entry that it had not seen asks again."""
    shown = units.get(unit)
    if shown is None or not isinstance(choice, dict) or not isinstance(seen := choice.get("seen"), list):
        return
    by = next((write for write in shown.live if write.name == choice.get("name")), None)
    if by is None:
        return
    needs = Needs.CHECK if any(write.name not in seen for write in shown.live) else Needs.LISTED
    top = next((group for group in shown.rivals if by in group), None)
    rivals = () if top is None else (top, *(group for group in shown.rivals if group is not top))
    units[unit] = Shown(by.value, by, shown.live, rivals, needs if rivals else Needs.NOTHING)


def _freezable(units: Mapping[str, Shown], type_: str, rule_of: RuleOf) -> dict[str, Shown]:
    """The units that a signature freezes: not itself, not this room's own, not what the office decides."""
    return {
        unit: shown
        for unit, shown in units.items()
        if unit != SIGNATURE and not unit.startswith("$") and not rule_of(type_, unit).guards_office
    }


def _position(entry: Accepted) -> int:
    return entry.position
