"""`doorstep demo` as somebody types it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from doorstep_cli.demo import checks, command, story
from doorstep_cli.demo.checks import Check, expect, missed
from doorstep_cli.demo.command import MARK, demo


def test_once_plays_checks_and_stops(tmp_path: Path) -> None:
    """A build runs this, and so does everybody who wonders whether it works here."""
    done = subprocess.run(
        [sys.executable, "-m", "doorstep_cli", "demo", "--once", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was lost" in done.stdout
    assert "✗" not in done.stdout


def test_a_miss_is_shown_with_its_reason_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that only looks at the exit code must see it."""
    monkeypatch.setattr(story, "ANAS_TOTAL", 27)
    done = CliRunner().invoke(demo, ["--once", "--folder", str(tmp_path / "demo")])

    assert done.exit_code == 1
    assert "✗ 2 of " in done.output
    assert "expected (2, " in done.output


def test_a_story_that_stops_says_why_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback helps nobody who only wanted to try it."""
    monkeypatch.setattr(story, "SETTLED", "no date")
    done = CliRunner().invoke(demo, ["--once", "--folder", str(tmp_path / "demo")])

    assert done.exit_code == 1
    assert "the story stopped: doorstep settle:" in done.output


def test_serving_tells_how_to_go_on_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """Whoever tries it needs the address and two codes, and gets the terminal back."""
    words = [sys.executable, "-u", "-m", "doorstep_cli", "demo", "--folder", str(tmp_path / "demo")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = ""
        while "healthz" not in said:
            line = running.stdout.readline()
            assert line, said
            said += line
        os.kill(running.pid, signal.SIGINT)
        said += running.stdout.read()

    assert running.returncode == 0
    assert said.count("Enrolment code") == 2
    assert said.rstrip().endswith("Stopped.")


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    """`--folder ~` must cost nobody their files."""
    (tmp_path / "letter.txt").write_text("dear")
    done = CliRunner().invoke(demo, ["--once", "--folder", str(tmp_path)])

    assert done.exit_code == 1
    assert "no demo made it" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_an_earlier_demo_left_is_thrown_away(tmp_path: Path) -> None:
    """Each demo begins with an empty agency."""
    (tmp_path / MARK).touch()
    (tmp_path / "old").mkdir()
    command.make_anew(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_check_that_misses_says_what_was_expected() -> None:
    """A cross without a reason sends somebody to the debugger."""
    miss = expect("the risk is high", "low", "high", "low")

    assert missed([miss, Check("else", "fine")]) == [miss]
    assert miss.missed == "expected 'high', found 'low'"
    assert checks.Check("else", "fine").holds
