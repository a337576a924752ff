"""The judge of planted defects: what breaks a promise is seen, and what cannot even run is not."""

from pathlib import Path

import pytest

from tests.mutants import judging
from tests.mutants.judging import Verdict, judge

LAW = "import sys\n\n\ndef test_all_is_well() -> None:\n    assert {}\n"
SIMULATOR = "print('''{}''')\nraise SystemExit({})\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree whose laws hold and whose simulator finds nothing."""
    (tmp_path / "tests" / "laws").mkdir(parents=True)
    law(tmp_path, "True")
    simulator(tmp_path, "2 seeds, 0 broken", 0)
    return tmp_path


def law(tree: Path, holds: str) -> None:
    """Write the only law."""
    (tree / "tests" / "laws" / "test_well.py").write_text(LAW.format(holds))


def simulator(tree: Path, says: str, code: int) -> None:
    """Write what the simulator says, and how it ends."""
    (tree / "tests" / "simulation.py").write_text(SIMULATOR.format(says, code))


def test_sound_code_is_not_called_broken(tree: Path) -> None:
    """Else each defect would count as seen."""
    assert judge(tree, seeds=2) == Verdict(killed=False)


def test_a_law_that_fails_has_seen_the_defect(tree: Path) -> None:
    """And the simulator is not asked."""
    law(tree, "False")

    assert judge(tree, seeds=2) == Verdict(killed=True, by="law `test_all_is_well`")


@pytest.mark.parametrize(
    ("says", "by"),
    [
        ("seed 3: shown: T1 shows something else", "simulator, seed 3 (shown)"),
        ("seed 4:   File somewhere, line 3\nTypeError: no", "simulator, seed 4 (error)"),
    ],
)
def test_a_seed_that_breaks_has_seen_the_defect(tree: Path, says: str, by: str) -> None:
    """With the check that failed, or that it was an error."""
    simulator(tree, says, 1)

    assert judge(tree, seeds=2) == Verdict(killed=True, by=by)


def test_laws_that_cannot_run_have_seen_nothing(tree: Path) -> None:
    """Code that does not import is found by everybody."""
    (tree / "tests" / "laws" / "test_well.py").write_text("import nowhere\n")

    assert judge(tree, seeds=2) == Verdict(killed=False, by="**the laws cannot run with it**")


def test_laws_that_do_not_end_have_seen_the_defect(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless loop is no code that cannot run."""
    monkeypatch.setattr(judging, "TIME_S", 3)
    law(tree, "__import__('time').sleep(600)")

    assert judge(tree, seeds=2) == Verdict(killed=True, by="laws, do not end")


def test_a_simulator_that_cannot_run_has_seen_nothing(tree: Path) -> None:
    """It tells of no seed."""
    simulator(tree, "Traceback: no module", 1)

    assert judge(tree, seeds=2) == Verdict(killed=False, by="**the simulator cannot run with it**")


def test_what_one_defect_showed_is_not_asked_of_the_next(tree: Path) -> None:
    """Hypothesis keeps examples that failed; sound code that fails by one would count as every defect seen."""
    (tree / "tests" / "laws" / "test_well.py").write_text(
        "from hypothesis import given, strategies as st\n\n\n"
        "@given(st.integers())\ndef test_all_is_well(number: int) -> None:\n    assert number < 5\n"
    )

    assert judge(tree, seeds=2).killed
    assert not (tree / ".hypothesis" / "examples").exists()
