"""
Language and theme: what the reader chose, kept in a cookie and with the account.
"""

from typing import Final

from flask import request

from .guard import account
from .translations import LANGUAGES

LANGUAGE: Final = "language"
THEME: Final = "theme"
THEMES: Final = ("light", "dark")
"""Without a choice the machine's own holds."""


def language() -> str:
    """The language of this request: as chosen here, as chosen elsewhere, as the browser asks."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    someone = account()
    if someone is not None and someone.found.language in LANGUAGES:
        return someone.found.language
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def theme() -> str:
    """`light`, `dark`, or nothing: as the machine is set."""
    chosen = request.cookies.get(THEME, "")
    if chosen in THEMES:
        return chosen
    someone = account()
    return someone.found.theme or "" if someone is not None and THEME not in request.cookies else ""
