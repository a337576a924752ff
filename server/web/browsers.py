"""
Browsers, coarsely: enough for people to recognise their own sessions, too little to follow anybody.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'firefox/linux'
"""

from typing import Final

# In this order: each names also those below it.
_BROWSERS: Final = (("Edg", "edge"), ("Firefox", "firefox"), ("Chrome", "chrome"), ("Safari", "safari"))
_SYSTEMS: Final = (
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Windows", "windows"),
    ("Mac OS", "mac"),
    ("Linux", "linux"),
)
OTHER: Final = "other"


def browser_of(agent: str) -> str:
    """`browser/system` of what a browser says of itself."""
    return f"{_first(_BROWSERS, agent)}/{_first(_SYSTEMS, agent)}"


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((code for mark, code in marks if mark in agent), OTHER)
