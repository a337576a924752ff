"""
The ledger: what a tablet told to be saved, and whether all of it is there.

It is kept by whoever kills the tablet, from the lines that the tablet said; a store that was opened again is held
against it. It asks the store's own tables, so that nothing is hidden by how a list is made.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from client_sdk import Tablet
from client_sdk.replica import Own, Replica
from server.services.log.incoming import read_envelope
from sync import changeset_id
from sync.digest import of_records

from .nursery import Child, Failed

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Save:
    """One save that was told."""

    name: str
    key: Key
    value: str


@dataclass(slots=True)
class Ledger:
    """What one tablet has told so far."""

    names: list[str] = field(default_factory=list)
    """Every changeset of the store in order of making."""
    saves: dict[str, Save] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    """{id: detail} of drafts that are open."""
    untold: int = 0
    """Saves that were stored but not told: the kill came between the two."""

    def take(self, child: Child) -> None:
        """Note what a tablet said before it was killed."""
        for word, more in child.said:
            if word == "saved":
                self._take_save(
                    Save(more["name"], (more["key"][0], more["key"][1], more["key"][2]), more["value"])
                )
            elif word == "drafted":
                self.drafts[more["id"]] = more["detail"]
            elif word == "ended":
                self.drafts.pop(more["id"], None)

    def check(
        self, tablet: Tablet, ending: str | None, open_envelope: Callable[[bytes], bytes | None]
    ) -> None:
        """
        Hold an open tablet against what it told.

        Args:
            tablet: Opened again.
            ending: The draft that was about to be saved or given up when it was killed.
            open_envelope: What the agency finds in an envelope.

        Raises:
            Failed: Something is missing, or more than one save is there that was not told.
        """
        replica = tablet._desk.replica
        if tablet._desk.store.standing.rolled_back:
            raise Failed("the store takes itself for an old copy")
        before = set(self.names)
        self._check_order(replica)
        new = [name for name in self.names if name not in before or name not in self.saves]
        self._check_envelopes(replica, open_envelope, new)
        self._check_shown(replica)
        self._check_drafts(replica, ending)
        _check_digest(replica)

    def _take_save(self, save: Save) -> None:
        self.saves[save.name] = save

    def _check_order(self, replica: Replica) -> None:
        """Every told save is there, in the order of making, and at most one more, at the end."""
        kept = {own.name: own.order for own in replica.own.values()}
        kept |= {sent.name: sent.order for sent in replica.sent.values()}
        names = sorted(kept, key=kept.__getitem__)
        if [kept[name] for name in names] != list(range(1, len(names) + 1)):
            raise Failed("the saves of the store are not counted 1, 2, 3 ...")
        told = [name for name in self.saves if name not in self.names]
        wanted = [*self.names, *told]
        if names[: len(wanted)] != wanted:
            lost = [name for name in wanted if name not in kept]
            raise Failed(f"{len(lost)} saves that were told are lost: {lost[:3]}; or their order is another")
        if len(names) > len(wanted) + 1:
            raise Failed("more saves are there than were made")
        self.untold += len(names) - len(wanted)
        self.names = names
        _check_chain(replica)

    def _check_envelopes(
        self, replica: Replica, open_envelope: Callable[[bytes], bytes | None], new: Collection[str]
    ) -> None:
        """Each save has its envelope, and the agency reads in it what was saved."""
        own = {each.name: each for each in replica.own.values()}
        ids = {name: own[name].made.id if name in own else _sent_id(replica, name) for name in self.names}
        envelopes = replica.shelf.envelopes(list(ids.values()))
        if len(envelopes) != len(ids):
            raise Failed(f"{len(ids) - len(envelopes)} saves have lost their envelope")
        for name in new:
            content = open_envelope(envelopes[ids[name]])
            found = None if content is None else read_envelope(content)
            if found is None or changeset_id(found[0], found[1].body) != ids[name]:
                raise Failed("the agency does not find in an envelope what was saved")

    def _check_shown(self, replica: Replica) -> None:
        """What is not yet part of the shown server state is shown over it; the last save of a unit wins."""
        own = {each.name: each for each in replica.own.values()}
        last = {self.saves[name].key: self.saves[name] for name in self.names if name in self.saves}
        for save in last.values():
            if save.name not in own or self._overtaken(save, own):
                continue
            type_, id_, unit = save.key
            record = replica.record((type_, id_))
            live = [] if record is None else [write.value for write in record.units[unit].live]
            if save.value not in live:
                raise Failed(f"a save of {type_}.{unit} that was told is not shown")

    def _overtaken(self, save: Save, own: dict[str, Own]) -> bool:
        """Whether the one save that was stored and not told is of the same unit, or it was decided against."""
        if not own[save.name].counts:
            return True
        last = own.get(self.names[-1])
        if last is None or last.name in self.saves:
            return False
        return any((write.type, write.id, write.unit) == save.key for write in last.made.writes)

    def _check_drafts(self, replica: Replica, ending: str | None) -> None:
        kept = {draft.id: draft.values.get("detail") for draft in replica.drafts.values()}
        missing = {id_ for id_, detail in self.drafts.items() if kept.get(id_) != detail}
        if missing - {ending}:
            raise Failed("a draft that was told is lost")
        self.drafts = {id_: str(detail) for id_, detail in kept.items()}


def settled(replica: Replica) -> dict[str, int]:
    """{name: position} of what the tablet believes to have an outcome."""
    found = {own.name: own.position for own in replica.own.values() if own.position}
    return found | {sent.name: sent.position for sent in replica.sent.values() if sent.position}


def _sent_id(replica: Replica, name: str) -> str:
    sent = replica.sent.get(name)
    if sent is None or not sent.position:
        raise Failed("a save is neither here nor received")
    return sent.envelope


def _check_chain(replica: Replica) -> None:
    """What waits is one unbroken chain that ends where the next save goes on."""
    chain = replica.chain.value
    waiting = [own for own in replica.own.values() if own.made.prefix.device and not own.position]
    waiting.sort(key=lambda own: own.order)
    for earlier, later in pairwise(waiting):
        if (later.made.seq, later.made.prev) != (earlier.made.seq + 1, earlier.made.id):
            raise Failed("the chain of what waits is broken")
    if waiting and (waiting[-1].made.seq, waiting[-1].made.id) != (chain.seq, chain.prev):
        raise Failed("the next save would not go on where the last one ended")


def _check_digest(replica: Replica) -> None:
    """The digests of what is here are kept, and the server had nothing to say against them."""
    place = replica.place.value
    total = 0
    for about in replica.subjects.values():
        rows = [replica.records.get(key) for key in replica.records.of_subject(about.id)]
        digest = of_records(row.server for row in rows if row is not None and row.server is not None)
        if digest != about.digest:
            raise Failed("the digest of a subject is not that of its records")
        if about.differs or about.refetched:
            raise Failed("the server's digest of a subject is another")
        total += 0 if about.id == "agency" else digest
    if place.digest != total % (1 << 128) or place.total_differs:
        raise Failed("the digest of all subjects is not right")


def ending(child: Child) -> str | None:
    """The draft that was about to be saved or given up."""
    tried: dict[str, Any] = {}
    for word, more in child.said:
        if word == "try end":
            tried = more
        elif word == "ended":
            tried = {}
    return tried.get("id")
