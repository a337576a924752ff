"""
Outcomes and fates: what became of this tablet's work at the server.

Only an outcome by its own name settles a changeset. Held work stays in its author's view until a person
decides; what was not applied leaves the view and comes back to its author with the reason.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sync import Fate, Outcome

from .records import RecordKey
from .replica import Replica
from .rows import DAY_MS, Notice, Own, Sent

ENVELOPE_MS: Final = 90 * DAY_MS
"""Milliseconds for which an envelope is kept after its outcome: no backup that is restored is older."""


def settle(replica: Replica, outcomes: Iterable[Outcome], now_ms: int) -> int:
    """Note outcomes; how many settled something that was open."""
    settled, moved = 0, set[tuple[RecordKey, str]]()
    for outcome in outcomes:
        own = replica.own.get(outcome.name)
        settled += _settle(replica, outcome, own, now_ms)
        if own is not None and outcome.at_ms is not None:
            moved.update((key, own.made.subject) for key in own.records)
    for key, subject in moved:
        # Once each: of many saves about one record, every one is laid over it anew.
        replica.refresh(key, subject)
    return settled


def _settle(replica: Replica, outcome: Outcome, own: Own | None, now_ms: int) -> bool:
    sent = replica.sent.get(outcome.name)
    if not outcome.settled or (own is None and sent is None):
        return False
    if own is not None and own.position == 0:
        told = replace(
            own,
            position=outcome.position,
            at_ms=outcome.at_ms,
            held=outcome.held,
            sentence=outcome.sentence,
        )
        replica.own.put(own.name, told)
    if sent is not None and sent.position:
        return False
    if own is not None:
        sent = Sent(own.name, own.made.id, own.order, own.made.subject, 0, 0)
    assert sent is not None, "either is known"
    replica.sent.put(
        sent.name, replace(sent, position=outcome.position, outcome_ms=now_ms, held=outcome.held)
    )
    return True


def decide(replica: Replica, fate: Fate, now_ms: int) -> None:
    """Note what a person decided about held work."""
    sent, own = replica.sent.get(fate.name), replica.own.get(fate.name)
    if sent is None or not sent.held:
        return
    released = fate.decision == "released"
    replica.sent.put(fate.name, replace(sent, held="", position=max(sent.position, fate.position)))
    notice = Notice(now_ms, "decided", sent.subject, fate.name, fate.decision, fate.reason)
    replica.notices.put(f"decided/{fate.name}", notice)
    if own is None:
        return
    if released:
        replica.own.put(own.name, replace(own, held="", sentence="", position=fate.position))
    else:
        replica.own.put(own.name, replace(own, decision=fate.decision, reason=fate.reason))
    for key in own.records:
        replica.refresh(key, own.made.subject)


def let_go_envelopes(replica: Replica, now_ms: int) -> None:
    """Keep no envelope for longer than 90 days after the outcome, once every backup covers its position."""
    safe = replica.heard.value.safe
    for name, sent in list(replica.sent.items()):
        covered = 0 < sent.position <= safe and now_ms - sent.outcome_ms >= ENVELOPE_MS
        if covered and not sent.held and replica.own.get(name) is None:
            replica.drop_envelope(sent.envelope)
            replica.sent.delete(name)
