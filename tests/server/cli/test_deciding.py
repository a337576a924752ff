from __future__ import annotations

from collections.abc import Callable

import pytest

from sync import Write

from .conftest import Installation

WriteByTablet = Callable[[str, Write], str]


def test_rivals_are_shown_and_settled_by_command(
    at_work: Installation, written_by_tablet: WriteByTablet
) -> None:
    """Two dates of birth wait for a person, who sees both and whose."""
    client = at_work.client(by="sue", date_of_birth="1950-03-02")
    at_work.told("assign", "Ana Test", client, by="sue")
    written_by_tablet(client, Write("client", client, "date_of_birth", (), "1950-02-03"))

    (conflict,) = at_work.told("conflicts", by="uma")
    words = (
        "settle",
        client,
        "client",
        client,
        "date_of_birth",
        "--value",
        '"1950-02-03"',
        "--reason",
        "papers",
    )
    own = at_work.run(*words, by="sue")
    at_work.told(*words, by="uma")
    again = at_work.run(*words[:6], '"1950-04-03"', *words[7:], by="uma")

    assert (conflict["unit"], conflict["needs"]) == ("date_of_birth", "settle")
    assert {(rival["value"], *rival["authors"]) for rival in conflict["rivals"]} == {
        ("1950-03-02", at_work.ids["sue"]),
        ("1950-02-03", at_work.ids["ana"]),
    }
    assert "nobody settles own work" in own.stderr
    assert at_work.told("conflicts", by="uma") == []
    (entry,) = at_work.told("clients", by="uma")
    assert (again.exit_code, entry["date_of_birth"]) == (0, "1950-04-03"), again.stderr


def test_conflicts_are_no_business_of_other_offices_nor_of_administrators(
    at_work: Installation, written_by_tablet: WriteByTablet
) -> None:
    """A list of rivals is a list of client data."""
    client = at_work.client(by="sue", date_of_birth="1950-03-02")
    at_work.told("assign", "Ana Test", client, by="sue")
    written_by_tablet(client, Write("client", client, "date_of_birth", (), "1950-02-03"))

    assert at_work.told("conflicts", by="dan") == []
    assert at_work.run("conflicts", by="ida").exit_code == 1


def test_a_settlement_needs_sound_json_a_sound_value_and_a_record_of_the_client(
    at_work: Installation,
) -> None:
    """A slip at the keyboard must not become the truth."""
    client, other = at_work.client(by="sue"), at_work.client(by="sue", given="Olga")
    unit = ("client", client, "legal_name", "--reason", "papers", "--value")

    assert "must be JSON" in at_work.run("settle", client, *unit, "Rosa", by="uma").stderr
    assert "legal_name" in at_work.run("settle", client, *unit, '"Rosa"', by="uma").stderr
    assert "not this client's" in at_work.run("settle", other, *unit, '{"given":"Rosa"}', by="uma").stderr


def test_held_work_is_listed_with_what_it_says_and_released(
    at_work: Installation, written_by_tablet: WriteByTablet
) -> None:
    """Late work is decided by somebody who has read it."""
    client = at_work.client(by="sue")
    name = written_by_tablet(client, Write("client", client, "preferred_name", (), "Rosie"))

    (late,) = at_work.told("held", by="sue")
    at_work.told("release", name, "--reason", "she was sent", by="sue")

    assert (late["name"], late["code"]) == (name, "not_assigned")
    assert [one["value"] for one in late["says"]] == ["Rosie"]
    assert at_work.told("held", by="sue") == []
    assert at_work.told("clients", "rosie", by="sue")[0]["id"] == client


def test_what_a_tablet_sent_cannot_drive_the_terminal(
    at_work: Installation, written_by_tablet: WriteByTablet
) -> None:
    """An escape sequence in held work could hide lines of the list, or type the release of it."""
    client, sent = at_work.client(by="sue"), "Ro\x9b2Jsa\u202e\U000e0041[bold]"
    at_work.told("assign", "Ana Test", client, by="sue")
    written_by_tablet(client, Write("client", client, "preferred_name", (), sent))

    said, json_ = at_work.run("held", by="sue").stdout, at_work.run("held", "--json", by="sue").stdout
    told = at_work.told("held", by="sue")

    for shown in (said, json_):
        assert not {"\x9b", "\u202e", "\U000e0041"} & set(shown)
    assert "[bold]" in said
    assert told[0]["says"][0]["value"] == sent


@pytest.mark.parametrize("command", [("release", "--reason", "r"), ("refuse", "--reason", "r"), ("revoke",)])
@pytest.mark.parametrize("name", ["-x4fRel--zq_0reason-aQ", "--asZq-x4f_0reason-aQ-"])
def test_a_name_may_begin_with_hyphens(at_work: Installation, command: tuple[str, ...], name: str) -> None:
    """Names are random: one in 64 looks like an option, and its work would wait for ever."""
    result = at_work.run(command[0], name, *command[1:], by="sue")

    assert result.exit_code == 1
    assert "option" not in result.stderr


def test_held_work_is_refused_with_a_reason(at_work: Installation, written_by_tablet: WriteByTablet) -> None:
    """What is not applied stays, and its author is told why."""
    client = at_work.client(by="sue")
    name = written_by_tablet(client, Write("client", client, "preferred_name", (), "Rosie"))

    assert "needs a reason" in at_work.run("refuse", name, "--reason", " ", by="sue").stderr
    at_work.told("refuse", name, "--reason", "another person", by="sue")

    assert at_work.told("held", by="sue") == []
    assert at_work.told("clients", "rosie", by="sue") == []


def test_held_work_goes_to_the_worker_of_today_by_a_quote(
    at_work: Installation, written_by_tablet: WriteByTablet
) -> None:
    """What somebody wrote who may not write here any more is still worth having."""
    client = at_work.client(by="sue")
    name = written_by_tablet(client, Write("client", client, "preferred_name", (), "Rosie"))

    at_work.told("release", name, "--reason", "true", "--to-office", by="sue")

    unit = at_work.told("export", client, by="sue")["records"][0]["units"]["preferred_name"]
    assert (unit["value"], unit["author"]) == ("Rosie", at_work.ids["sue"])
