"""A page as a PDF: real text, nothing read as markup, nothing reached for."""

from __future__ import annotations

import io
import sys
import threading
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from server.web.paper import Paper, pdf_of, setting
from server.web.paper.tree import tree_of

PAPER = Paper(
    "Record of Rosa",
    "es",
    "Harlow · Rosa",
    "Miriam, noon",
    "page {page} of {pages}",
    "Not drawn.",
    1_790_000_000_000,
)
CHART = (
    '<svg class="chart" role="img" height="60"><title>Totals</title><desc>March: 9; April: &lt;none&gt;</desc>'
    '<rect class="chart-band" x="9%" y="10" width="80%" height="30"></rect>'
    '<svg x="45%" y="20" width="1" height="1" overflow="visible"><circle class="chart-point" r="5"/></svg>'
    '<text class="chart-label" x="10%" y="30">Mild &amp; more</text></svg>'
)


def read(html: str) -> PdfReader:
    """The PDF of a part of a page."""
    return PdfReader(io.BytesIO(pdf_of(PAPER, html)))


def words(html: str) -> str:
    """All its text."""
    return "\n".join(page.extract_text() for page in read(html).pages)


def test_a_pdf_has_real_text_with_title_language_and_tags() -> None:
    """It is searched, copied and read out; a picture of words is none of that."""
    made = read("<h1>Álvarez, Rosa</h1><p>Nguyễn Łukasz</p>")
    root: Any = made.trailer["/Root"]

    assert made.metadata is not None
    assert made.metadata.title == "Record of Rosa"
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    text = made.pages[0].extract_text()
    assert "Álvarez, Rosa" in text
    assert "Nguyễn Łukasz" in text
    assert "Harlow · Rosa" in text


def test_each_page_says_which_of_how_many_it_is() -> None:
    """A sheet that fell out is missed."""
    made = read("<p>word</p>" * 120)

    count = len(made.pages)
    assert count > 1
    for number, page in enumerate(made.pages, start=1):
        assert f"page {number} of {count}" in page.extract_text()
        assert "Miriam, noon" in page.extract_text()
        assert "Harlow · Rosa" in page.extract_text()


def test_what_somebody_wrote_is_never_markup() -> None:
    """Neither of pages nor of the typesetter: a note cannot run anything, or hide what follows."""
    evil = '#panic("x") *bold* = Head // gone $x$ @ref &lt;b&gt; #read("/etc/passwd") \\ "quoted"'

    text = words(f'<p><span class="written">{evil}</span></p><p>after</p>')

    assert '#panic("x") *bold* = Head // gone $x$ @ref <b> #read("/etc/passwd") \\ "quoted"' in " ".join(
        text.split()
    )
    assert "after" in text


def test_letters_that_no_font_has_are_told_of() -> None:
    """The copy is made all the same; whoever reads it knows that a name is not whole."""
    text = words("<p>name \U0001e910 end</p>")

    assert "Not drawn." in text
    assert "Not drawn." not in words("<p>name</p>")


def test_another_fault_of_the_typesetter_is_not_taken_for_a_missing_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A template that is broken must fail, and not be set a second time with a sentence that is not true."""
    broken = iter([b"#panic()"])
    monkeypatch.setattr(setting, "_template", lambda: next(broken))

    with pytest.raises(typst.TypstError):
        pdf_of(PAPER, "<p>word</p>")


def test_what_only_the_standard_refuses_is_set_without_it() -> None:
    """A copy that is not perfectly tagged is better than none; it does not say that letters lack."""
    made = read("<h2>No first heading</h2>")

    assert b"pdfuaid" not in made.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]  # it has one
    assert "No first heading" in made.pages[0].extract_text()
    assert "Not drawn." not in made.pages[0].extract_text()


@pytest.mark.parametrize(
    "strange",
    [
        "\x07\x1b[2J",
        "\u202eevil\u202c",
        "\ufeff\u200b\u00ad",
        "word" * 16_000,
        "\U000e0041\ue000",
        "e\u0301" * 50,
    ],
)
def test_strange_text_breaks_no_copy(strange: str) -> None:
    """A tablet that was tampered with may have sent anything that a record takes."""
    assert "after" in words(f"<h1>Top</h1><p>{strange}</p><p>after</p>")


def test_a_chart_is_drawn_with_its_words_and_said_in_words() -> None:
    """The figures are in the table below it; the picture is not silent either."""
    made = read(CHART)

    assert "Mild & more" in made.pages[0].extract_text()
    assert "Totals. March: 9; April: <none>" in _alternatives(made)


def test_lists_tables_and_terms_come_as_they_stand() -> None:
    """Whatever a record may hold is on paper in its order."""
    text = words(
        '<h1>Top</h1><dl class="facts"><div><dt>Answers</dt><dd><dl class="facts facts-inside">'
        "<div><dt>Sleep</dt><dd>Often</dd></div>"
        '<div class="plain"><dt class="visually-hidden">Value</dt><dd>Seven</dd></div></dl></dd></div></dl>'
        "<ul><li>one</li><li>two</li></ul><ol><li>three</li></ol>"
        "<table><caption>gone</caption><thead><tr><th>When</th><th>Total</th></tr></thead>"
        "<tbody><tr><th>March</th><td>9 <span class='tag'>late</span></td></tr></tbody></table>"
        "<h2>Head</h2><h3>Small</h3>"
        "<p class='muted'><em>soft</em> <strong>loud</strong> <code>id</code></p>"
    )

    said = " ".join(text.split())
    for each in (
        "Answers Sleep Often Seven",
        "one",
        "two",
        "three",
        "When Total March",
        "9 late",
        "Head",
        "Small",
    ):
        assert each in said
    assert "soft loud id" in said
    assert "gone" not in said
    assert "Value" not in said


def test_a_pdf_reaches_for_no_file_and_no_network() -> None:
    """Its template is read once, and loads nothing; what a record holds is never more than text."""
    pdf_of(PAPER, CHART)
    heard: list[str] = []
    listening, here = True, threading.get_ident()

    def hear(event: str, _args: tuple[Any, ...]) -> None:
        if (
            listening
            and threading.get_ident() == here
            and event.partition(".")[0] in ("open", "socket", "subprocess", "urllib")
        ):
            heard.append(event)

    sys.addaudithook(hear)
    pdf_of(PAPER, "<p>again</p>" + CHART)
    listening = False

    assert heard == []
    template = (setting.FOLDER / "paper.typ").read_text("utf-8")
    assert not [word for word in ("import", "include", "read(", "plugin", "eval") if word in template]


def test_white_space_is_what_a_browser_would_show() -> None:
    """Lines of a template are no words; lines that somebody wrote are lines."""
    assert tree_of("<p>\n  one\n  <em>two</em>\n  three  </p>\n<p> </p>") == [
        {"t": "p", "k": "", "c": ["one ", {"t": "em", "k": "", "c": ["two"]}, " three"]},
        {"t": "p", "k": "", "c": []},
    ]
    assert tree_of('<div><span class="written">a\nb</span><br>c</div>') == [
        "a",
        {"t": "br", "c": []},
        "b",
        {"t": "br", "c": []},
        "c",
    ]


def test_what_is_not_for_paper_is_left_out() -> None:
    """What a screen reader hears instead of a picture, scripts, and captions that repeat a heading."""
    assert tree_of('<p>a<span class="visually-hidden">b<em>c</em></span><input><script>d</script></p>') == [
        {"t": "p", "k": "", "c": ["a"]}
    ]


def _alternatives(made: PdfReader) -> set[str]:
    """Every alternative text of the tags."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.add(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(made.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]  # a dictionary
    return found
