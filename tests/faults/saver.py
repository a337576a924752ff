"""
The tablet as a process that can be killed: a worker's day, over and over, told line by line.

Before each act it says what it is about to do (`stage`, `try`); after the act, and only then, it says that it is
done (`saved`, `drafted`, `secret`, ...). What it said to be saved must be there whenever it is killed.
"""

import warnings
from pathlib import Path
from random import Random
from typing import Any, Final

from client_sdk import FileSecrets, KdfCost, Offline, Providers, Tablet
from client_sdk.exchange import Progress

from .nursery import say

DOMAINS: Final = ("food", "housing", "transportation", "utilities")
MEMORY_KIB: Final = 8
"""A cheap guess: what is tested is when it is cut off, not what it costs."""


def providers(memory_kib: int = MEMORY_KIB) -> Providers:
    """The machine's own time and randomness; a dearer cost than the slot's makes an unlock rewrite the slot."""
    return Providers(kdf_cost=KdfCost(memory_kib, passes=1, lanes=1))


def device_secrets(folder: Path) -> FileSecrets:
    """Where the device secret of a PIN is kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FileSecrets(folder, accept_risk=True)


def unlock(folder: Path, secrets: Path, secret: str, memory_kib: int = MEMORY_KIB) -> Tablet:
    """Open the tablet as an app does."""
    return Tablet.unlock(
        folder, secret=secret, providers=providers(memory_kib), device_secrets=device_secrets(secrets)
    )


def enrol(folder: Path, secrets: Path, secret: str, server: str, code: str) -> Tablet:
    """Make a tablet."""
    return Tablet.enrol(
        folder,
        server=server,
        code=code,
        secret=secret,
        plain_http=True,
        providers=providers(),
        device_secrets=device_secrets(secrets),
    )


def run(job: dict[str, Any]) -> None:
    """A tablet's life, until it is killed."""
    random = Random(job["seed"])
    folder, secrets, secret = Path(job["folder"]), Path(job["secrets"]), job["secret"]
    if job["enrol"]:
        say("stage", name="enrol")
        enrol(folder, secrets, secret, job["server"], job["code"]).lock()
        say("enrolled")
    memory_kib, number = job["memory_kib"], 0
    while True:
        say("stage", name="unlock")
        tablet = unlock(folder, secrets, secret, memory_kib)
        memory_kib += 1
        if job["code"] and not job["enrol"] and not number:
            say("stage", name="enrol again")
            tablet.enrol_again(job["code"])
            say("enrolled again")
        for _ in range(random.randint(2, 8)):
            number += 1
            _act(tablet, random, f"{job['round']}.{number}")
        say("stage", name="sync")
        _sync(tablet)
        if random.random() < 0.5:
            say("stage", name="secret")
            new = random.choice(job["choice"])
            say("try secret", secret=new)
            tablet.change_secret(secret, new)
            secret = new
            say("secret", secret=secret)
        say("stage", name="lock")
        tablet.lock()


def _act(tablet: Tablet, random: Random, mark: str) -> None:
    clients = [item.id for item in tablet.records("client")]
    kind = random.choice(("edit", "edit", "need", "need", "draft", "finish", "give up", "register"))
    drafts = tablet.drafts()
    if kind == "register" or not clients:
        say("stage", name="save")
        with tablet.registration() as edit:
            edit.create("client", preferred_name=mark)
        _saved(edit.saved, "client", edit.subject, "preferred_name", mark)
    elif kind == "edit":
        client = random.choice(clients)
        say("stage", name="save")
        with tablet.edit(client) as edit:
            edit.update(tablet.get("client", client), preferred_name=mark)
        _saved(edit.saved, "client", client, "preferred_name", mark)
    elif kind == "need":
        say("stage", name="save")
        with tablet.edit(random.choice(clients)) as edit:
            need = edit.create("need", domain=random.choice(DOMAINS), detail=mark)
        _saved(edit.saved, "need", need.id, "detail", mark)
    elif kind == "draft" or not drafts:
        say("stage", name="draft")
        draft = tablet.new_draft("need", random.choice(clients))
        draft.put(domain="food", detail=mark)
        say("drafted", id=draft.id, detail=mark)
    else:
        _end_draft(tablet, random, kind)


def _end_draft(tablet: Tablet, random: Random, kind: str) -> None:
    draft = random.choice(tablet.drafts())
    detail = str(draft.values["detail"])
    say("try end", id=draft.id)
    if kind == "finish":
        say("stage", name="save")
        name = draft.save()
        _saved(name, "need", draft.id, "detail", detail)
    else:
        say("stage", name="draft")
        draft.discard()
    say("ended", id=draft.id)


def _saved(name: str | None, type_: str, id_: str, unit: str, value: str) -> None:
    say("saved", name=name, key=[type_, id_, unit], value=value)


def _sync(tablet: Tablet) -> None:
    def progress(so_far: Progress) -> None:
        say("synced", waiting=so_far.waiting, complete=so_far.complete)

    try:
        tablet.sync(progress)
    except Offline:
        say("offline")
