"""
Field kinds: what a record type is declared with.

A *field* carries its shape (what a value must look like), its sync rule, who may settle it, the acts that an
undecided value of it blocks, and its labels in US English and Spanish. One field is one *unit*; a set
(`members`, `log_of`) has a unit for each member, `<field>/<member id>`. Records are in `records/`.

    class Need(Record, title=("Need", "Necesidad")):
        domain = choice("Domain", "Área", DOMAINS)
        detail = text("Detail", "Detalle")
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, TypedDict, Unpack

from marshmallow.fields import Field as Shape

from sync import Rule, latest, once
from sync import members as present
from sync import text as merged_text

from . import shapes
from .shapes import LINE_CHARS_MAX, LIST_ITEMS_MAX, NAME_CHARS_MAX, NARRATIVE_CHARS_MAX, TEXT_CHARS_MAX

WORKER: Final = "worker"
SUPERVISOR: Final = "supervisor"
ADMINISTRATOR: Final = "administrator"

BY_CASE: Final = frozenset((WORKER, SUPERVISOR))
"""Settled by the assigned worker or a supervisor."""

BY_SUPERVISOR: Final = frozenset((SUPERVISOR,))
"""Settled by a supervisor only."""

BY_OFFICE: Final = frozenset((SUPERVISOR, ADMINISTRATOR))
"""Decided by those who run an office."""

CLAIM: Final = "claim"
DISCHARGE_SUMMARY: Final = "discharge_summary"
ACTS: Final = (CLAIM, DISCHARGE_SUMMARY)
"""What rests on settled facts. Signing and an export for care never wait: they carry both values."""

LANGUAGES: Final = ("en", "es")
"""Languages of the labels, US English first."""

_CLEARABLE: Final = frozenset(("latest", "ask", "members", "decided"))
"""Rules under which null means *taken back*; under the others it would hide something."""

SIGNATURE_BYTES_MAX: Final = 200 * 1024
"""Bytes of signed content: with its frame it fits in one changeset."""


class Label(NamedTuple):
    """What a screen shows, in the two languages of the first release."""

    en: str
    es: str

    def of(self, language: str) -> str:
        """The label in a language such as `es` or `es-US`; English where it is neither."""
        return self.es if language.partition("-")[0] == "es" else self.en


Codes = Mapping[str, tuple[str, str]]
"""{code: (English, Spanish)}, in the order in which a screen offers them."""

NO_CODES: Final[Codes] = {}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One declared field of a record type, or one part of a group."""

    kind: str
    shape: Shape[Any]
    label: Label
    rule: Rule = field(default_factory=latest)
    codes: Codes = field(default_factory=dict)
    parts: Mapping[str, "Field"] = field(default_factory=dict)
    """The parts of a group."""
    of: "Field | None" = None
    """What a list or a set consists of."""
    many: bool = False
    """Whether it is a set: each member is a unit."""
    searched: bool = False
    """Whether free text search looks at it."""
    settled_by: frozenset[str] = BY_CASE
    blocks: frozenset[str] = frozenset()
    """Acts that wait while it is undecided."""


class Options(TypedDict, total=False):
    """What every kind of field takes."""

    rule: Rule
    settled_by: frozenset[str]
    blocks: frozenset[str]
    searched: bool


def line(en: str, es: str, *, chars_max: int = LINE_CHARS_MAX, **options: Unpack[Options]) -> Field:
    """One line of text."""
    options.setdefault("searched", True)
    return _field("line", shapes.Words(chars_max), en, es, options)


def name_line(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A name, or a part of one: at least one character."""
    options.setdefault("searched", True)
    return _field("name", shapes.Words(NAME_CHARS_MAX, least=1), en, es, options)


def text(en: str, es: str, *, chars_max: int = TEXT_CHARS_MAX, **options: Unpack[Options]) -> Field:
    """Some lines of text, which merge as a whole."""
    options.setdefault("searched", True)
    return _field("text", shapes.Words(chars_max, lines=True), en, es, options)


def narrative(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A narrative, which merges sentence by sentence."""
    options.setdefault("searched", True)
    options.setdefault("rule", merged_text())
    return _field("narrative", shapes.Words(NARRATIVE_CHARS_MAX, lines=True), en, es, options)


def choice(en: str, es: str, codes: Codes, **options: Unpack[Options]) -> Field:
    """One code of a declared list."""
    return replace(_field("choice", shapes.OneOf(codes), en, es, options), codes=codes)


def several(en: str, es: str, codes: Codes, **options: Unpack[Options]) -> Field:
    """Some codes of a declared list."""
    shape = shapes.Listing(shapes.OneOf(codes), LIST_ITEMS_MAX)
    return replace(_field("several", shape, en, es, options), codes=codes)


def code(en: str, es: str, codes: Codes = NO_CODES, **options: Unpack[Options]) -> Field:
    """A code of a published system; `codes` names those that we have a label for."""
    shape = shapes.Matching(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", "a code")
    return replace(_field("code", shape, en, es, options), codes=codes)


def language(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A language by its BCP 47 tag, such as `es` or `zh-Hant`."""
    shape = shapes.Matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "a language tag such as es or zh-Hant")
    return _field("language", shape, en, es, options)


def date(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A day of the calendar."""
    return _field("date", shapes.Day(), en, es, options)


def instant(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A moment, as text with its offset."""
    return _field("instant", shapes.Instant(), en, es, options)


def flag(en: str, es: str, **options: Unpack[Options]) -> Field:
    """True or false."""
    return _field("flag", shapes.Truth(), en, es, options)


def number(en: str, es: str, *, least: int = 0, most: int, **options: Unpack[Options]) -> Field:
    """A whole number within bounds."""
    return _field("number", shapes.Whole(least, most), en, es, options)


def decimal(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A decimal number as text, such as `-97.7431`."""
    shape = shapes.Matching(r"-?\d{1,9}(\.\d{1,9})?", "a decimal number in digits")
    return _field("decimal", shape, en, es, options)


def reference(en: str, es: str, **options: Unpack[Options]) -> Field:
    """The id of a record, a subject, a worker or an office."""
    return _field("reference", shapes.Matching(shapes.KEY, "an id"), en, es, options)


def digest(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A digest of 22 characters, which names exact content."""
    return _field(
        "digest", shapes.Matching(r"[A-Za-z0-9_-]{22}", "a digest of 22 characters"), en, es, options
    )


def phone(en: str, es: str, **options: Unpack[Options]) -> Field:
    """A telephone number, as it is dialled, with an extension where there is one."""
    form = "a phone number of digits, spaces and + ( ) - . with an extension such as x12"
    shape = shapes.Matching(r"\+?[0-9(][0-9 ().\-/]{1,30}( ?(x|ext\.?) ?\d{1,8})?", form)
    options.setdefault("searched", True)
    return _field("phone", shape, en, es, options)


def email(en: str, es: str, **options: Unpack[Options]) -> Field:
    """An e-mail address; whether it exists only a message can tell."""
    shape = shapes.Matching(r"[^\s@<>\"\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,190}", "an e-mail address")
    return _field("email", shape, en, es, options)


def url(en: str, es: str, **options: Unpack[Options]) -> Field:
    """The address of a page on the web; no other scheme than http and https can be clicked."""
    shape = shapes.Matching(
        r"https?://[^\s\"<>\\\x00-\x1f]{1,480}", "an address that begins with https:// or http://"
    )
    return _field("url", shape, en, es, options)


def group(
    en: str,
    es: str,
    *,
    parts: Mapping[str, Field],
    needs: Collection[str] = (),
    check: shapes.Check | None = None,
    **options: Unpack[Options],
) -> Field:
    """An object of parts that are one unit: none of them means anything without the others."""
    shape = shapes.Group({name: part.shape for name, part in parts.items()}, needs, check)
    return replace(_field("group", shape, en, es, options), parts=parts)


def listing(
    en: str,
    es: str,
    of: Field,
    *,
    items_max: int = LIST_ITEMS_MAX,
    least: int = 0,
    **options: Unpack[Options],
) -> Field:
    """A list that is one unit, such as the lines of an address."""
    return replace(_field("list", shapes.Listing(of.shape, items_max, least), en, es, options), of=of)


def members(of: Field, **options: Unpack[Options]) -> Field:
    """
    A set: each member is a unit, and null takes it out. Adding wins over removing unless a rule says
    otherwise.
    """
    options.setdefault("rule", present())
    made = replace(of, of=of, many=True, **options)
    made.shape.allow_none = made.rule.name in _CLEARABLE
    return made


def log_of(of: Field) -> Field:
    """An append-only set: a member is said once and never taken out."""
    return members(of, rule=once())


def answers(en: str, es: str, **options: Unpack[Options]) -> Field:
    """The answers of one administered instrument, which never blend with another's."""
    return _field("answers", shapes.Answers(), en, es, options)


def content(en: str, es: str, *, bytes_max: int, **options: Unpack[Options]) -> Field:
    """An object whose form something else defines."""
    return _field("object", shapes.Object(bytes_max), en, es, options)


def signature() -> Field:
    """What somebody signed: the content itself, its digest and the live writes that it rests on."""
    seen = listing("Seen", "Visto", digest("Name", "Nombre"), items_max=2_000)
    return group(
        "Signature",
        "Firma",
        parts={
            "content": content("Content", "Contenido", bytes_max=SIGNATURE_BYTES_MAX),
            "digest": digest("Digest", "Resumen"),
            "seen": seen,
            "by": reference("Signed by", "Firmado por"),
            "at": instant("Signed at", "Firmado el"),
            "title": line("Title", "Título"),
        },
        needs=("content", "digest", "seen", "by", "at"),
        rule=once(),
    )


def searchable(declared: Field, value: Any) -> list[str]:
    """The words of a value that free text search looks at, whatever form a newer schema gave it."""
    if declared.parts:
        inside = value if isinstance(value, dict) else {}
        return [word for name, part in declared.parts.items() for word in searchable(part, inside.get(name))]
    if declared.kind == "list" and declared.of is not None:
        entries = value if isinstance(value, list) else []
        return [word for entry in entries for word in searchable(declared.of, entry)]
    return [value] if declared.searched and isinstance(value, str) and value else []


def _field(kind: str, shape: Shape[Any], en: str, es: str, options: Options) -> Field:
    made = Field(kind=kind, shape=shape, label=Label(en, es), **options)
    shape.allow_none = made.rule.name in _CLEARABLE
    return made
