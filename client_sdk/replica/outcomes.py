"""
Outcomes and fates: what became of this tablet's work at the server.

Only an outcome by its own name settles a changeset. Held work stays in its author's view until a person
decides; what was not applied leaves the view and comes back to its author with the reason.
"""

from dataclasses import replace
from typing import Final

from sync import Fate, Outcome

from .replica import Replica
from .rows import DAY_MS, Notice, Sent

ENVELOPE_MS: Final = 90 * DAY_MS
"""Milliseconds for which an envelope is kept after its outcome: no backup that is restored is older."""


def settle(replica: Replica, outcome: Outcome, now_ms: int) -> bool:
    """Note an outcome; whether it settled something that was open."""
    own, sent = replica.own.get(outcome.name), replica.sent.get(outcome.name)
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
        if outcome.at_ms is not None:
            for key in own.records:
                replica.refresh(key, own.made.subject)
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
