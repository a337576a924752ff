"""
What every record type is made of.

A type is a class in `records/` whose class attributes are its fields. It is never instantiated: a record is
merged by `sync` and read through a view. What a type knows about a view (its columns, facts, checks and
names) it says by overriding the methods here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from sync import CheckFlag, Json, RecordView

from .fields import Field, Label

Subject: TypeAlias = Literal["client", "worker", "agency"]
"""What a record belongs to."""

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Fact:
    """
    A row of the server's read models: ids, codes, levels and dates, and never a name or a word.

    `kind` and `key` are unique within a record: `key` is the record's id, or the worker, member, kind of risk
    or instrument that the fact is about. `at` is a day, or a moment in UTC, as text.
    """

    kind: str
    key: str
    code: str | None = None
    at: str | None = None
    worker: str | None = None


class Record:
    """A record type; subclasses declare its fields."""

    type: ClassVar[str]
    """Its name in changesets: the class name in lower case with underscores."""
    subject: ClassVar[Subject] = "client"
    title: ClassVar[Label]
    fields: ClassVar[Mapping[str, Field]]
    """{field name: field} in the order of the form."""
    identity: ClassVar[tuple[str, ...]] = ()
    """Fields that, with the subject, make the id: two tablets meet in one record."""
    is_subject: ClassVar[bool] = False
    """Whether the record's id is its subject's."""

    def __init_subclass__(
        cls,
        *,
        title: tuple[str, str],
        subject: Subject = "client",
        identity: tuple[str, ...] = (),
        is_subject: bool = False,
    ) -> None:
        cls.type = _CAPITAL.sub("_", cls.__name__).lower()
        cls.title = Label(*title)
        cls.subject = subject
        cls.identity = identity
        cls.is_subject = is_subject
        cls.fields = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """{index column: value}, every column also where it is empty; lists sort and filter by them."""
        return {}

    @classmethod
    def about_subject(cls, view: RecordView) -> dict[str, Json]:
        """What this record says in the row of its subject, `{column: value}`; see `SUBJECT_COLUMNS`."""
        return {}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Projection rows."""
        return ()

    @classmethod
    def outlives_retraction(cls, view: RecordView) -> bool:
        """Whether it goes on counting though somebody retracted it, until a person of the office has seen it."""
        return False

    @classmethod
    def names(cls, view: RecordView) -> Iterable[str]:
        """Names under which people look the record up."""
        return ()

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """What fields that merged on their own say together, and cannot be right."""
        return ()

    @classmethod
    def greatest(cls, column: str, one: Json, other: Json) -> Json:
        """Which of two values of `about_subject` the subject's row shows."""
        return max(one, other, key=str)
