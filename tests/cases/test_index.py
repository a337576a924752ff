"""The page that names the cases, against the tests that are here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "cases.md"


def test_every_case_names_tests_that_exist_and_every_test_belongs_to_a_case() -> None:
    """Whoever asks what happens when the server burns finds the test, and no case goes without one."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(test_\w+)`", row) for row in rows]
    written = {
        node.name
        for file in HERE.glob("test_*.py")
        if file != Path(__file__)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }

    assert all(named), "a case without a test"
    assert {name for names in named for name in names} == written
