"""Looking at a page as every reader would: in each theme, language and width."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe

NARROW: Final = {"width": 360, "height": 740}
WIDE: Final = {"width": 1280, "height": 900}
LANGUAGES: Final = ("en", "es")
THEMES: Final = ("light", "dark")

_said: dict[Any, list[str]] = {}


class Looker:
    """Asserts what a page owes."""

    def __init__(self) -> None:
        self._axe = Axe()

    @staticmethod
    def listen(page: Any) -> None:
        """Note from now on what the browser complains about."""
        said = _said.setdefault(page, [])

        def note(message: Any) -> None:
            # A form that is shown again answers 409 or 422, which the browser itself puts on the console.
            shown_again = any(f"status of {status}" in message.text for status in (409, 422))
            if message.type in ("error", "warning") and not shown_again:
                said.append(f"{message.text} {message.location.get('url', '')}")

        page.on("console", note)
        page.on("pageerror", lambda error: said.append(str(error)))

    def __call__(self, page: Any, *, again: bool = True) -> None:
        """
        Look at the page that is open.

        Args:
            page: A page opened by `browse`.
            again: Whether it may be loaded again, to see it in both languages; not the answer to a form.
        """
        for language in LANGUAGES if again else (None,):
            if language is not None:
                self._speak(page, language)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                for size in (WIDE, NARROW):
                    page.set_viewport_size(size)
                    self._check(page, f"{language or 'as is'}, {theme}, {size['width']} px")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)
        if again:
            self._speak(page, "en")
        assert not _said.get(page), f"the browser complained: {_said[page]}"

    def _speak(self, page: Any, language: str) -> None:
        page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
        page.reload()
        assert page.get_attribute("html", "lang") == language

    def _check(self, page: Any, how: str) -> None:
        results = self._axe.run(page)
        assert results.violations_count == 0, f"{page.url} ({how}):\n{results.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} ({how}): {wide} px wider than the screen"


def complaints(page: Any) -> list[str]:
    """What the browser complained about, on this page so far."""
    return list(_said.get(page, []))
