"""
Names: what the server calls a changeset that it could not read.

It counts such bytes under their hash, for it knows no other name of them. Here that hash is turned back into the
name under which the changeset was made, so that it is settled like any other and not offered for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sync import Fate, Outcome, Reply, changeset_id, digest_id
from sync.wire import read_line

from .replica import Replica
from .rows import Own


def named(replica: Replica, reply: Reply) -> Reply:
    """The reply with our own names in it."""
    told = [outcome.name for outcome in reply.outcomes] + [fate.name for fate in reply.fates]
    if all(_is_ours(replica, name) for name in told):
        return reply
    ours = _by_hash(replica)
    return replace(
        reply, outcomes=tuple(_outcomes(ours, reply.outcomes)), fates=tuple(_fates(ours, reply.fates))
    )


def _is_ours(replica: Replica, name: str) -> bool:
    return replica.own.get(name) is not None or replica.sent.get(name) is not None


def _by_hash(replica: Replica) -> Mapping[str, str]:
    """{hash of what was sent: name} of everything that is open, or held."""
    own = [own for own in replica.own.values() if own.position == 0 or own.held]
    found = {hash_: each.name for each in own for hash_ in _hashes(each)}
    sent = {sent.envelope: sent.name for sent in replica.sent.values() if sent.position == 0 or sent.held}
    envelopes = replica.shelf.envelopes(sent) if sent else {}
    return {digest_id(envelope): sent[id_] for id_, envelope in envelopes.items()} | sent | found


def _hashes(own: Own) -> tuple[str, str]:
    """The id of the bytes that are sent now: of work that was issued anew it is not the name."""
    return own.made.id, changeset_id(own.made.prefix, read_line(own.line).body)


def _outcomes(ours: Mapping[str, str], outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    return (replace(outcome, name=ours.get(outcome.name, outcome.name)) for outcome in outcomes)


def _fates(ours: Mapping[str, str], fates: Iterable[Fate]) -> Iterable[Fate]:
    return (replace(fate, name=ours.get(fate.name, fate.name)) for fate in fates)
