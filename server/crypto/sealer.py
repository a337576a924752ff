"""
The sealer: what is kept at rest is sealed here and opened here.

Opened keys stay in memory, the least used go first. Sealing for a subject without a key makes the key, in a
transaction of the key store that is done before the box exists; opening never makes one.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ..errors import Unopenable
from . import names
from .boxes import KEY_BYTES, NONCE_BYTES, Sealless, open_, seal
from .keystore import INSTALLATION, KeyStore

KEYS_MAX: Final = 20_000
"""Opened keys kept in memory: every subject of a large agency, some 10 MB."""


class Item(NamedTuple):
    """Something to seal: `context` binds it to its place and must be the same at opening."""

    subject: str
    context: bytes
    content: bytes


class Sealed(NamedTuple):
    """Something to open."""

    subject: str
    context: bytes
    box: bytes


class Sealer:
    """Seals and opens for all agencies, by a key per subject."""

    def __init__(self, keys: KeyStore, entropy: Callable[[int], bytes]) -> None:
        self.keys = keys
        self._entropy = entropy
        self._opened = _Opened()
        self._agencies: dict[str, _AgencyKeys] = {}
        self._uses: dict[bytes, bytes] = {}

    def seal(self, agency: str, subject: str, context: bytes, content: bytes) -> bytes:
        """
        Seal one content for a subject.

        Raises:
            KeyDestroyed: The subject was erased.
        """
        return self.seal_many(agency, [Item(subject, context, content)])[0]

    def open(self, agency: str, subject: str, context: bytes, box: bytes) -> bytes:
        """
        Open one box.

        Raises:
            KeyDestroyed: The subject was erased.
            Unopenable: Another key, another context, or changed bytes.
        """
        return self.open_many(agency, [Sealed(subject, context, box)])[0]

    def seal_many(self, agency: str, items: Sequence[Item]) -> list[bytes]:
        """Seal many, in their order; missing keys are made in one transaction."""
        keys = self._keys_of(agency, {item.subject for item in items}, create=True)
        nonces = self._entropy(NONCE_BYTES * len(items))
        return [
            seal(keys[subject], nonces[n : n + NONCE_BYTES], content, context)
            for n, (subject, context, content) in zip(range(0, len(nonces), NONCE_BYTES), items, strict=True)
        ]

    def open_many(self, agency: str, boxes: Sequence[Sealed]) -> list[bytes]:
        """
        Open many, in their order; keys that are not in memory are read at once.

        Raises:
            KeyDestroyed: A subject was erased.
            Unopenable: One of them does not open.
        """
        keys = self._keys_of(agency, {box.subject for box in boxes}, create=False)
        return [_open(agency, keys, *box) for box in boxes]

    def name_tokens(self, agency: str, name: str) -> list[bytes]:
        """The tokens under which a name is filed, see `names`."""
        return names.name_tokens(self._agency(agency).names, name)

    def query_tokens(self, agency: str, typed: str) -> list[bytes]:
        """The tokens of what somebody typed to find a name."""
        return names.query_tokens(self._agency(agency).names, typed)

    def login_token(self, e_mail: str) -> bytes:
        """The digest under which a login is filed, the same in all agencies."""
        return hmac.digest(self._agency(INSTALLATION).names, e_mail.strip().casefold().encode(), "sha256")

    def installation_key(self, use: bytes) -> bytes:
        """A key of this installation for one use, the same in all its processes and after each start."""
        key = self._uses.get(use)
        if key is None:
            key = self._uses[use] = _derived(self.keys.agency_key(INSTALLATION), use)
        return key

    def destroy(self, agency: str, subject: str) -> None:
        """Destroy a subject's key for ever: what is sealed with it stays sealed."""
        self.keys.destroy(agency, subject)
        self._opened.drop((agency, subject))

    def _keys_of(self, agency: str, subjects: set[str], *, create: bool) -> dict[str, AESGCM]:
        found: dict[str, AESGCM] = {}
        for subject in subjects:
            key = self._opened.get((agency, subject))
            if key is not None:
                found[subject] = key
        missing = subjects - found.keys()
        if missing:
            found |= self._fetch(agency, missing, create=create)
        return found

    def _fetch(self, agency: str, subjects: set[str], *, create: bool) -> dict[str, AESGCM]:
        wrapping = self._agency(agency).wrapping
        raw = self.keys.subject_keys(agency, wrapping, sorted(subjects))
        missing = sorted(subjects - raw.keys())
        if missing and create:
            raw |= self.keys.create_subject_keys(agency, wrapping, missing)
        fetched = {subject: AESGCM(key) for subject, key in raw.items()}
        for subject, key in fetched.items():
            self._opened.put((agency, subject), key)
        return fetched

    def _agency(self, agency: str) -> "_AgencyKeys":
        keys = self._agencies.get(agency)
        if keys is None:
            keys = self._agencies[agency] = _AgencyKeys.of(self.keys.agency_key(agency))
        return keys


class _AgencyKeys(NamedTuple):
    """What is derived from an agency's key: one key per use."""

    wrapping: AESGCM
    names: bytes

    @classmethod
    def of(cls, key: bytes) -> "_AgencyKeys":
        return cls(wrapping=AESGCM(_derived(key, b"wrap")), names=_derived(key, b"names"))


class _Opened:
    """Opened keys by (agency, subject), the least used go first."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[str, str], AESGCM] = OrderedDict()
        self._lock = Lock()

    def get(self, name: tuple[str, str]) -> AESGCM | None:
        with self._lock:
            key = self._keys.get(name)
            if key is not None:
                self._keys.move_to_end(name)
            return key

    def put(self, name: tuple[str, str], key: AESGCM) -> None:
        with self._lock:
            self._keys[name] = key
            if len(self._keys) > KEYS_MAX:
                self._keys.popitem(last=False)

    def drop(self, name: tuple[str, str]) -> None:
        with self._lock:
            self._keys.pop(name, None)


def _open(agency: str, keys: dict[str, AESGCM], subject: str, context: bytes, box: bytes) -> bytes:
    key = keys.get(subject)
    if key is None:
        raise Unopenable(agency, subject)
    try:
        return open_(key, box, context)
    except Sealless:
        raise Unopenable(agency, subject) from None


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, b"doorstep agency " + use).derive(key)
