"""What the bench says of its figures: a missed bar is named, and makes the command fail."""

import json
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import report
from bench.figures import Figure, Scale, at_least, at_most, medians, told

MET = Figure("no-op: bytes up", 650, "B", at_most(700, "B").bar)
MISSED = Figure("no-op: server CPU", 3.21, "ms", at_most(3, "ms").bar)


def test_a_figure_is_the_median_of_its_runs() -> None:
    """One slow run does not make a figure, and all of them stand beside it."""
    (figure,) = medians({"x": told("ms")}, [{"x": 3.0}, {"x": 1.0}, {"x": 100.0}])

    assert (figure.value, figure.runs) == (3.0, (3.0, 1.0, 100.0))


@pytest.mark.parametrize(("value", "missed"), [(2_999, True), (3_000, False), (3_001, False)])
def test_what_should_be_large_is_missed_below_its_bar(value: float, missed: bool) -> None:
    """Records in a second."""
    assert Figure("x", value, "/s", at_least(3_000, "/s").bar).missed is missed


@pytest.mark.parametrize(("value", "missed"), [(3.0, False), (3.01, True)])
def test_what_should_be_small_is_missed_above_its_bar(value: float, missed: bool) -> None:
    """Milliseconds and bytes."""
    assert Figure("x", value, "ms", at_most(3, "ms").bar).missed is missed


def test_a_missed_bar_is_named() -> None:
    """By what, how much, and what it should have been."""
    assert report.missed({"exchange": [MET, MISSED]}) == ["no-op: server CPU: 3.21 ms, the bar is ≤ 3"]


def test_the_table_says_what_is_met_and_what_others_needed() -> None:
    """Beside each other, so that nobody has to look for it."""
    table = report.as_markdown(report.as_json({"exchange": [MET, MISSED]}, quick=False))

    assert "| no-op: bytes up | 650 B | ≤ 700 | met |  |" in table
    assert "| no-op: server CPU | 3.21 ms | ≤ 3 | **missed** |  |" in table
    requests = Figure("no-op: requests", 1, "", at_most(1, "").bar)
    assert "| no-op: requests | 1 | ≤ 1 | met | 1–8 |" in report.as_markdown(
        report.as_json({"exchange": [requests]}, quick=False)
    )


def test_quick_figures_are_not_judged() -> None:
    """A hundredth of the work says nothing of the whole."""
    whole = report.as_json({"exchange": [MISSED]}, quick=True)

    assert whole["missed"] == []
    assert whole["figures"]["exchange"][0]["met"] is None


def test_a_part_is_kept_beside_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring one thing anew does not lose the figures of the others, nor the page's own words."""
    page = tmp_path / "speed.md"
    page.write_text("Before.\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nAfter.\n", "utf-8")
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(report, "SPEED", page)

    report.keep(report.as_json({"a": [MET]}, quick=False))
    report.keep(report.as_json({"b": [MISSED]}, quick=False))

    kept = json.loads((tmp_path / "results" / "latest.json").read_text("utf-8"))
    assert set(kept["figures"]) == {"a", "b"}
    text = page.read_text("utf-8")
    assert text.startswith("Before.\n\n<!-- figures -->\n")
    assert text.endswith("<!-- end of figures -->\n\nAfter.\n")
    assert "old" not in text
    assert text.count("no-op") == 2


@pytest.mark.parametrize(("figure", "code"), [(MET, 0), (MISSED, 1)])
def test_the_command_fails_where_a_bar_is_missed(
    figure: Figure, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a script sees it."""
    monkeypatch.setattr(command, "MEASURES", {"one": lambda _: [figure]})

    assert command.main(["one"]) == code
    assert ("MISSED" in capsys.readouterr().err) is bool(code)


def test_the_command_knows_its_measures(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none is told at once, not after an hour."""
    with pytest.raises(SystemExit):
        command.main(["nonesuch"])

    assert "no such measure: nonesuch" in capsys.readouterr().err


def test_a_quick_scale_is_a_hundredth() -> None:
    """But never nothing."""
    assert (Scale(quick=True).of(2_000), Scale(quick=True).of(50, 3), Scale().of(50)) == (20, 3, 50)
