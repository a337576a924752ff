"""What every test run owes: coverage by room, no silent skip, no foreign network."""

import json
import socket
from pathlib import Path

import pytest

from tests.conftest import NetworkReached, is_loopback, judge_skip
from tools import coverage_gates
from tools.coverage_gates import File


def report(**rooms: tuple[int, int]) -> dict[str, object]:
    """A coverage report with one file in each room: {room: (covered, total)} lines, no branches."""
    return {
        "files": {
            f"{room}/a.py": {
                "summary": {"covered_lines": covered, "num_statements": total},
                "missing_lines": list(range(covered, total)),
            }
            for room, (covered, total) in rooms.items()
        }
    }


WHOLE = dict.fromkeys(coverage_gates.PER_CENT_OWED, (200, 200))


def run(folder: Path, content: dict[str, object]) -> int:
    """The tool's exit code on a report."""
    (folder / "coverage.json").write_text(json.dumps(content))
    return coverage_gates.main([str(folder / "coverage.json")])


def test_a_house_that_is_covered_passes(tmp_path: Path) -> None:
    """The gate opens."""
    assert run(tmp_path, report(**WHOLE)) == 0


@pytest.mark.parametrize(
    ("room", "covered"), [("sync", 199), ("casework", 199), ("server", 189), ("client_sdk", 189)]
)
def test_one_room_below_its_share_fails_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], room: str, covered: int
) -> None:
    """The sum over all rooms would hide it."""
    assert run(tmp_path, report(**{**WHOLE, room: (covered, 200)})) == 1

    told = capsys.readouterr().out
    assert f"MISS {room}" in told
    assert f"{room}/a.py: {200 - covered} of 200 not run" in told


@pytest.mark.parametrize(("room", "covered"), [("server", 190), ("client_sdk", 190), ("doorstep_cli", 190)])
def test_the_sides_owe_nineteen_twentieths(tmp_path: Path, room: str, covered: int) -> None:
    """The last branches of I/O code cost more than they tell."""
    assert run(tmp_path, report(**{**WHOLE, room: (covered, 200)})) == 0


def test_a_room_that_was_not_measured_fails(tmp_path: Path) -> None:
    """Else moving a folder would open the gate."""
    rooms = {room: share for room, share in WHOLE.items() if room != "sync"}

    assert run(tmp_path, report(**rooms)) == 1


def test_branches_count_as_lines_do() -> None:
    """A line that ran is not a decision that was tried both ways."""
    entry = {
        "summary": {"covered_lines": 8, "num_statements": 8, "covered_branches": 1, "num_branches": 2},
        "missing_lines": [],
        "missing_branches": [[3, 5]],
    }

    assert coverage_gates.files_of({"files": {"sync/a.py": entry}}) == (File("sync/a.py", 9, 10, ("3->5",)),)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", b"localhost", "", None])
def test_this_machine_may_be_called(host: object) -> None:
    """The journeys run over real HTTP."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "127.0.0.1.example.org"])
def test_no_other_machine_is_this_machine(host: str) -> None:
    """A test that needs the internet fails on the day that the internet does."""
    assert not is_loopback(host)


def test_a_call_to_another_machine_is_refused() -> None:
    """Before a packet leaves: 192.0.2.1 is reserved for documents and answers nobody."""
    with socket.socket() as probe, pytest.raises(NetworkReached, match=r"192\.0\.2\.1"):
        probe.connect(("192.0.2.1", 9))


def test_a_name_of_another_machine_is_not_asked_for() -> None:
    """Asking for an address tells the name server who asks."""
    with pytest.raises(NetworkReached, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_a_skip_says_what_would_unskip_it() -> None:
    """A skip without a way back is a deleted test."""
    assert judge_skip("no cluster; to run it: set DOORSTEP_CITUS_DSN", in_ci=False) is None
    assert judge_skip("no cluster", in_ci=False) is not None


def test_nothing_is_skipped_in_ci() -> None:
    """There everything that a test could need is installed."""
    assert judge_skip("no cluster; to run it: set DOORSTEP_CITUS_DSN", in_ci=True) is not None


UNSKIPPABLE = "no cluster; to run it: buy one"
SKIPS_A_TEST = "import pytest\ndef test_it():\n    pytest.skip({reason!r})"
SKIPS_ALL = "import pytest\npytest.skip({reason!r}, allow_module_level=True)"


@pytest.mark.parametrize(
    ("source", "in_ci", "reason", "outcome"),
    [
        (SKIPS_A_TEST, "", UNSKIPPABLE, "skipped"),
        (SKIPS_A_TEST, "", "no cluster", "failed"),
        (SKIPS_A_TEST, "true", UNSKIPPABLE, "failed"),
        (SKIPS_ALL, "", UNSKIPPABLE, "skipped"),
        (SKIPS_ALL, "", "no cluster", "errors"),
        (SKIPS_ALL, "true", UNSKIPPABLE, "errors"),
    ],
)
def test_the_run_itself_obeys(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    in_ci: str,
    reason: str,
    outcome: str,
) -> None:
    """The rule is worth what the hook does with it, for a test and for a whole module."""
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makeconftest((Path(__file__).parents[1] / "conftest.py").read_text())
    pytester.makepyfile(test_it=source.format(reason=reason))

    result = pytester.runpytest_subprocess("-q", "-p", "no:randomly")

    result.assert_outcomes(**{outcome: 1})
    assert (f"skipped 1: {reason}" in result.stdout.str()) == (outcome == "skipped")
