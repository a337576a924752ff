from __future__ import annotations

import pytest

from server.services.access import grants

from .conftest import Installation


def test_supervisors_see_the_clients_of_their_own_office_only(at_work: Installation) -> None:
    """Another office has no business with a client."""
    client = at_work.client(by="sue")

    assert [one["id"] for one in at_work.told("clients", by="uma")] == [client]
    assert at_work.told("clients", by="dan") == []
    assert "no client here has this id" in at_work.run("export", client, by="dan").stderr


def test_administrators_see_initials_and_ids(at_work: Installation) -> None:
    """They grant and reassign, and learn no name by it, nor by looking for one."""
    client = at_work.client(by="sue", family="Rivers", given="Rosa", date_of_birth="1950-03-02")

    (entry,) = at_work.told("clients", by="ida")
    looked = at_work.run("clients", "rivers", by="ida")
    exported = at_work.run("export", client, by="ida")

    assert (entry["id"], entry["name"], entry["date_of_birth"]) == (client, "R. R.", "")
    assert looked.exit_code == exported.exit_code == 1
    assert "Rosa" not in looked.output + exported.output


def test_an_administrator_assigns_without_seeing(at_work: Installation) -> None:
    """When a supervisor is away, somebody must be able to send a worker."""
    client = at_work.client(by="sue")

    at_work.told("assign", "Ana Test", client, by="ida")

    assert [one["id"] for one in at_work.told("clients", by="ana")] == [client]
    assert at_work.told("unassign", "Ana Test", client, by="ida")["ended"] == 1
    assert at_work.told("clients", by="ana") == []


def test_a_cover_ends_by_itself(at_work: Installation) -> None:
    """Who stood in for a day keeps no access after it."""
    client = at_work.client(by="sue")
    now_ms = at_work.providers.now_ms

    at_work.told("assign", "Ana Test", client, "--kind", "cover", "--until", "2025-11-25", by="sue")
    during = at_work.told("clients", by="ana")
    at_work.providers.sleep_s(3 * 24 * 3600)
    at_work.told("client", "add", "--family", "Later", by="sue")

    assert now_ms() > 1_764_000_000_000
    assert [one["id"] for one in during] == [client]
    assert at_work.told("clients", by="ana") == []


def test_a_new_supervisor_sees_what_the_office_has(at_work: Installation) -> None:
    """A client registered before must not fall out of sight with the supervisor who left."""
    client = at_work.client(by="sue")
    new = at_work.told("staff", "add", "Nia New", "--role", "supervisor", "--office", "Hill", by="ida")[
        "person"
    ]

    assert [one["id"] for one in at_work.told("clients", by=new)] == [client]
    assert at_work.told("export", client, by=new)["client"] == client
    with at_work.house() as house, house.database.reading() as session:
        assert grants.has_access(session, at_work.ids["agency"], new, client)


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "add", "Eve Other", "--role", "administrator"),
        ("office", "add", "Third"),
        ("rebuild",),
        ("backup", "never-written"),
    ],
)
@pytest.mark.parametrize("by", ["sue", "ana", "aud"])
def test_only_administrators_keep_staff_offices_and_backups(
    at_work: Installation, words: tuple[str, ...], by: str
) -> None:
    """Whoever could add an administrator would be one."""
    refused = at_work.run(*words, by=by)

    assert refused.exit_code == 1
    assert "only administrators may" in refused.stderr


@pytest.mark.parametrize("by", ["ida", "ana", "aud"])
def test_only_supervisors_register_and_import_clients(at_work: Installation, by: str) -> None:
    """A client belongs to an office, and its supervisor answers for it."""
    assert "only supervisors" in at_work.run("client", "add", "--family", "Rivers", by=by).stderr
    file = at_work.home / "clients.csv"
    file.write_text("family\nRivers\n")
    assert "only supervisors" in at_work.run("import", str(file), by=by).stderr


def test_a_read_by_export_leaves_a_line_with_ids(at_work: Installation) -> None:
    """Who took a whole file out must be known later."""
    client = at_work.client(by="sue")

    exported = at_work.run("export", client, by="aud")

    assert exported.exit_code == 0
    assert client in exported.stderr
    assert at_work.ids["aud"] in exported.stderr
    assert "Rosa" not in exported.stderr


def test_an_e_mail_or_the_beginning_of_an_id_names_a_person(at_work: Installation) -> None:
    """Nobody types 36 characters twice a day."""
    for typed in ("sue@example.org", "SUE VISOR", at_work.ids["sue"][:8]):
        assert at_work.told("clients", by=typed) == []
    assert "nobody here has this e-mail" in at_work.run("clients", by="eve@example.org").stderr
    assert "no person here has this id" in at_work.run("clients", by="nobody").stderr


def test_devices_are_kept_by_those_who_keep_them(at_work: Installation, written_by_tablet: object) -> None:
    """A lost tablet is revoked by the office of its worker, and by no other."""
    (device,) = at_work.told("devices", by="sue")

    assert (device["name"], device["state"]) == ("Ana Test", "active")
    assert at_work.told("devices", by="dan") == []
    assert at_work.run("revoke", device["id"], by="dan").exit_code == 1
    assert at_work.told("suspend", device["id"], by="sue")["state"] == "suspended"
    assert at_work.told("confirm", device["id"], by="ida")["state"] == "active"
    assert at_work.told("revoke", device["id"], by="ana")["state"] == "revoked"


def test_people_read_a_table_in_which_nothing_is_markup(at_work: Installation) -> None:
    """What somebody typed as a name must not paint the screen."""
    at_work.client(by="sue", family="[red]Rivers[/red]")

    result = at_work.run("clients", by="sue")

    assert "[red]Rivers[/red], Rosa" in result.stdout
    assert at_work.run("clients", "nobody", by="sue").stdout == "No client is found.\n"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--until", "2020-01-01"), "must end after it begins"),
        (("--until", "soon"), "must be 2026-11-24 or"),
        (("--from", "2026-13-01"), "must be 2026-11-24 or"),
    ],
)
def test_an_assignment_of_impossible_days_is_refused(
    at_work: Installation, words: tuple[str, ...], rule: str
) -> None:
    """A grant that never holds would look like one that does."""
    client = at_work.client(by="sue")

    assert rule in at_work.run("assign", "Ana Test", client, *words, by="sue").stderr


def test_an_assignment_may_begin_later_in_the_time_of_the_agency(at_work: Installation) -> None:
    """Tomorrow's worker sees the client tomorrow."""
    client = at_work.client(by="sue")
    words = ("--from", "2025-11-25T09:00", "--until", "2025-11-30T09:00:00-05:00")
    at_work.told("assign", "Ana Test", client, *words, by="sue")
    before = at_work.told("clients", by="ana")

    at_work.providers.sleep_s(24 * 3600)
    at_work.client(by="sue", given="Other")

    assert before == []
    assert [one["id"] for one in at_work.told("clients", by="ana")] == [client]


def test_a_client_with_a_bad_value_is_not_registered(at_work: Installation) -> None:
    """The line names the column and the rule."""
    bad = at_work.run("client", "add", "--family", "Rivers", "--born", "soon", by="sue")

    assert bad.stderr == "Error: date_of_birth: must be a date such as 2026-11-24\n"
    assert "COLUMN=VALUE" in at_work.run("client", "add", "--field", "x", by="sue").stderr
    assert "is no column of ours" in at_work.run("client", "add", "--field", "x=1", by="sue").stderr
    assert at_work.told("clients", by="sue") == []
