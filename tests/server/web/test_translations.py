"""Everything that a page says is said in both languages."""

from __future__ import annotations

from pathlib import Path

from server.api.problems import FACES
from server.web.translations import translations
from tools import strings

ROOT = Path(__file__).resolve().parents[3]


def test_every_string_of_the_pages_has_a_spanish_translation() -> None:
    """A half-translated page is worse than one in one language; `tools/strings.py --write` lists what lacks."""
    assert strings.missing(ROOT, "es") == {}


def test_no_translation_is_kept_of_what_nobody_says() -> None:
    """Else catalogues grow, and a changed sentence keeps its old meaning."""
    assert strings.unused(ROOT, "es") == {}


def test_what_is_said_of_an_error_is_said_in_spanish() -> None:
    """The table of errors speaks to people on pages, too."""
    spanish = translations("es")
    untranslated = {face.title for face in FACES.values() if spanish.ugettext(face.title) == face.title}  # type: ignore[attr-defined]  # Babel's own

    assert untranslated == set()


def test_each_placeholder_of_a_sentence_is_in_its_translation() -> None:
    """Else a page fails in one language only."""
    wrong = [
        (section, message.id)
        for section, catalogue in strings.catalogues(ROOT, "es").items()
        for message in catalogue
        if message.id and list(message.check(catalogue))
    ]

    assert wrong == []
