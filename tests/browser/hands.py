"""
Hands that have a keyboard and no mouse: what they want they come to by the Tab key, and see that they are there.
"""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Any, Final

TABS_MAX: Final = 120
"""Presses of a key after which nobody looks for a field any more."""


class Hands:
    """Somebody at one page."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.set_default_timeout(10_000)

    def field(self, label: str) -> Any:
        """The field of this label, whether or not it must be filled in."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\)\s*)?$"))

    def open(self, address: str) -> None:
        """Open a page, and skip what every page begins with."""
        self.page.goto(address)
        self._skip()

    def reach(self, wanted: Any) -> None:
        """Go on until something has the focus; it is marked, and it can be seen."""
        for _ in range(TABS_MAX):
            if wanted.evaluate("element => element === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        seen = wanted.evaluate(
            """element => {
                const [style, box] = [getComputedStyle(element), element.getBoundingClientRect()];
                const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
                const inside = box.bottom > 0 && box.top < innerHeight;
                return [element === document.activeElement, marked, inside];
            }"""
        )
        assert seen == [True, True, True], f"{wanted}: reached, marked, in view: {seen}"

    def fill(self, label: str, said: str) -> None:
        """Type into a field."""
        self.reach(self.field(label))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(said)

    def choose(self, label: str, option: str) -> None:
        """Choose of a list by typing how the entry begins."""
        field = self.field(label)
        self.reach(field)
        self.page.keyboard.type(option)
        chosen = field.evaluate("element => element.selectedOptions[0].textContent.trim()")
        assert chosen == option, f"{label}: {chosen}"

    def day(self, label: str, day: str) -> None:
        """Type a day, of month, day and year in digits; what follows a blank is the time."""
        self.reach(self.field(label))
        date, _, time = day.partition(" ")
        self.page.keyboard.type(date)
        if time:
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.type(time)

    def tick(self, field: Any) -> None:
        """Tick a box, or one of several circles by the arrows."""
        if field.get_attribute("type") == "radio":
            name = field.get_attribute("name")
            group = self.page.locator(f'input[type="radio"][name="{name}"]')
            checked = group.and_(self.page.locator(":checked"))
            self.reach(checked if checked.count() else group.first)
            for _ in range(group.count()):
                if field.evaluate("element => element === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
        self.reach(field)
        if not field.is_checked():
            self.page.keyboard.press("Space")
        assert field.is_checked()

    def press(self, wanted: Any, leads: str = "") -> None:
        """Press a button or follow a link, and wait for what comes."""
        self.reach(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        if leads:
            # Without the mark of the place within the page, which the link to it has left.
            self.page.wait_for_url(lambda url: fnmatch(url.partition("#")[0], leads))
        self._skip()

    def button(self, name: str, leads: str = "") -> None:
        """Press the button of this name."""
        self.press(self.page.get_by_role("button", name=name, exact=True), leads)

    def _skip(self) -> None:
        """Past navigation, by the link that every page begins with; where a form is wrong, one is there already."""
        skip = self.page.get_by_role("link", name="Skip to the page")
        if self.page.evaluate("document.activeElement === document.body"):
            self.reach(skip)
            self.page.keyboard.press("Enter")
