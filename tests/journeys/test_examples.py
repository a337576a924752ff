"""The examples for people run as they are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from doorstep_cli.demo import agency as agencies
from doorstep_cli.demo.stage import Tell, set_up

ROOT = Path(__file__).resolve().parents[2]


def test_two_tablets_merge_and_leave_one_thing_to_a_person() -> None:
    """It is the first code that a newcomer runs."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "two_tablets.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-3:] == [
        "on Ana's tablet: ['on this tablet only']",
        "merged: Rosie es",
        "to be settled: [('date_of_birth', 2)]",
    ]


def test_the_ten_lines_of_the_readme_run(
    tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the first page promises an embedding developer is true; only TLS is left out, on this machine."""
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    with set_up(tmp_path / "stage", 0, tell, lambda _so_far, _of: None) as stage:
        code = agencies.invite(stage.house, stage.agency, stage.agency.ana)
        given = {"address": stage.ana.link.address, "code": code}
        exec(lines.replace("server=address", "server=address, plain_http=True"), given)  # noqa: S102  # the README's own text
        with given["tablet"] as tablet:
            changed = next(item for item in tablet.records("client") if item.preferred_name == "Rosie")

    waiting, conflicts = capsys.readouterr().out.splitlines()[-2:]
    assert changed.custody.value == "received"
    assert "home visit" in waiting
    assert conflicts == "[]"
