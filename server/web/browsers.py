"""
Browsers, coarsely: enough for people to recognise their own sessions, too little to follow anybody.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'firefox/linux'
"""

from typing import Final

from flask_babel import gettext as _

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

NAMES: Final = {
    "edge": "Edge",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "android": "Android",
    "ios": "iOS",
    "windows": "Windows",
    "mac": "macOS",
    "linux": "Linux",
}
"""What their makers call them, in every language."""


def browser_of(agent: str) -> str:
    """`browser/system` of what a browser says of itself."""
    return f"{_first(_BROWSERS, agent)}/{_first(_SYSTEMS, agent)}"


def called(code: str) -> str:
    """What people call `browser/system`."""
    browser, system = code.split("/")
    unknown = _("unknown")
    said: str = _(
        "%(browser)s on %(system)s", browser=NAMES.get(browser, unknown), system=NAMES.get(system, unknown)
    )
    return said


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((code for mark, code in marks if mark in agent), OTHER)
