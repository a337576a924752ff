"""Looking at a page as every reader would: in each theme, language, width and size of text."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe

NARROW: Final = {"width": 360, "height": 740}
WIDE: Final = {"width": 1280, "height": 900}
ZOOMED: Final = {"width": 640, "height": 450}
"""A screen of 1280 by 900, all on it twice as large."""

CUT: Final = """() => {
    const found = [];
    for (const element of document.querySelectorAll("main *, header *, nav *")) {
        if (!element.clientWidth || element.closest(".visually-hidden, svg")) continue;
        const style = getComputedStyle(element);
        if (style.display === "inline" || style.overflowX !== "hidden" && style.overflowY !== "hidden") continue;
        const over = [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight];
        if (over.some((pixels) => pixels > 1)) found.push(`${element.tagName}.${element.className}: ${over}`);
    }
    return found;
}"""
"""What is hidden because it is larger than the box in which it stands."""

WIDER: Final = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((element) => `${element.tagName}.${element.className}`).slice(0, 6)"""
"""What stands out beyond the right edge."""

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

        Each language is seen in each theme, each of these in both widths for what is cut off; axe reads every
        pair of the three once, for it finds the same in a language, a theme or a width whatever the other two are.

        Args:
            page: A page opened by `browse`.
            again: Whether it may be loaded again, to see it in both languages; not the answer to a form.
        """
        for turn, language in enumerate(LANGUAGES if again else (None,)):
            if language is not None:
                self._speak(page, language)
            for other, theme in enumerate(THEMES):
                page.emulate_media(color_scheme=theme)
                sizes = (WIDE, NARROW) if turn == other else (NARROW, WIDE)
                for size in reversed(sizes):
                    page.set_viewport_size(size)
                    self._check_size(page, f"{language or 'as is'}, {theme}, {size['width']} px")
                self._check(page, f"{language or 'as is'}, {theme}, {sizes[0]['width']} px")
        page.emulate_media(color_scheme="light")
        self._enlarge(page)
        page.set_viewport_size(WIDE)
        if again:
            self._speak(page, "en")
        assert not _said.get(page), f"the browser complained: {_said[page]}"

    def _speak(self, page: Any, language: str) -> None:
        page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
        page.reload()
        assert page.get_attribute("html", "lang") == language

    def _enlarge(self, page: Any) -> None:
        """All twice as large, as by the browser's zoom; then the text alone, as by its setting for letters."""
        page.set_viewport_size(ZOOMED)
        self._check_size(page, "200 % zoom")
        page.set_viewport_size(WIDE)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        self._check_size(page, "text of 200 %")
        page.evaluate("document.documentElement.style.fontSize = ''")

    def _check(self, page: Any, how: str) -> None:
        results = self._axe.run(page)
        assert results.violations_count == 0, f"{page.url} ({how}):\n{results.generate_report()}"

    def _check_size(self, page: Any, how: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} ({how}): {wide} px wider than the screen: {page.evaluate(WIDER)}"
        cut = page.evaluate(CUT)
        assert cut == [], f"{page.url} ({how}): cut off: {cut}"


def complaints(page: Any) -> list[str]:
    """What the browser complained about, on this page so far."""
    return list(_said.get(page, []))
