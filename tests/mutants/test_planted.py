"""The planted defects fit the code that they are planted in; that they are seen is `make mutants`."""

import ast
import re

import pytest

from tests.mutants.catalogue import PLANTED
from tests.mutants.tree import ROOT, Change, Defect, DoesNotApply


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_defect_still_has_its_place_in_the_code(planted: Defect) -> None:
    """A defect that is planted nowhere would count as one that nobody sees."""
    texts: dict[str, str] = {}
    for change in planted.changes:
        text = texts.get(change.file) or (ROOT / change.file).read_text()
        texts[change.file] = change.changed(text)

    assert all(ast.parse(text) for text in texts.values())


def test_each_defect_has_a_name_of_its_own() -> None:
    """The table is read by name."""
    assert len({planted.name for planted in PLANTED}) == len(PLANTED) >= 20


@pytest.mark.parametrize("text", ["nothing of it", "place and place"])
def test_a_place_that_is_missing_or_doubtful_is_refused(text: str) -> None:
    """A defect that lands elsewhere proves nothing."""
    with pytest.raises(DoesNotApply):
        Change("some.py", "place", "defect").changed(text)


def test_the_page_of_proof_names_each_defect() -> None:
    """A defect that the table leaves out is one that nobody asks after."""
    page = (
        (ROOT / "docs/explanation/proof.md")
        .read_text()
        .partition("## Planted defects")[2]
        .partition("## ")[0]
    )

    assert re.findall(r"^\| (.+) \| .+ \|$", page, re.MULTILINE)[1:] == [planted.name for planted in PLANTED]


def test_each_check_of_the_simulator_is_seen_to_fail() -> None:
    """A check that no defect sets off may be one that cannot fail."""
    page = (ROOT / "docs/explanation/proof.md").read_text()
    said = "".join(path.read_text() for path in (ROOT / "tests/simulation").glob("*.py"))
    checks = set(re.findall(r"\.fail\(\s*\"(\w+)\"", said))

    assert len(checks) > 10
    assert checks - set(re.findall(r"simulator, seed \d+ \((\w+)\)", page)) == {"agree"}


def test_each_defect_that_was_found_is_held_by_a_test_that_there_is() -> None:
    """The seeds that found them show nothing any more: without its test a defect would come back unseen."""
    table = (ROOT / "docs/explanation/proof.md").read_text().partition("## What it found")[2]
    named = re.findall(r"`(test_\w+)` \|$", table, re.MULTILINE)
    there = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }

    assert len(named) == len(re.findall(r"^\| \d", table, re.MULTILINE)) >= 7
    assert set(named) <= there
