"""
Records as they come out of sync, told in a few words: who saved what, when, and having seen what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework import checks, rule_of
from sync import Accepted, At, Json, Prefix, RecordView, Write, compose, fold, view
from sync import accept as accepted

ANA, BEN, EVA = "ana", "ben", "eva"
"""Two workers and their supervisor."""

OFFICE = "web:" + "w" * 22
"""The device of the agency itself."""

NINE, TEN = "2026-11-24T09:00:00-05:00", "2026-11-24T10:00:00-05:00"


@dataclass(frozen=True)
class Save:
    """One save of one person on one device."""

    by: str
    values: Mapping[str, Json]
    at: int = 1
    seen: RecordView | None = None
    """The view that the author had; its live writes are replaced."""
    device: str = field(default="")


def record(type_: str, *saves: Save, id_: str = "r1", subject: str = "c1") -> RecordView:
    """What a record shows after some saves, in the order of receipt."""
    log = [_made(type_, id_, subject, number, save) for number, save in enumerate(saves)]
    return view(fold(log, type_, id_, subject, rule_of), rule_of)


def one(type_: str, id_: str = "r1", subject: str = "c1", by: str = ANA, **values: Json) -> RecordView:
    """What a record shows that one person saved once; a set's members are told as `{name: {id: value}}`."""
    units: dict[str, Json] = {}
    for name, value in values.items():
        if name.endswith("_set") and isinstance(value, dict):
            units |= {f"{name.removesuffix('_set')}/{member}": inside for member, inside in value.items()}
        else:
            units[name] = value
    return record(type_, Save(by, units), id_=id_, subject=subject)


def empty(type_: str) -> RecordView:
    """A record of which nothing was said yet."""
    return RecordView(type_, "r1", "c1", {})


def codes(view: RecordView) -> list[str]:
    """The codes of a record's check flags."""
    return [flag.code for flag in checks(view)]


def _made(type_: str, id_: str, subject: str, number: int, save: Save) -> Accepted:
    over = save.seen.over if save.seen is not None else lambda unit: ()
    writes = [Write(type_, id_, unit, over(unit), value) for unit, value in save.values.items()]
    made = compose(
        Prefix("agency", save.device or f"tablet-{save.by}", save.by),
        subject=subject,
        seq=1,
        prev="",
        at=At(save.at, 0),
        wall=save.at,
        schema=1,
        salt=number.to_bytes(16, "big"),
        writes=writes,
    )
    return accepted(made, number + 1, 10**12)
