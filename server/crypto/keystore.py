"""
The key store: wrapped keys of agencies and subjects, in a database of their own.

It lies apart from the database and from its backups, so that destroying one row here makes every copy of a
subject's content unreadable. A destroyed key leaves a mark and is never made anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from sync.ids import canonical

from ..db import ORDERED_TEXT, Database
from ..errors import KeyDestroyed, Unopenable, Unready
from .boxes import KEY_BYTES, NONCE_BYTES, Sealless, open_, seal
from .master import MasterKey

INSTALLATION: Final = "installation"
"""In place of an agency: the key for what is unique in the whole installation, such as logins."""

ASKED_MAX: Final = 500
"""Subjects asked for in one statement, below every database's limit of parameters."""


class _Base(DeclarativeBase):
    """The key store's tables have nothing to do with those of the database."""

    type_annotation_map = {str: ORDERED_TEXT}  # noqa: RUF012  # as SQLAlchemy reads it


class _AgencyKey(_Base):
    __tablename__ = "agency_key"

    agency: Mapped[str] = mapped_column(primary_key=True)
    master: Mapped[str]
    wrapped: Mapped[bytes]


class _SubjectKey(_Base):
    __tablename__ = "subject_key"

    agency: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes | None]
    """Nothing once it is destroyed."""


class KeyStore:
    """Wrapped keys, and the master key that opens them."""

    def __init__(self, database: Database, master: MasterKey, entropy: Callable[[int], bytes]) -> None:
        self._database = database
        self._master = master
        self._entropy = entropy

    def create(self) -> None:
        """Make the tables and the installation's key where they are missing."""
        _Base.metadata.create_all(self._database.engine)
        self.create_agency(INSTALLATION)

    def create_agency(self, agency: str) -> None:
        """Make the agency's key if it has none. Only this makes one: a lost key must not be papered over."""
        wrapped = self._master.wrap(self._entropy(KEY_BYTES), _context(agency))
        row = {"agency": agency, "master": self._master.id, "wrapped": wrapped}
        with self._database.writing() as session:
            _insert_missing(session, _AgencyKey, [row])

    def agency_key(self, agency: str) -> bytes:
        """
        The agency's key, 32 bytes.

        Raises:
            Unready: There is none, or another master key wrapped it.
        """
        with self._database.reading() as session:
            wrapped = session.scalar(select(_AgencyKey.wrapped).where(_AgencyKey.agency == agency))
        if wrapped is None:
            raise Unready("key store")
        return self._master.unwrap(wrapped, _context(agency))

    def subject_keys(self, agency: str, wrapping: AESGCM, subjects: Iterable[str]) -> dict[str, bytes]:
        """
        The keys of those subjects that have one, opened with the agency's key.

        Raises:
            KeyDestroyed: A subject was erased.
            Unopenable: A wrapped key was changed or belongs elsewhere.
        """
        with self._database.reading() as session:
            found = _found(session, agency, list(subjects))
        return {subject: _unwrap(wrapping, agency, subject, wrapped) for subject, wrapped in found.items()}

    def create_subject_keys(self, agency: str, wrapping: AESGCM, subjects: Iterable[str]) -> dict[str, bytes]:
        """
        The keys of all these subjects, made where they are missing; two processes end with the same.

        Raises:
            KeyDestroyed: A subject was erased.
        """
        wanted = list(subjects)
        rows = [
            {"agency": agency, "subject": subject, "wrapped": self._new(wrapping, agency, subject)}
            for subject in wanted
        ]
        with self._database.writing() as session:
            _insert_missing(session, _SubjectKey, rows)
            found = _found(session, agency, wanted)
        return {subject: _unwrap(wrapping, agency, subject, wrapped) for subject, wrapped in found.items()}

    def destroy(self, agency: str, subject: str) -> None:
        """Destroy a subject's key for ever, also one that was never made."""
        with self._database.writing() as session:
            _insert_missing(session, _SubjectKey, [{"agency": agency, "subject": subject, "wrapped": None}])
            here = (_SubjectKey.agency == agency) & (_SubjectKey.subject == subject)
            session.execute(update(_SubjectKey).where(here).values(wrapped=None))

    def rewrap(self, master: MasterKey) -> int:
        """
        Wrap every agency's key by another master key, all or none, and go on with that one.

        Returns:
            How many keys were wrapped anew.
        """
        with self._database.writing() as session:
            rows = session.execute(select(_AgencyKey.agency, _AgencyKey.wrapped)).all()
            for agency, wrapped in rows:
                key = self._master.unwrap(wrapped, _context(agency))
                values = {"wrapped": master.wrap(key, _context(agency)), "master": master.id}
                session.execute(update(_AgencyKey).where(_AgencyKey.agency == agency).values(values))
        self._master = master
        return len(rows)

    def _new(self, wrapping: AESGCM, agency: str, subject: str) -> bytes:
        drawn = self._entropy(KEY_BYTES + NONCE_BYTES)
        return seal(wrapping, drawn[KEY_BYTES:], drawn[:KEY_BYTES], _context(agency, subject))


def _insert_missing(session: Session, table: type[_Base], rows: Sequence[Mapping[str, object]]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _found(session: Session, agency: str, subjects: list[str]) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for start in range(0, len(subjects), ASKED_MAX):
        some = subjects[start : start + ASKED_MAX]
        here = (_SubjectKey.agency == agency) & _SubjectKey.subject.in_(some)
        for subject, wrapped in session.execute(select(_SubjectKey.subject, _SubjectKey.wrapped).where(here)):
            found[subject] = wrapped
    return found


def _unwrap(wrapping: AESGCM, agency: str, subject: str, wrapped: bytes | None) -> bytes:
    if wrapped is None:
        raise KeyDestroyed(subject)
    try:
        return open_(wrapping, wrapped, _context(agency, subject))
    except Sealless:
        raise Unopenable(agency, subject) from None


def _context(*parts: str) -> bytes:
    return canonical(["doorstep key", *parts])
