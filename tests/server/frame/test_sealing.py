from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from server.crypto import (
    Item,
    KeyStore,
    LocalMaster,
    MasterKey,
    Sealed,
    Sealer,
    create_master_file,
    master_of,
    name_tokens,
    query_tokens,
)
from server.crypto import sealer as sealer_module
from server.db import Database
from server.errors import KeyDestroyed, Unopenable, Unready
from server.settings import Providers, Settings
from sync.ids import encode_bytes

from ..conftest import MASTER_KEY, drawn

KEY = bytes(32)


opened: list[Database] = []


@pytest.fixture(autouse=True)
def _all_closed() -> Iterator[None]:
    yield
    while opened:
        opened.pop().close()


def keys_of(url: str, providers: Providers, master: MasterKey | None = None) -> KeyStore:
    """A key store as a server process opens it."""
    opened.append(Database(url, providers))
    store = KeyStore(opened[-1], master or LocalMaster(KEY, providers.entropy), providers.entropy)
    store.create()
    store.create_agency("a1")
    return store


@pytest.fixture
def sealer(database_url: str, providers: Providers) -> Sealer:
    """A sealer with one agency, its keys in a database of either kind."""
    return Sealer(keys_of(database_url, providers), providers.entropy)


def test_what_is_sealed_opens_again(sealer: Sealer) -> None:
    """The least of all."""
    box = sealer.seal("a1", "ida", b"place", b"lives alone")

    assert sealer.open("a1", "ida", b"place", box) == b"lives alone"


def test_a_box_tells_nothing_and_is_never_the_same_twice(sealer: Sealer) -> None:
    """Equal content must not be seen to be equal."""
    first, second = (sealer.seal("a1", "ida", b"place", b"lives alone") for _ in range(2))

    assert b"lives" not in first
    assert first != second


@pytest.mark.parametrize("place", [("a1", "ida", b"other"), ("a1", "leo", b"place")])
def test_a_box_opens_only_in_its_place(sealer: Sealer, place: tuple[str, str, bytes]) -> None:
    """Somebody with rights on the database cannot move one client's words to another."""
    box = sealer.seal("a1", "ida", b"place", b"lives alone")
    sealer.seal("a1", "leo", b"place", b"lives with Ida")

    with pytest.raises(Unopenable):
        sealer.open(*place, box)


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-1], lambda b: b"\x02" + b[1:], lambda b: b"", lambda b: b[:9]]
)
def test_changed_bytes_do_not_open(sealer: Sealer, harm: object) -> None:
    """Tampering is noticed, also with the algorithm byte, and cut bytes are no crash."""
    box = sealer.seal("a1", "ida", b"place", b"lives alone")

    with pytest.raises(Unopenable):
        sealer.open("a1", "ida", b"place", harm(box))  # type: ignore[operator]  # each is a function


def test_many_are_sealed_and_opened_in_their_order(sealer: Sealer) -> None:
    """A page's rows keep their places."""
    items = [Item(f"s{n % 7}", b"%d" % n, b"content %d" % n) for n in range(40)]
    boxes = sealer.seal_many("a1", items)
    opened = sealer.open_many(
        "a1", [Sealed(i.subject, i.context, b) for i, b in zip(items, boxes, strict=True)]
    )

    assert opened == [item.content for item in items]


def test_two_processes_that_meet_a_new_subject_use_one_key(database_url: str, providers: Providers) -> None:
    """Else one of them would seal what nobody opens."""
    one = Sealer(keys_of(database_url, providers), providers.entropy)
    two = Sealer(keys_of(database_url, providers), providers.entropy)
    boxes = [one.seal("a1", "ida", b"", b"one"), two.seal("a1", "ida", b"", b"two")]

    assert [two.open("a1", "ida", b"", boxes[0]), one.open("a1", "ida", b"", boxes[1])] == [b"one", b"two"]


def test_opening_never_makes_a_key(sealer: Sealer) -> None:
    """With a lost key store, data is unreadable and not silently sealed anew."""
    with pytest.raises(Unopenable):
        sealer.open("a1", "nobody", b"", b"\x01" + bytes(40))
    with pytest.raises(Unready):
        sealer.seal("unfounded", "ida", b"", b"")


def test_a_destroyed_key_is_gone_for_every_process_and_never_made_anew(
    database_url: str, providers: Providers
) -> None:
    """Erasure holds: neither old boxes open nor new ones are made."""
    sealer = Sealer(keys_of(database_url, providers), providers.entropy)
    box = sealer.seal("a1", "ida", b"", b"lives alone")
    sealer.destroy("a1", "ida")
    sealer.destroy("a1", "never met")
    later = Sealer(keys_of(database_url, providers), providers.entropy)

    for each in (sealer, later):
        with pytest.raises(KeyDestroyed):
            each.open("a1", "ida", b"", box)
        for subject in ("ida", "never met"):
            with pytest.raises(KeyDestroyed):
                each.seal("a1", subject, b"", b"again")


def test_the_least_used_keys_leave_the_memory_first(sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with many agencies stays small, and what left comes back from the store."""
    monkeypatch.setattr(sealer_module, "KEYS_MAX", 2)
    boxes = {name: sealer.seal("a1", name, b"", name.encode()) for name in ("ida", "leo")}
    sealer.open("a1", "ida", b"", boxes["ida"])
    boxes["max"] = sealer.seal("a1", "max", b"", b"max")

    kept = [name for _, name in sealer._opened._keys]
    assert kept == ["ida", "max"]
    assert sealer.open("a1", "leo", b"", boxes["leo"]) == b"leo"


def test_the_key_store_holds_no_key_in_the_clear(tmp_path: Path, providers: Providers) -> None:
    """Whoever takes the key store alone has nothing."""
    drawn_keys: list[bytes] = []

    def entropy(size: int) -> bytes:
        drawn_keys.append(providers.entropy(size))
        return drawn_keys[-1]

    store = keys_of(f"sqlite:///{tmp_path / 'k'}", replace(providers, entropy=entropy))
    Sealer(store, entropy).seal("a1", "ida", b"", b"lives alone")
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert not [key for key in drawn_keys if key[:32] in written and len(key) >= 32]


def test_a_wrapped_key_moved_to_another_subject_does_not_open(tmp_path: Path, providers: Providers) -> None:
    """Somebody with rights on the key store cannot give one subject another's key."""
    url = f"sqlite:///{tmp_path / 'k'}"
    Sealer(keys_of(url, providers), providers.entropy).seal("a1", "ida", b"", b"")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE subject_key SET subject = 'leo'"))
    engine.dispose()

    with pytest.raises(Unopenable):
        Sealer(keys_of(url, providers), providers.entropy).seal("a1", "leo", b"", b"")


def test_another_master_key_opens_nothing(tmp_path: Path, providers: Providers) -> None:
    """A server that is started with the wrong key says so."""
    url = f"sqlite:///{tmp_path / 'k'}"
    keys_of(url, providers)

    with pytest.raises(Unready, match="master key"):
        keys_of(url, providers, LocalMaster(b"\1" * 32, providers.entropy)).agency_key("a1")


def test_a_new_master_key_takes_over_all_agencies(tmp_path: Path, providers: Providers) -> None:
    """Rotation wraps anew; what was sealed is not touched."""
    url = f"sqlite:///{tmp_path / 'k'}"
    store = keys_of(url, providers)
    box = Sealer(store, providers.entropy).seal("a1", "ida", b"", b"lives alone")
    new = LocalMaster(b"\1" * 32, providers.entropy)

    assert store.rewrap(new) == 2
    assert Sealer(store, providers.entropy).open("a1", "ida", b"", box) == b"lives alone"
    assert (
        Sealer(keys_of(url, providers, new), providers.entropy).open("a1", "ida", b"", box) == b"lives alone"
    )
    with pytest.raises(Unready):
        keys_of(url, providers).agency_key("a1")


def test_the_master_key_comes_from_hook_environment_or_file(tmp_path: Path) -> None:
    """In this order; all three name the same key alike."""
    entropy = drawn()
    path = tmp_path / "folder" / "master.key"
    create_master_file(path, lambda size: bytes(range(size)))
    of_file = master_of(Settings(master_key_file=str(path)), entropy)
    of_environment = master_of(Settings(master_key=MASTER_KEY, master_key_file="nowhere"), entropy)
    of_hook = master_of(Settings(kms=f"{__name__}:hook", master_key="ignored"), entropy)

    assert of_file.id == of_environment.id
    assert of_hook.id == "from the hook"


class Hooked(LocalMaster):
    """A master key as a key management service would give it."""

    id = "from the hook"

    def __init__(self) -> None:
        pass


def hook(settings: Settings) -> MasterKey:
    """What `DOORSTEP_KMS` names."""
    return Hooked()


def test_a_master_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    """A second `init` must not make an agency's data unreadable."""
    create_master_file(tmp_path / "master.key", os.urandom)

    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_master_file(tmp_path / "master.key", os.urandom)


@pytest.mark.parametrize("key", ["", "not base64url!", encode_bytes(bytes(16))])
def test_a_missing_or_broken_master_key_is_named(tmp_path: Path, key: str) -> None:
    """The operator is told what is missing, not given a stack."""
    with pytest.raises(Unready, match="master key"):
        master_of(Settings(home=tmp_path, master_key=key), os.urandom)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("María José Márquez-González", "mar gon"),
        ("María José Márquez-González", "GONZÁLEZ maria"),
        ("Straße", "strasse"),
        ("O’Brien", "brien"),
        ("王小明", "王"),
        ("Wolfeschlegelsteinhausen", "wolfeschlegelsteinhausen"),
        ("J", "j"),
    ],
)
def test_a_name_is_found_by_its_beginnings(name: str, typed: str) -> None:
    """However it is typed: case, accents and order do not matter."""
    assert set(query_tokens(KEY, typed)) <= set(name_tokens(KEY, name))


@pytest.mark.parametrize(
    ("name", "typed"), [("María", "m"), ("María", "ria"), ("María", "marta"), ("Ida", "leo")]
)
def test_a_name_is_not_found_by_something_else(name: str, typed: str) -> None:
    """Neither by one letter nor by its middle."""
    assert not set(query_tokens(KEY, typed)) <= set(name_tokens(KEY, name))


def test_tokens_of_another_agency_are_others(sealer: Sealer) -> None:
    """A name that is known in one agency cannot be looked for in another's rows."""
    sealer.keys.create_agency("a2")

    assert set(sealer.name_tokens("a1", "Ida Wells")).isdisjoint(sealer.name_tokens("a2", "Ida Wells"))
    assert set(sealer.query_tokens("a1", "we")) <= set(sealer.name_tokens("a1", "Ida Wells"))


def test_a_login_is_one_in_the_whole_installation(sealer: Sealer) -> None:
    """An e-mail decides the agency, whatever its case."""
    assert sealer.login_token(" Ida@Example.org") == sealer.login_token("ida@example.org")
    assert sealer.login_token("ida@example.org") != sealer.login_token("leo@example.org")


@given(st.text())
def test_any_text_has_tokens_and_finds_itself(name: str) -> None:
    """No name of this world makes the search stumble."""
    assert set(query_tokens(KEY, name)) <= set(name_tokens(KEY, name))
