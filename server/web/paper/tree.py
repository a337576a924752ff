"""
Tree: a part of a page that we rendered ourselves, as nodes that are set on paper.

A *node* is text or `{"t": tag, "k": class, "c": [nodes]}`; a picture is `{"t": "svg", "k": class, "svg": text,
"alt": words}`. What only groups (`div`, `time`, `a`) is replaced by what it holds, what only a screen reader hears
is left out, and white space is what a browser would show of it.
"""

import re
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

Node: TypeAlias = Any
"""Text, or a dictionary as above."""

BLOCKS: Final = frozenset(
    (
        "dd",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "li",
        "ol",
        "p",
        "pair",
        "svg",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
    )
) | {"tr", "ul"}
INLINE: Final = frozenset(("code", "em", "strong", "tag"))
KEPT: Final = BLOCKS | INLINE
SKIPPED: Final = frozenset(("caption", "noscript", "script"))
UNSEEN: Final = "visually-hidden"
VOID: Final = frozenset(("br", "input", "img", "hr", "meta", "link"))

_BLANK: Final = re.compile(r"[ \t\r\n\f]+")


def tree_of(html: str) -> list[Node]:
    """The nodes of a part of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _tidy(reader.root)


class _Reader(HTMLParser):
    """Our own pages are well formed: what is opened is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Node] = []
        self._into: list[list[Node]] = [self.root]
        """Where children go, one entry for each open element."""
        self._open: list[dict[str, Any]] = [{"t": ""}]
        self._skipping = 0
        self._svg: list[str] = []
        self._svg_class = ""
        self._svg_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._svg_depth or tag == "svg":
            self._draw(tag, given)
        elif tag == "br":
            self._add({"t": "br", "c": []})
        elif tag not in VOID:
            self._begin(tag, given.get("class", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._svg_depth:
            self._svg.append(self.get_starttag_text() or "")
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._svg_depth:
            self._svg.append(f"</{tag}>")
            self._svg_depth -= 1
            if not self._svg_depth:
                self._finish_svg()
        elif tag not in VOID:
            self._end()

    def handle_data(self, data: str) -> None:
        if self._svg_depth:
            self._svg.append(escape(data))
        elif not self._skipping:
            written = any("written" in element.get("k", "").split() for element in self._open)
            self._add(data) if not written else self._add_written(data)

    def _begin(self, tag: str, classes: str) -> None:
        kind = _kind(tag, classes, self._open[-1]["t"])
        element: dict[str, Any] = {"t": kind, "k": classes, "c": []}
        skipped = tag in SKIPPED or UNSEEN in classes.split()
        self._skipping += skipped
        kept = kind in KEPT and not self._skipping
        if kept:
            self._add(element)
        self._open.append({**element, "skipped": skipped, "t": kind if kept else self._open[-1]["t"]})
        self._into.append(element["c"] if kept else self._into[-1])

    def _end(self) -> None:
        self._skipping -= self._open.pop()["skipped"]
        self._into.pop()

    def _draw(self, tag: str, given: dict[str, str]) -> None:
        if not self._svg_depth:
            self._svg, self._svg_class = [], given.get("class", "")
        said = self.get_starttag_text() or ""
        self._svg.append(said if tag != "svg" or self._svg_depth else _outer(given))
        self._svg_depth += 1

    def _finish_svg(self) -> None:
        text = "".join(self._svg)
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.DOTALL)
        said = re.search(r"<desc[^>]*>(.*?)</desc>", text, re.DOTALL)
        alt = ". ".join(_BLANK.sub(" ", unescape(found[1])).strip() for found in (title, said) if found)
        self._add({"t": "svg", "k": self._svg_class, "svg": text, "alt": alt, "c": []})

    def _add_written(self, data: str) -> None:
        """What a person wrote keeps its lines."""
        for number, line in enumerate(data.split("\n")):
            if number:
                self._add({"t": "br", "c": []})
            self._add(line)

    def _add(self, node: Node) -> None:
        if not self._skipping:
            self._into[-1].append(node)


def _kind(tag: str, classes: str, within: str) -> str:
    if tag == "span" and "tag" in classes.split():
        return "tag"
    return "pair" if tag == "div" and within == "dl" else tag


def _outer(given: dict[str, str]) -> str:
    """The outermost element by itself: an SVG file says what it is."""
    attributes = "".join(
        f' {"viewBox" if name == "viewbox" else name}="{escape(value)}"' for name, value in given.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}>'


def _tidy(nodes: list[Node]) -> list[Node]:
    """One run of text after the other is one, white space is one space, and none stands beside a block."""
    joined: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and joined and isinstance(joined[-1], str):
            joined[-1] += node
        elif isinstance(node, str):
            joined.append(node)
        else:
            joined.append({**node, "c": _tidy(node["c"])})
    told = [_BLANK.sub(" ", node) if isinstance(node, str) else node for node in joined]
    kept: list[Node] = []
    for number, node in enumerate(told):
        if isinstance(node, str):
            node = node.lstrip(" ") if number == 0 or _stands_alone(told[number - 1]) else node
            node = node.rstrip(" ") if number == len(told) - 1 or _stands_alone(told[number + 1]) else node
        if node != "":
            kept.append(node)
    return kept


def _stands_alone(node: Node) -> bool:
    return isinstance(node, dict) and (node["t"] in BLOCKS or node["t"] == "br")
