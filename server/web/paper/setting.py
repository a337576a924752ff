"""
Setting: the nodes of a page, set by Typst as a tagged PDF.

Typst comes as a wheel with everything in it, fonts too, and needs no library of the system. The document is a
template of ours (`paper.typ`); what a record holds reaches it as data, so nothing that somebody wrote is ever
read as markup. The template loads no package, and its root is the folder that it lies in: it reaches neither the
network nor any file. Letters that its own fonts lack are taken from the system's.

A copy keeps to PDF/UA, which asks that each letter can be drawn. Where no font has one, the copy is made all the
same, only tagged, and says so.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from .tree import Node, tree_of

FOLDER: Final = Path(__file__).parent
REFUSED: Final = "PDF/UA-1 error"
"""What the typesetter begins with where only the standard is in the way."""

UNDRAWN: Final = "could not be displayed"
"""What the typesetter says of a letter that no font has."""

CHART_WIDTH: Final = 660
"""Pixels of a chart on paper: as wide as the text."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands around the page."""

    title: str
    language: str
    above: str
    """What stands above each page: whose it is, so that a sheet that fell out is known."""
    below: str
    """What stands below each page: who made it, and when."""
    page_of: str
    """Which page of how many, with `{page}` and `{pages}`."""
    undrawn: str
    """What is said at the top where letters could not be drawn."""
    now_ms: int


def pdf_of(paper: Paper, html: str) -> bytes:
    """A part of a page, rendered by ourselves, as a PDF."""
    nodes = [_drawn(node) for node in tree_of(html)]
    told = {
        "title": paper.title,
        "language": paper.language,
        "above": paper.above,
        "below": paper.below,
        "page_of": paper.page_of,
        "nodes": nodes,
    }
    try:
        return _set({**told, "said": ""}, paper.now_ms, ["ua-1"])
    except typst.TypstError as error:
        if not str(error).startswith(REFUSED):
            raise
        said = paper.undrawn if UNDRAWN in str(error) else ""
        return _set({**told, "said": said}, paper.now_ms, [])


def _set(told: dict[str, Any], now_ms: int, standards: list[Any]) -> bytes:
    compiler = typst.Compiler(
        _template(), root=FOLDER, font_paths=_fonts(), sys_inputs={"paper": json.dumps(told)}
    )
    made = compiler.compile(format="pdf", pdf_standards=standards, timestamp=now_ms // 1000)
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def _drawn(node: Node) -> Node:
    """A picture with its width and style in it; everything else as it is."""
    if isinstance(node, str):
        return node
    if node["t"] != "svg":
        return {**node, "c": [_drawn(child) for child in node["c"]]}
    size = f' width="{CHART_WIDTH}"' if "chart" in node["k"].split() else ""
    head, _, rest = node["svg"].partition(">")
    return {**node, "svg": f"{head}{size}><style>{_style()}</style>{rest}"}


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


@cache
def _template() -> bytes:
    return (FOLDER / "paper.typ").read_bytes()


@cache
def _style() -> str:
    return (FOLDER / "chart.css").read_text("utf-8")
