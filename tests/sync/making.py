"""Small things that tests of sync are made of: devices, saves, replies."""

from collections.abc import Sequence

from sync import (
    Accepted,
    At,
    Changeset,
    Json,
    Live,
    PageIn,
    Prefix,
    Record,
    RecordView,
    Rule,
    Tablet,
    Write,
    accept,
    ask,
    compose,
    decided,
    fold,
    latest,
    members,
    once,
    safest,
    text,
    view,
)

ANA = Prefix("agency-1", "tablet-ana", "ana")
ANA_TOO = Prefix("agency-1", "phone-ana", "ana")
BEN = Prefix("agency-1", "tablet-ben", "ben")
OFFICE = Prefix("agency-1", "web:1", "sue")

RULES: dict[str, Rule] = {
    "level": safest("low", "middle", "high"),
    "birth": ask(),
    "custody": ask(winner=False),
    "story": text(),
    "answers": once(),
    "signature": once(),
    "assigned": decided(),
}
TABLET = Tablet(schema=1, app="0.1.0", clock=1_000, pending=0, anchor="")


def rule_of(type_: str, unit: str) -> Rule:
    """The rules of the record type `client` of these tests."""
    return RULES.get(unit, members() if unit.startswith("hazards/") else latest())


def write(unit: str, value: Json, *over: str, id_: str = "c1") -> Write:
    """One write of the record that these tests are about."""
    return Write("client", id_, unit, over, value)


def save(
    who: Prefix,
    writes: Sequence[Write] | Write,
    *,
    ms: int = 1_000,
    counter: int = 0,
    seq: int = 1,
    prev: str = "",
    was: str | None = None,
    reason: str | None = None,
    settles: bool = False,
    salt: int = 0,
) -> Changeset:
    """A save; `salt` tells apart saves that are otherwise the same."""
    return compose(
        who,
        subject="c1",
        seq=seq,
        prev=prev,
        at=At(ms, counter),
        wall=ms,
        schema=1,
        salt=salt.to_bytes(16, "big"),
        writes=[writes] if isinstance(writes, Write) else writes,
        reason=reason,
        settles=settles,
        was=was,
    )


def accepted(*made: Changeset) -> list[Accepted]:
    """The log of these changesets, received in this order at a time after all of them."""
    return [accept(one, position, 10_000_000) for position, one in enumerate(made, 1)]


def merged(*made: Changeset) -> Record:
    """The record of these changesets."""
    return fold(accepted(*made), "client", "c1", "c1", rule_of)


def shown(*made: Changeset) -> RecordView:
    """What the record of these changesets shows."""
    return view(merged(*made), rule_of)


def live(name: str, value: Json, *over: str, who: Prefix = ANA, ms: int = 1_000) -> Live:
    """A live write, as a rule sees it; `name` is one letter."""
    return Live(name * 22, who.device, who.author, At(ms, 0), ms, tuple(one * 22 for one in over), value)


def page(cursor: str = "cursor-1", *, more: bool = False) -> PageIn:
    """A page without rows."""
    return PageIn(cursor, more, (), (), (), (), {}, "", 0)
