"""
Nothing in clear: a mark in every field of every type is found in no file but the exports.

What the server keeps readable is named here, and nothing else is: ids, codes and dates of its read models.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

import casework
from casework import Field

from .marked_day import CLEAR, Day, play
from .marking import BORN, BOUND, DAY, DIGITS, WORD, Marker
from .searching import marks_in, marks_in_files, marks_in_tables, spellings

READ_MODELS = frozenset(("fact.key", "fact.code", "fact.at", "fact.worker"))
"""Ids of records, people and members, codes, and dates."""

AGENCY_NAME = "agency.name"
"""Whose server it is can be read on it, as on its address: no person is named by it."""

READABLE_KINDS = frozenset(("code", "language", "reference"))

INSTRUMENT = "assessment.instrument.id"
"""The name of a form, which says what was asked and nothing of an answer."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day on a database of either kind, with every temporary file of every program in one folder."""
    folder, settings = tmp_path_factory.mktemp("marks"), {}
    if request.param == "postgresql":
        settings["DOORSTEP_DATABASE_URL"] = new_database(request.getfixturevalue("postgresql"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMPDIR", "SQLITE_TMPDIR"):
            patch.setenv(name, str(folder / "tmp"))
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        yield play(folder, settings)


def new_database(server: str) -> str:
    """The URL of an empty database on a PostgreSQL server; it goes with the server."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE marks"))
    engine.dispose()
    return make_url(server).set(database="marks").render_as_string(hide_password=False)


@pytest.mark.parametrize("stem", [WORD, DIGITS, DAY, BORN])
def test_a_mark_would_be_found_however_it_is_spelled(stem: str, tmp_path: Path) -> None:
    """A search that finds nothing proves nothing unless it can find."""
    for number, spelled in enumerate(spellings(stem)):
        (tmp_path / str(number)).write_bytes(b"\x00\xff" + spelled + b"\xfe")

    assert set(marks_in_files(tmp_path)) == {path.name for path in tmp_path.iterdir()}


def test_every_field_has_a_mark_unless_it_offers_a_list() -> None:
    """A new field is marked by itself, or this says that nobody knows how."""
    unmarked = set()
    for type_, kind in casework.record_types().items():
        for name, declared in kind.fields.items():
            marker = Marker(0)
            marked = marks_in(repr(marker.value(declared, f"{type_}.{name}")).encode())
            if not marked and not only_bound(declared) and name != "signature":
                unmarked.add(f"{type_}.{name}")

    assert unmarked == set()


def only_bound(declared: Field) -> bool:
    """Whether a field offers nothing but lists, numbers, true and false."""
    inside = [*declared.parts.values(), *([declared.of] if declared.kind == "list" and declared.of else [])]
    return declared.kind in BOUND or (bool(inside) and all(only_bound(part) for part in inside))


def test_the_day_exercised_what_it_says(day: Day) -> None:
    """A leak is looked for where something was done: searches found, work was held, drafts outlived a crash."""
    assert day.said["not found"] == []
    assert set(day.said["shown"]) == set(casework.record_types())
    assert day.said["after: pending"] >= day.said["saved"]
    assert day.said["after: drafts"] == day.said["drafts"] > 0
    assert day.said["after: ended by"] < 0
    assert {"not_assigned", "malformed"} == {work["code"] for work in day.held}
    assert any(name.endswith("-wal") for name in day.left_by_crash)


def test_what_a_person_asked_for_is_in_clear_and_whole(day: Day) -> None:
    """Marks of every field about a client went through tablet and server: none was lost before the search."""
    exports = "".join(path.read_text("utf-8") for path in day.path("exports").iterdir())
    sent = day.said["places"] | day.office_marks.places
    about = {place for place in sent.values() if is_about_client(place)}

    assert about - {place for mark, place in sent.items() if mark in exports} == set()


def is_about_client(place: str) -> bool:
    """Whether a place is a field of a type that clients have."""
    kind = casework.record_types().get(place.partition(".")[0])
    return kind is not None and kind.subject == "client"


def test_no_file_of_a_tablet_says_anything(day: Day) -> None:
    """Store, log, images, anchor, outbox, drafts; while it works, after a crash, and where it worked."""
    assert marks_in_files(day.path("tablet")) == {}
    assert marks_in_files(day.path("work")) == {}


def test_no_temporary_file_and_no_core_file_says_anything(day: Day) -> None:
    """Whoever buys the tablet's disk looks there, too."""
    assert marks_in_files(day.path("tmp")) == {}
    assert [path.name for path in day.path("work").iterdir() if path.name.startswith("core")] == []


def test_no_log_and_no_message_of_an_error_says_anything(day: Day) -> None:
    """A log is read by people who have no client, and is sent to others."""
    logs = {path.name: path.stat().st_size for path in day.path("logs").iterdir()}

    assert min(logs.values()) > 0
    assert {"server.err", "tablet.err", "said.txt"} == set(logs)
    assert marks_in_files(day.path("logs")) == {}


def test_the_database_says_ids_codes_and_dates_of_its_read_models_alone(day: Day) -> None:
    """A dump without the master key tells no name and no word."""
    found = marks_in_tables(database_of(day))
    places = {**day.office_marks.places, **day.said["places"]}
    told = {places[mark] for hits in found.values() for mark in places if any(mark in hit for hit in hits)}

    assert set(found) == {*READ_MODELS, AGENCY_NAME}
    assert {place for place in told if not may_be_read(place)} == set()
    assert not any(BORN in hit or DIGITS in hit for hits in found.values() for hit in hits)


def may_be_read(place: str) -> bool:
    """Whether a place holds a code, an id, or is the id of a member of a set."""
    type_, _, rest = place.partition(".")
    name, *parts = rest.rstrip("/").split(".")
    declared: Field | None = casework.record_types()[type_].fields[name]
    for part in parts:
        declared = None if declared is None else inside(declared).parts.get(part)
    assert declared is not None, place
    return place.endswith("/") or place == INSTRUMENT or inside(declared).kind in READABLE_KINDS


def inside(declared: Field) -> Field:
    """What a list consists of; any other field itself."""
    return declared.of if declared.kind == "list" and declared.of is not None else declared


def test_no_other_file_of_the_server_says_more(day: Day) -> None:
    """Database file, its log, key store, backup, and the server that was filled from the backup."""
    tables = marks_in_tables(database_of(day))
    readable = {hit for hits in tables.values() for hit in hits}
    marks = {**day.office_marks.places, **day.said["places"], **day.typed.places}
    names = [mark for mark in marks if in_any(mark, readable)]
    found = marks_in_files(day.folder, but=[day.path(name) for name in CLEAR])
    more = {
        file: hit
        for file, hits in found.items()
        for hit in hits
        if not any(name in hit for name in (*names, DAY))
    }

    assert more == {}
    assert {Path(file).name.removesuffix("-wal") for file in found} <= {"doorstep.sqlite"}


def in_any(mark: str, hits: set[str]) -> bool:
    """Whether a mark stands in one of some findings."""
    return any(mark in hit for hit in hits)


def database_of(day: Day) -> str:
    """The URL of the server's database."""
    sqlite = f"sqlite:///{day.path('server') / 'doorstep.sqlite'}"
    return day.agency.settings.get("DOORSTEP_DATABASE_URL", sqlite)
