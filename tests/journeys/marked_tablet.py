"""
A worker's tablet in a process of its own, which saves a mark in every field that it may write.

    python -m tests.journeys.marked_tablet day FOLDER SERVER CODE CLIENT     until it is killed while it saves
    python -m tests.journeys.marked_tablet after FOLDER CLIENT               what a bad program would do, then a crash

It says ids, counts and places of marks, never what it saved: what it prints is searched, too.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import casework
from client_sdk import ClientError, Item, Tablet
from sync import SyncError

from .marking import DRAFT, PLANTED, TABLET, WRONG, Marker

SECRET: Final = "kettle on, cat asleep, rain"
DECIDED: Final = frozenset(("decided",))
"""What the office decides; a tablet's word on it would be held."""


def say(what: str, value: Any) -> None:
    """One line for the test that waits."""
    print(json.dumps({"what": what, "value": value}), flush=True)


def day(folder: Path, server: str, code: str, client: str) -> None:
    """Enrol, pull, save everything, send it; then go on saving without a network until the end comes."""
    saved = Marker(TABLET)
    label = saved.mark("label")
    Tablet.enrol(folder, server=server, code=code, secret=SECRET, label=label, plain_http=True).lock()
    with Tablet.unlock(folder, secret=SECRET) as tablet:
        tablet.sync()
        newcomer = register(tablet, saved)
        save_all(tablet, newcomer, saved)
        for known in (tablet.get("client", client), tablet.get("staff", tablet.identity.worker)):
            save_all(tablet, known, saved)
            with tablet.edit(known, reason=saved.mark("reason")) as edit:
                edit.update(known, _as_members(saved.units(known.type, but=DECIDED)))
        drafted, wrong = Marker(DRAFT), Marker(WRONG)
        keep_drafts(tablet, newcomer, drafted)
        type_wrongly(tablet, newcomer, wrong)
        tablet.sync()
        say("not found", look_around(tablet, saved, client))
        say("newcomer", newcomer.subject)
        say("places", saved.places)
        say("shown", seen_from(tablet))
    with Tablet.unlock(folder, secret=SECRET) as tablet:
        say("typed wrongly", len(wrong.places))
        say("drafts", len(tablet.drafts()))
        sys.stdin.readline()
        say("late", saved.next)
        for number in range(10_000):
            with tablet.edit(client, reason=saved.mark("reason")) as edit:
                edit.create("note", kind="progress", narrative=f"{saved.mark('late')} was said.")
            say("saved", number)


def after(folder: Path, client: str) -> None:
    """After a crash: what a program without rules would save is sent; then this one crashes, too."""
    planted = Marker(PLANTED)
    with Tablet.unlock(folder, secret=SECRET) as tablet:
        say("pending", len(tablet.pending()))
        say("drafts", len(tablet.drafts()))
        for type_, unit in fields("client"):
            value = planted.wrong(f"{type_}.{unit}")[0]
            own = client if casework.record_types()[type_].is_subject else f"{type_}-planted"
            without_rules(tablet, client, (type_, own), unit, value)
        tablet.sync()
        for notice in tablet.notices():
            say("notice", notice)
        say("returned", len(tablet.returned()))
        with tablet.edit(client, reason=planted.mark("reason")) as edit:
            edit.create("note", kind="progress", narrative=f"{planted.mark('note')} was said.")
        sys.stderr.flush()
        os.abort()


def register(tablet: Tablet, marker: Marker) -> Item:
    """A new client with every field of a client."""
    reason = marker.mark("reason")
    return tablet.register_client(reason=reason, **marker.units("client", but=DECIDED))


def save_all(tablet: Tablet, about: Item, marker: Marker) -> None:
    """A record of every further type that belongs to such a subject, signed where it can be."""
    for type_, kind in casework.record_types().items():
        if kind.is_subject or kind.subject != casework.subject_of(about.type):
            continue
        units = marker.units(type_, but=DECIDED)
        with tablet.edit(about, reason=marker.mark("reason")) as edit:
            made = edit.handle(type_, casework.new_id(type_, about.subject, units, os.urandom(16)))
            if tablet.record(type_, made.id):
                edit.update(made, _as_members(units))
            elif units:
                edit.create(type_, _as_members(units), id=made.id)
        if "signature" in kind.fields:
            with tablet.edit(about) as edit:
                edit.sign(made, title=marker.mark(f"{type_}.signature.title"))


def keep_drafts(tablet: Tablet, about: Item, marker: Marker) -> None:
    """Half typed, of every type."""
    for type_ in casework.record_types():
        if casework.subject_of(type_) == "client":
            tablet.new_draft(type_, about).put(marker.units(type_))


def type_wrongly(tablet: Tablet, about: Item, marker: Marker) -> None:
    """Every field refuses something, and tells it on standard error as a program that does not catch would."""
    for type_, unit in fields("client"):
        refused = 0
        for value in marker.wrong(f"{type_}.{unit}"):
            try:
                with tablet.edit(about) as edit:
                    edit.create(type_, {unit: value}, id=f"{type_}-wrong")
                    raise Unsaved
            except (casework.CaseworkError, SyncError, ClientError):
                traceback.print_exc()
                refused += 1
            except Unsaved:
                continue
        assert refused, f"{type_}.{unit} takes anything"


class Unsaved(Exception):
    """Leaves an edit without saving it."""


def without_rules(tablet: Tablet, client: str, key: tuple[str, str], unit: str, value: Any) -> None:
    """Save what our own rules would refuse, as an older or a forged program would."""
    rules, casework.validate = casework.validate, lambda *_, **__: None
    try:
        with tablet.edit(client) as edit:
            edit.put(edit.handle(*key), unit, value)
    finally:
        casework.validate = rules


def look_around(tablet: Tablet, marker: Marker, client: str) -> list[str]:
    """Sort, read every history, search; the places of marks that the search should find and does not."""
    for type_ in casework.record_types():
        for item in tablet.records(type_).with_retracted():
            tablet.history(item)
    for column in ("name", "date_of_birth"):
        list(tablet.records("client").order_by(column))
    tablet.conflicts(), tablet.pending(), tablet.returned(), tablet.status(), tablet.get("client", client)
    return [marker.places[mark] for mark in sorted(marker.searched) if not tablet.search(mark)]


def seen_from(tablet: Tablet) -> list[str]:
    """Types of which a record is on the tablet, the office's among them."""
    return [type_ for type_ in casework.record_types() if list(tablet.records(type_).with_retracted())]


def fields(subject: str) -> Iterator[tuple[str, str]]:
    """(type, unit) of every field of the types of such a subject; of a set, one member."""
    for type_, kind in casework.record_types().items():
        if kind.subject == subject:
            for name, declared in kind.fields.items():
                yield type_, f"{name}/member" if declared.many else name


def _as_members(units: dict[str, Any]) -> dict[str, Any]:
    """Sets as edits take them: by name, each with its members."""
    found: dict[str, Any] = {}
    for unit, value in units.items():
        name, slash, member = unit.partition("/")
        if slash:
            found.setdefault(name, {})[member] = value
        else:
            found[name] = value
    return found


if __name__ == "__main__":
    step, folder, *words = sys.argv[1:]
    os.chdir(Path(folder).parent / "work")
    {"day": day, "after": after}[step](Path(folder), *words)
