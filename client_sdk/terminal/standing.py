"""
Standing: how the tablet itself stands, what it still holds alone, and what came back.
"""

from dataclasses import fields
from typing import Any, Final

import click

from ..account import Returned, Waiting
from ..errors import Refused
from ..replica import Notice
from .access import Session, tablet_command
from .screen import table, tell
from .wording import short, when

CLOCK_TOLD_MS: Final = 2_000
"""Milliseconds of difference between two clocks that somebody should hear of."""

NOTICED: Final = {
    "left": "no longer yours: removed from this tablet",
    "released": "your late work was taken",
    "not_applied": "your late work was not taken",
}
"""What the tablet or the office did, in words."""


@tablet_command("status")
def status(session: Session) -> None:
    """How this tablet stands: counts and ids, never a client's data."""
    with session.tablet() as tablet:
        found = tablet.status()
    told: dict[str, Any] = {member.name: getattr(found, member.name) for member in fields(found)}
    told["rollback"] = found.rollback is not None
    told["last_error"] = None if found.last_error is None else str(found.last_error)
    lines = [
        f"{found.agency}: worker {short(found.worker)}, device {short(found.device)}, "
        f"fingerprint {found.fingerprint}",
        f"Clients and others here: {found.subjects}; coming: {found.entering}; leaving: {found.leaving}",
        f"Saves not yet received: {found.waiting}; awaiting a decision: {found.held}; drafts: {found.drafts}",
        f"Last contact: {when(found.last_contact_ms)}",
    ]
    warnings = {
        f"The server's clock is {found.clock_offset_ms / 1000:+.1f} s from this machine's; times are corrected.": (
            abs(found.clock_offset_ms) >= CLOCK_TOLD_MS
        ),
        "The server takes no more from this tablet: ask for a code, then enrol-again.": found.enrol_again,
        "The server gives this tablet no records any more.": found.held_back,
        "The server was restored; the next sync tells it what is here.": found.history_changed,
        "This store was replaced by an older copy: sync now.": found.rollback is not None,
        f"Records that differ from the server's: {', '.join(found.differs)}": bool(found.differs),
    }
    tell(session, told, [*lines, *(warning for warning, holds in warnings.items() if holds)])


@tablet_command("pending")
def pending(session: Session) -> None:
    """Saves that the server has not settled yet, and work that came back."""
    with session.tablet() as tablet:
        waiting, returned = tablet.pending(), tablet.returned()
    rows = [*map(_waiting, waiting), *map(_returned, returned)]
    table(session, ("state", "saved", "client", "records", "why"), rows, "Everything is received.")


@tablet_command("drafts")
@click.option("--discard", metavar="ID", help="Give up the draft of this record.")
def drafts(session: Session, discard: str | None) -> None:
    """What is half typed, on this tablet only."""
    with session.tablet() as tablet:
        found = tablet.drafts()
        if discard is not None:
            given_up = [draft for draft in found if draft.id == discard]
            if not given_up:
                raise Refused("there is no draft of this id on this tablet")
            given_up[0].discard()
            found = tablet.drafts()
        rows = [
            {"type": draft.type, "id": draft.id, "client": draft.subject, "values": dict(draft.values)}
            for draft in found
        ]
    table(session, ("type", "id", "client"), rows, "No drafts.")


@tablet_command("notices")
@click.option("--dismiss", "keys", metavar="KEY", multiple=True, help="This one was read; may be repeated.")
@click.option("--dismiss-all", is_flag=True, help="All were read.")
def notices(session: Session, keys: tuple[str, ...], dismiss_all: bool) -> None:
    """What the tablet or the office did on its own, until it was read."""
    with session.tablet() as tablet:
        found = tablet.notices()
        if not found.keys() >= set(keys):
            raise Refused("there is no notice of this key on this tablet")
        for key in found if dismiss_all else keys:
            tablet.dismiss(key)
        rows = [_noticed(key, notice) for key, notice in tablet.notices().items()]
    lines = [_notice_line(row) for row in rows]
    tell(session, rows, lines or ["No notices."])


def _noticed(key: str, notice: Notice) -> dict[str, Any]:
    return {
        "key": key,
        "when": when(notice.at_ms),
        "at_ms": notice.at_ms,
        "what": NOTICED.get(notice.decision or notice.what, notice.what),
        "client": short(notice.subject),
        "subject": notice.subject,
        "name": notice.name,
        "decision": notice.decision,
        "why": notice.reason,
    }


def _notice_line(row: dict[str, Any]) -> str:
    """With its key whole, to be copied into --dismiss."""
    why = f": {row['why']}" if row["why"] else ""
    return f"{row['when']}  client {row['client']}  {row['what']}{why}  [{row['key']}]"


def _waiting(save: Waiting) -> dict[str, Any]:
    return {
        "state": save.custody.value,
        "saved": when(save.wall_ms),
        "wall_ms": save.wall_ms,
        "client": short(save.subject),
        "subject": save.subject,
        "records": _named(save.records),
        "why": save.reason,
        "name": save.name,
    }


def _returned(work: Returned) -> dict[str, Any]:
    return {
        "state": work.kind.replace("_", " "),
        "client": short(work.subject),
        "subject": work.subject,
        "records": _named(work.records),
        "why": work.sentence or work.code,
        "name": work.name,
    }


def _named(records: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"{type_} {short(id_)}" for type_, id_ in sorted(records))


COMMANDS: Final = (status, pending, drafts, notices)
