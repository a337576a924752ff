"""The reference says what the code says."""

import ast
from pathlib import Path

import pytest

from tools import reference
from tools.reference import Entry, ErrorEntry, OutOfStep

ROOT = Path(__file__).resolve().parents[2]

ERRORS = '''
"""
What can go wrong.

    DoorError
    ├── Locked    the key is missing: knock
    │   └── Stuck 423  the key is there,
    │             and does not turn
    └── Gone      the house moved

A closed door is not an error.
"""

class DoorError(Exception):
    """Anything about doors."""

class Locked(DoorError):
    """The door is locked.

    More of it.
    """

class Stuck(Locked):
    """The lock is rusty."""

class Gone(DoorError):
    """No door."""

class Frame:
    pass
'''


@pytest.mark.parametrize("page", sorted(reference.pages(ROOT), key=str))
def test_a_reference_page_is_in_step_with_the_code(page: Path) -> None:
    """A reader who meets an error or a bound finds it, as it is now."""
    assert (ROOT / page).read_text(encoding="utf-8") == reference.pages(ROOT)[page], "run: make reference"


def test_errors_are_read_with_their_parents_and_advice() -> None:
    """The tree in the docstring is the one place where advice is written."""
    found = reference.errors(ERRORS, "door.py")

    assert found == (
        ErrorEntry("DoorError", "Exception", "Anything about doors.", ""),
        ErrorEntry("Locked", "DoorError", "The door is locked.", "the key is missing: knock"),
        ErrorEntry("Stuck", "Locked", "The lock is rusty.", "423  the key is there, and does not turn"),
        ErrorEntry("Gone", "DoorError", "No door.", "the house moved"),
    )


@pytest.mark.parametrize("lost", ["    └── Gone      the house moved\n", '    """No door."""\n'])
def test_an_error_without_its_sentence_is_named(lost: str) -> None:
    """A new class cannot be added without saying what to do about it."""
    source = ERRORS.replace(lost, "    pass\n" if "door" in lost else "")

    with pytest.raises(OutOfStep, match="Gone"):
        reference.errors(source, "door.py")


def test_settings_are_read_with_their_defaults_and_sentences() -> None:
    """An operator learns each setting without opening the code."""
    body = ast.parse(
        'port: int = field(default=80)\n"""Where to\nlisten."""\nplain = 1\n_own: int = 2\n'
    ).body

    assert reference.entries(body, "settings.py") == (Entry("port", "80", "Where to listen."),)


def test_a_setting_without_its_sentence_is_named() -> None:
    """A name alone rarely tells its unit."""
    with pytest.raises(OutOfStep, match="wait_s"):
        reference.entries(ast.parse("wait_s: int = 5").body, "settings.py")


def test_pages_of_an_empty_house_can_be_made(tmp_path: Path) -> None:
    """A room that has no errors or settings of its own is left out."""
    assert "##" not in reference.pages(tmp_path)[reference.REFERENCE / "errors.md"]


def test_every_route_of_the_web_is_in_the_reference() -> None:
    """The page that an auditor reads is read from source; this holds it against the application's own map."""
    from server.web.views import __path__ as folders

    said = reference.pages(ROOT)[reference.REFERENCE / "permissions.md"]
    hung = [
        address
        for path in sorted(Path(folders[0]).glob("*.py"))
        for _methods, address, _act, _words in reference.routes(path.read_text("utf-8"), path.name)
    ]

    assert hung
    assert [address for address in hung if f"`{address}`" not in said] == []


def test_a_view_without_a_permission_is_named() -> None:
    """It would be open to nobody; the builder learns it here first."""
    with pytest.raises(OutOfStep, match="lost"):
        list(reference.routes("@bp.get('/lost')\ndef lost(): ...", "lost.py"))
