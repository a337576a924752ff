"""
Strings: what the web's pages say, by section, and what of it a language lacks.

    python tools/strings.py            # tells what is missing
    python tools/strings.py --write clients    # appends what is missing to es/clients.po, to be translated there

Marked strings are `_("…")` and `ngettext` in templates, and the same and `_l` (lazy) in code. Those of
`views/<section>.py`, `forms/<section>.py` and `templates/<section>/` belong to `<section>.po`, all others to
`frame.po`. An empty translation counts as missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
WEB = Path("server/web")
KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"encoding": "utf-8", "trimmed": "true"}}
FRAME = "frame"
DYNAMIC = "dynamic"

Message = str | tuple[str, ...]


def said(root: Path) -> Iterator[tuple[str, str, Message]]:
    """(section, file, string) of everything that is marked."""
    folder = root / WEB
    for file, _line, message, *_rest in extract_from_dir(
        str(folder), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
    ):
        yield section_of(Path(file)), file, message


def section_of(file: Path) -> str:
    """The section to which the strings of a file of the web belong."""
    parts = file.parts
    if parts[0] in ("views", "forms") and len(parts) == 2:
        return file.stem
    if parts[0] == "templates" and len(parts) > 2 and parts[1] != "security":
        return parts[1]
    return FRAME


def catalogues(root: Path, language: str) -> dict[str, Catalog]:
    """{section: what it says in a language}."""
    found = {}
    for path in sorted((root / WEB / "translations" / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language)
    return found


def missing(root: Path, language: str = "es") -> dict[str, list[Message]]:
    """{section: strings without a translation, each once}."""
    known = catalogues(root, language)
    done = {
        message.id for catalogue in known.values() for message in catalogue if message.id and _full(message)
    }
    found: dict[str, list[Message]] = {}
    for section, _file, message in said(root):
        if message and message not in done and message not in found.get(section, []):
            found.setdefault(section, []).append(message)
    return found


def unused(root: Path, language: str = "es") -> dict[str, list[Message]]:
    """{section: translations of what nobody says any more}; `dynamic.po` may: code says it by variable."""
    spoken = {message for _section, _file, message in said(root)}
    found: dict[str, list[Message]] = {}
    for section, catalogue in catalogues(root, language).items():
        for message in catalogue:
            id_ = tuple(message.id) if isinstance(message.id, list | tuple) else message.id
            if id_ and id_ not in spoken and section != DYNAMIC:
                found.setdefault(section, []).append(id_)
    return found


def write(root: Path, sections: list[str], language: str = "es") -> None:
    """Append what is missing of these sections, with empty translations."""
    known = catalogues(root, language)
    lacking = missing(root, language)
    for section in sections:
        messages = lacking.get(section, [])
        catalogue = known.get(section) or Catalog(locale=language, project="Doorstep", header_comment="")
        for message in messages:
            if message not in catalogue:
                catalogue.add(message)
        path = root / WEB / "translations" / language / f"{section}.po"
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, omit_header=True, sort_output=False)


def _full(message: object) -> bool:
    translated = getattr(message, "string", "")
    return all(translated) if isinstance(translated, tuple) else bool(translated)


def main(arguments: list[str]) -> int:
    """Tell what is missing, or write it into the catalogues to be translated."""
    if arguments[:1] == ["--write"]:
        write(ROOT, arguments[1:])
    lacking = missing(ROOT)
    for section, messages in lacking.items():
        for message in messages:
            print(f"es/{section}.po: {message}")
    for section, messages in unused(ROOT).items():
        for message in messages:
            print(f"es/{section}.po, said nowhere: {message}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
