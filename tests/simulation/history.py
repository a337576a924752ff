"""
The log of the server, read for the oracle: plain values, out of rows whose boxes are opened.

What the changesets say is read by `json` here, not by `sync`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select

from server.db import table_of
from server.house import House
from server.services.log.book import log_context
from server.tables.log import HeadRow, LogRow
from tests.simulation.oracle import Entry

_log, _head = table_of(LogRow), table_of(HeadRow)
_HEAD = select(_head.c.epoch, _head.c.position)
_SINCE = select(_log).where(_log.c.position > bindparam("p")).order_by(_log.c.position)


@dataclass
class History:
    """One history of an agency, as far as it was read."""

    epoch: str
    head: int = 0
    entries: list[Entry] = field(default_factory=list)
    """What is in the records: accepted and released changesets, in the order of the log."""
    lines: dict[str, Entry] = field(default_factory=dict)
    """{name: changeset} of everything that has arrived and can be read."""
    held: dict[str, str] = field(default_factory=dict)
    """{name: code}"""
    access: list[tuple[int, str, str, str, bool]] = field(default_factory=list)
    """(position, worker, subject, grant, begins): the begins and ends of grants."""
    times: list[int] = field(default_factory=lambda: [0])
    """When each position was received."""
    terms: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """{grant: (begins, ends)} as it was agreed."""
    made: dict[str, int] = field(default_factory=dict)
    """{grant: position} of the agreement."""
    quotations: set[int] = field(default_factory=set)
    """Positions at which the office quoted held work, over what the record showed then."""

    @classmethod
    def read(cls, house: House, agency: str, known: dict[str, History]) -> History:
        """The present history; what was read of it before is not read again."""
        with house.database.reading() as session:
            head = session.execute(_HEAD).one()
            found = known.get(head.epoch)
            if found is None:
                found = known[head.epoch] = cls(head.epoch)
            elif found.head == head.position:
                return found
            rows = session.execute(_SINCE, {"p": found.head}).all()
        for row in rows:
            found._take(row, house, agency)
        found.head = head.position
        return found

    def accessible(self, worker: str, upto: int) -> dict[str, int]:
        """{subject: since which position} of what a worker has access to at a position."""
        open_: dict[str, set[str]] = {}
        since: dict[str, int] = {}
        for position, who, subject, grant, begins in self.access:
            if position > upto or who != worker:
                continue
            grants = open_.setdefault(subject, set())
            if begins and not grants:
                since[subject] = position
            if begins:
                grants.add(grant)
            else:
                grants.discard(grant)
        return {subject: since[subject] for subject, grants in open_.items() if grants}

    def had_access(self, worker: str, subject: str, at_ms: int, judged: int) -> bool:
        """
        Whether a moment lies within a grant: from its begin to its end as agreed, or as somebody ended it.

        A grant that was made after the position of the judgement, and begins in the past, is no part of it.
        """
        begun: set[str] = set()
        for position, who, what, grant, begins in self.access:
            if (who, what) != (worker, subject):
                continue
            if begins and position < judged:
                begun.add(grant)
            elif grant in begun:
                begun.discard(grant)
                if self._lies_within(grant, at_ms, self.times[position]):
                    return True
        return any(self._lies_within(grant, at_ms, at_ms) for grant in begun)

    def overdue(self, at_ms: int, upto: int) -> list[str]:
        """Grants, agreed before a moment, whose begin or end by time should be in the log by then and is not."""
        begun, ended = set[str](), set[str]()
        for position, _, _, grant, begins in self.access:
            if position <= upto:
                (begun if begins else ended).add(grant)
        return sorted(
            grant
            for grant, (begins_ms, ends_ms) in self.terms.items()
            if self.made[grant] <= upto
            and self.times[self.made[grant]] < at_ms
            and grant not in ended
            and ((begins_ms <= at_ms and grant not in begun) or (ends_ms is not None and ends_ms <= at_ms))
        )

    def _lies_within(self, grant: str, at_ms: int, ended_ms: int) -> bool:
        begins_ms, ends_ms = self.terms[grant]
        return begins_ms <= at_ms <= (ended_ms if ends_ms is None else min(ended_ms, ends_ms))

    def _take(self, row: Any, house: House, agency: str) -> None:
        self.times.append(row.received_ms)
        if row.kind in ("act", "grant", "revoke"):
            said = json.loads(house.sealer.open(agency, row.sealed_for, log_context(row.position), row.box))
            self._take_act(row, said)
        if row.kind in ("changeset", "held"):
            self._take_line(row, house, agency)
        if row.kind == "changeset":
            self.entries.append(self.lines[row.name])
        if row.kind == "release":
            self.entries.append(self.lines[row.name].at_position(row.position))
        if row.kind == "held":
            self.held[row.name] = row.outcome

    def _take_act(self, row: Any, said: Any) -> None:
        if row.kind != "act":
            of = said["worker"], said["subject"], said["of"]
            self.access.append((row.position, *of, row.kind == "grant"))
        elif said["act"] == "grant made":
            self.terms[row.id] = said["begins"], said["ends"]
            self.made[row.id] = row.position
        elif said["act"] == "quoted":
            # The quotation is the changeset just before the act that tells of it.
            self.quotations.add(row.position - 1)

    def _take_line(self, row: Any, house: House, agency: str) -> None:
        box = house.sealer.open(agency, row.sealed_for, log_context(row.position), row.box)
        try:
            body = json.loads(box.partition(b" ")[2])
            made = Entry.of_line(body, row.name, row.device, row.author, row.position, row.received_ms)
        except (ValueError, KeyError, TypeError):
            return
        self.lines[row.name] = made
