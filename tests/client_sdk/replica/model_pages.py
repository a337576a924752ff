"""
The pages of the small server: rows since the cursor, then subjects that enter, whole. Sized in rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sync import (
    Head,
    Page,
    write_row,
)
from sync.digest import of_records, write_digest

if TYPE_CHECKING:
    from .model import Model


def page_of(model: Model, device: str, worker: str, head: Head) -> Page:
    """The page behind the cursor that the head carries."""
    place: dict[str, Any] = json.loads(head.cursor) if head.cursor else {"p": 0, "in": {}}
    left = model.rows_a_page
    rows: list[bytes] = []
    before = place["p"]
    for position in range(before + 1, model.head + 1):
        found = _delta(model, device, worker, position)
        if left < len(found) and rows:
            return Page(
                _cursor(model, position - 1, place["in"]), more=True, rows=tuple(rows), head=model.head
            )
        rows += found
        left -= len(found)
    entering: dict[str, str] = dict(place["in"])
    enter, leave = _moves(model, worker, before, head, entering)
    entering |= dict.fromkeys(enter, "")
    entering = {subject: after for subject, after in entering.items() if subject not in leave}
    whole: list[str] = []
    for subject in sorted(entering):
        keys = sorted(
            "/".join(key) for key, record in model.state.records.items() if record.subject == subject
        )
        for key in [key for key in keys if key > entering[subject]]:
            if left <= 0:
                break
            type_, _, id_ = key.partition("/")
            rows.append(write_row(model.state.records[(type_, id_)]))
            entering[subject] = key
            left -= 1
        if not keys or entering[subject] == keys[-1]:
            whole.append(subject)
    entering = {subject: after for subject, after in entering.items() if subject not in whole}
    more = bool(entering)
    digests, total = ({}, "") if more else _digests(model, worker)
    moved = before < model.head or bool(enter or whole)
    return Page(
        _cursor(model, model.head, entering),
        more=more,
        rows=tuple(rows),
        enter=tuple(enter),
        whole=tuple(whole) if model.names_whole else (),
        leave=tuple(leave),
        digests=digests,
        total=total,
        head=model.head if moved else 0,
    )


def _delta(model: Model, device: str, worker: str, position: int) -> list[bytes]:
    rows: list[bytes] = []
    for record in model.state.records.values():
        begins = [begin for begin, end in model.state.grants.get((worker, record.subject), ()) if not end]
        if not begins or position < max(begins):
            continue
        units = [
            unit
            for unit, state in record.units.items()
            if state.position == position
            and not (model.omit_own and len(state.live) == 1 and state.live[0].device == device)
        ]
        if units:
            rows.append(write_row(record, units))
    return rows


def _moves(
    model: Model, worker: str, before: int, head: Head, entering: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    enter: set[str] = set()
    leave: set[str] = set()
    for who, subject in model.state.grants:
        if who != worker:
            continue
        now = model.has_access(worker, subject, model.head)
        then = before > 0 and model.has_access(worker, subject, before)
        broken = any(before < end for _, end in model.state.grants[(worker, subject)] if end)
        if now and (not then or broken):
            enter.add(subject)
        if not now and (then or subject in entering or broken):
            leave.add(subject)
        if head.holds is not None and now and (subject not in head.holds or subject in head.again):
            enter.add(subject)
    if head.holds is not None:
        leave |= {subject for subject in head.holds if not model.has_access(worker, subject, model.head)}
    enter |= {subject for subject in head.refetch if model.has_access(worker, subject, model.head)}
    return sorted(enter), sorted(leave)


def _digests(model: Model, worker: str) -> tuple[dict[str, str], str]:
    held = [
        subject
        for who, subject in model.state.grants
        if who == worker and model.has_access(worker, subject, model.head)
    ]
    sums = {
        subject: of_records(r for r in model.state.records.values() if r.subject == subject)
        for subject in held
    }
    spoilt = 1 if model.spoil_digests else 0
    model.spoil_digests = max(0, model.spoil_digests - 1)
    total = write_digest(sum(sums.values())) if model.with_total else ""
    return {subject: write_digest(value + spoilt) for subject, value in sums.items()}, total


def _cursor(model: Model, position: int, entering: Mapping[str, str]) -> str:
    return json.dumps({"p": position, "in": dict(entering), "chain": model.chain(position)})
