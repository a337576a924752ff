"""
Reply: what the server answers in one exchange, as bytes.

One JSON object, `{clock, epoch, outcomes?, fates?, page?, safe?, lease?, enrol_again?}`. Members that say
nothing are left out. Rows go through as bytes, never encoded again.

    >>> read_reply(write_reply(Reply("e1", 1000, (Outcome("a" * 22, 7),)))).outcomes[0].position
    7
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .ids import Json, encode, read_json
from .shapes import items, members, text, texts, whole


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one changeset, by its name."""

    name: str
    position: int
    """Where the log has it; 0 while it waits."""
    at_ms: int | None = None
    """The capped clock of an accepted one, where the cap changed it."""
    held: str = ""
    """The code of the reason for which it is held."""
    sentence: str = ""
    missing: tuple[str, ...] = ()
    """What it waits for."""

    @property
    def settled(self) -> bool:
        """Whether the tablet may stop offering it."""
        return self.position > 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What a person decided about held work: `released`, or `not_applied` with a reason."""

    name: str
    position: int
    decision: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One part of what a tablet lacks, as it leaves the server: rows are bytes already."""

    cursor: str
    more: bool = False
    rows: tuple[bytes, ...] = ()
    enter: tuple[str, ...] = ()
    """Subjects whose whole state begins in this page: what is staged of them is void."""
    whole: tuple[str, ...] = ()
    """Entering subjects that are complete with this page."""
    leave: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    """{subject: digest}, with the last page, of the subjects that changed."""
    total: str = ""
    head: int = 0
    """The position of the snapshot, up to which this page is current; 0 where nothing moved."""


@dataclass(frozen=True, slots=True)
class PageIn:
    """The same as a tablet reads it: rows are JSON."""

    cursor: str
    more: bool
    rows: tuple[Json, ...]
    enter: tuple[str, ...]
    whole: tuple[str, ...]
    leave: tuple[str, ...]
    digests: Mapping[str, str]
    total: str
    head: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers; `page` is a `Page` when it is written and a `PageIn` when it is read."""

    epoch: str
    clock: int
    """The server's clock, milliseconds since 1970."""
    outcomes: tuple[Outcome, ...] = ()
    fates: tuple[Fate, ...] = ()
    page: Page | PageIn | None = None
    safe: int = 0
    """The position that every backup covers."""
    lease: str = ""
    enrol_again: bool = False


@dataclass(frozen=True, slots=True)
class HistoryChanged:
    """The server's log is not the one that this tablet knows."""

    epoch: str
    cursor: str | None = None
    """The newest kept cursor that still holds; empty for none, absent where none was offered."""


def write_reply(reply: Reply) -> bytes:
    """A reply as bytes."""
    value: dict[str, Json] = {"clock": reply.clock, "epoch": reply.epoch}
    if reply.outcomes:
        value["outcomes"] = [_outcome_json(outcome) for outcome in reply.outcomes]
    if reply.fates:
        value["fates"] = [[fate.name, fate.position, fate.decision, fate.reason] for fate in reply.fates]
    if reply.safe:
        value["safe"] = reply.safe
    if reply.lease:
        value["lease"] = reply.lease
    if reply.enrol_again:
        value["enrol_again"] = True
    data = encode(value)
    assert reply.page is None or isinstance(reply.page, Page), "a page that was read is not written"
    return data if reply.page is None else data[:-1] + b',"page":' + _write_page(reply.page) + b"}"


def read_reply(data: bytes) -> Reply:
    """
    A reply out of inflated bytes.

    Raises:
        Malformed: Not the form of a reply.
    """
    value = members(read_json(data), "a reply", ("epoch", "clock"))
    return Reply(
        epoch=text(value["epoch"], "epoch"),
        clock=whole(value["clock"], "clock"),
        outcomes=tuple([_read_outcome(part) for part in items(value.get("outcomes", []), "outcomes")]),
        fates=tuple([_read_fate(part) for part in items(value.get("fates", []), "fates")]),
        page=_read_page(value["page"]) if "page" in value else None,
        safe=whole(value.get("safe", 0), "safe"),
        lease=text(value.get("lease", ""), "lease"),
        enrol_again=value.get("enrol_again") is True,
    )


def _outcome_json(outcome: Outcome) -> Json:
    if outcome.missing:
        return [outcome.name, 0, list(outcome.missing)]
    if outcome.held:
        return [outcome.name, outcome.position, outcome.held, outcome.sentence]
    if outcome.at_ms is not None:
        return [outcome.name, outcome.position, outcome.at_ms]
    return [outcome.name, outcome.position]


def _write_page(page: Page) -> bytes:
    value: dict[str, Json] = {"cursor": page.cursor}
    lists = {"enter": page.enter, "whole": page.whole, "leave": page.leave}
    value |= {member: list(names) for member, names in lists.items() if names}
    if page.more:
        value["more"] = True
    if page.digests:
        value["digests"] = dict(page.digests)
    if page.total:
        value["total"] = page.total
    if page.head:
        value["head"] = page.head
    data = encode(value)
    return data if not page.rows else data[:-1] + b',"records":[' + b",".join(page.rows) + b"]}"


def _read_outcome(value: Json) -> Outcome:
    part = items(value, "an outcome", 2, 4)
    name, position = text(part[0], "name"), whole(part[1], "position")
    if len(part) == 2:
        return Outcome(name, position)
    if len(part) == 4:
        return Outcome(name, position, held=text(part[2], "code"), sentence=text(part[3], "sentence"))
    if isinstance(part[2], list):
        return Outcome(name, 0, missing=texts(part[2], "missing"))
    return Outcome(name, position, at_ms=whole(part[2], "at"))


def _read_fate(value: Json) -> Fate:
    part = items(value, "a fate", 4, 4)
    return Fate(
        text(part[0], "name"),
        whole(part[1], "position"),
        text(part[2], "decision"),
        text(part[3], "reason"),
    )


def _read_page(part: Json) -> PageIn:
    value = members(part, "a page", ("cursor",))
    digests = members(value.get("digests", {}), "digests")
    return PageIn(
        cursor=text(value["cursor"], "cursor"),
        more=value.get("more") is True,
        rows=tuple(items(value.get("records", []), "records")),
        enter=texts(value.get("enter", []), "enter"),
        whole=texts(value.get("whole", []), "whole"),
        leave=texts(value.get("leave", []), "leave"),
        digests={subject: text(digest, "a digest") for subject, digest in digests.items()},
        total=text(value.get("total", ""), "total"),
        head=whole(value.get("head", 0), "head"),
    )
