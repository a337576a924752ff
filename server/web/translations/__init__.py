"""
Languages: English is in the code, the others are `.po` files by section, compiled in memory at the start.

Each language is a folder, each section of the pages a file in it, so that people who work on different pages
do not meet. What flask-security says by itself comes from its own catalogue, ours goes before.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""{code: what the language calls itself}, the first is the default."""

_OF_LIBRARY: Final = {"es": "es_ES"}


class Catalogue(Domain):  # type: ignore[misc]  # the library is untyped
    """The translations of the language of this request."""

    def get_translations(self) -> NullTranslations:
        """What Flask-Babel asks for each text."""
        locale = get_locale()
        return translations("en" if locale is None else locale.language)


@cache
def translations(language: str) -> NullTranslations:
    """Everything said in one language."""
    ours = files(__name__) / language
    if language not in _OF_LIBRARY or not ours.is_dir():
        return Translations()
    library = files("flask_security") / "translations"
    merged = Translations.load(str(library), [_OF_LIBRARY[language]], "flask_security")
    assert isinstance(merged, Translations), "the library brings this language along"
    for entry in sorted(ours.iterdir(), key=lambda found: found.name):
        if entry.name.endswith(".po"):
            merged.merge(_compiled(entry.read_bytes(), language))
    return merged


def _compiled(po: bytes, language: str) -> Translations:
    binary = BytesIO()
    write_mo(binary, read_po(BytesIO(po), locale=language))
    binary.seek(0)
    return Translations(binary, domain="messages")
