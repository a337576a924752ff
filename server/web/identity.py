"""
Who signs in, as flask-security sees it: accounts and passkeys over our own services, without an e-mail address.

The library asks for a user by an e-mail address, by what its session holds, or by what a passkey carries, and
puts back what it changed. Each of these is one transaction. `Account.email` is the digest of the address: the
library compares it to tell two people apart, and never shows it.
"""

from datetime import UTC, datetime
from typing import Any, Final

from flask_babel import gettext
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore

from sync.ids import encode_bytes

from ..house import House
from ..services.access import accounts
from ..services.access.people import Person

AUTHENTICATOR: Final = "authenticator"
"""The second factor by code that we offer: mail and SMS are no second factors."""


class Role(RoleMixin):
    """A role by its name; permissions are declared at each route, not here."""

    def __init__(self, name: str) -> None:
        self.name = name


class Account(UserMixin):
    """An account while a request looks at it; what the library changes is kept by `Store.put`."""

    # The library looks for these names on the class.
    fs_uniquifier: str = ""
    fs_webauthn_user_handle: str = ""

    def __init__(self, found: accounts.Found, store: "Store") -> None:
        self.found = found
        self.person: Person = found.person
        self.id = f"{found.person.agency}/{found.person.id}"  # type: ignore[assignment]  # the library takes any key
        self.email = found.login
        self.active = found.person.state == "active"
        self.roles = [Role(found.person.role)]
        self.fs_uniquifier = found.uniquifier
        self.fs_webauthn_user_handle = found.passkey_handle
        self.password = found.password
        self.tf_totp_secret = found.totp
        self.tf_primary_method = AUTHENTICATOR if found.totp else None
        self._store = store
        self._passkeys: list[WebAuthnMixin] | None = None

    @property
    def webauthn(self) -> list[WebAuthnMixin]:  # type: ignore[override]  # a column to the library, a question here
        """Their passkeys, asked for when somebody wants to know."""
        if self._passkeys is None:
            self._passkeys = self._store.passkeys_of(self.person)
        return self._passkeys

    @property
    def factors(self) -> bool:
        """Whether any second factor is set up."""
        return bool(self.tf_totp_secret) or bool(self.webauthn)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """
        Whether the right password leads nowhere: without a second factor only an invitation leads to one.

        Else whoever learns the password before its owner goes on could set up a second factor of their own.
        """
        if not self.factors and form_error is not None:
            form_error.append(
                gettext("This account has no second factor. Ask an administrator to invite you.")
            )
        return not self.factors

    def calc_username(self) -> str:
        """What an authenticator app shows: the person's own name."""
        return self.found.name


class Passkey(WebAuthnMixin):
    """A passkey while a request looks at it."""

    def __init__(self, kept: accounts.Passkey) -> None:
        self.kept = kept
        self.name = kept.name
        self.credential_id = kept.id
        self.public_key = kept.public_key
        self.sign_count = kept.sign_count
        self.transports = list(kept.transports)
        self.extensions = kept.extensions
        self.usage = kept.usage
        self.backup_state = kept.backed_up
        self.device_type = kept.device_type
        self.lastuse_datetime = datetime.fromtimestamp(kept.used_ms / 1000, UTC)

    def get_user_mapping(self) -> dict[str, Any]:
        """How `Store.find_user` finds its owner."""
        return {"id": f"{self.kept.agency}/{self.kept.person}"}


class Store(UserDatastore):
    """Accounts for flask-security, in the house's own transactions."""

    def __init__(self, house: House) -> None:
        super().__init__(Account, Role, Passkey)
        self._house = house

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """The account of an e-mail address, a session's name, a passkey's handle, or an id."""
        ((kind, value),) = kwargs.items()
        sealer = self._house.sealer
        with self._house.database.reading() as session:
            if kind == "email":
                found = accounts.by_login(session, sealer, value)
            elif kind == "fs_uniquifier":
                found = accounts.by_uniquifier(session, sealer, value)
            elif kind == "fs_webauthn_user_handle":
                found = accounts.by_handle(session, sealer, value)
            else:
                assert kind == "id", f"nobody is found by {kind}"
                agency, _, person = value.partition("/")
                found = accounts.of_person(session, sealer, agency, person)
        return None if found is None else Account(found, self)

    def find_role(self, role: str) -> RoleMixin | None:
        """A role by its name."""
        return Role(role)

    def put(self, model: Any) -> Any:
        """Keep what changed of an account, or that a passkey was used."""
        with self._house.database.writing() as session:
            if isinstance(model, Passkey):
                accounts.passkey_used(session, self._used(model))
            else:
                self._put_account(session, model)
        return model

    def commit(self) -> None:
        """Each act was kept when it was done."""

    def delete(self, model: Any) -> None:
        """Forget a passkey; people are never deleted."""
        assert isinstance(model, Passkey), "an account ends with its person"
        with self._house.database.writing() as session:
            accounts.remove_passkey(session, model.kept.agency, model.kept.id)

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        """The passkey of this credential id."""
        with self._house.database.reading() as session:
            kept = accounts.passkey(session, self._house.sealer, credential_id)
        return None if kept is None else Passkey(kept)

    def create_webauthn(self, user: Account, **kwargs: Any) -> None:  # type: ignore[override]  # our account
        """Keep a new passkey of an account."""
        now_ms = self._house.providers.now_ms()
        made = accounts.Passkey(
            agency=user.person.agency,
            person=user.person.id,
            id=kwargs["credential_id"],
            public_key=kwargs["public_key"],
            sign_count=kwargs["sign_count"],
            transports=tuple(kwargs.get("transports") or ()),
            extensions=kwargs.get("extensions") or "",
            usage=kwargs["usage"],
            name=kwargs["name"],
            backed_up=bool(kwargs.get("backup_state")),
            device_type=str(getattr(kwargs.get("device_type"), "value", kwargs.get("device_type")) or ""),
            created_ms=now_ms,
            used_ms=now_ms,
        )
        with self._house.database.writing() as session:
            accounts.add_passkey(session, self._house.sealer, made)

    def passkeys_of(self, someone: Person) -> list[WebAuthnMixin]:
        """A person's passkeys."""
        with self._house.database.reading() as session:
            return [Passkey(kept) for kept in accounts.passkeys(session, self._house.sealer, someone)]

    def mf_set_recovery_codes(self, user: UserMixin, rcs: list[str] | None) -> None:
        """Replace the recovery codes."""
        assert isinstance(user, Account) or hasattr(user, "person")
        with self._house.database.writing() as session:
            accounts.set_recovery_codes(session, self._house.sealer, user.person, rcs or [])

    def mf_get_recovery_codes(self, user: UserMixin) -> list[str]:
        """As many marks as there are unused codes: the codes themselves are not kept."""
        with self._house.database.reading() as session:
            left = accounts.recovery_codes_left(session, user.person)  # type: ignore[attr-defined]  # our account
        return ["*"] * left

    def change_person(self, user: UserMixin, **changes: Any) -> None:
        """Keep single values of an account: language, theme, oidc."""
        with self._house.database.writing() as session:
            accounts.change(session, self._house.sealer, user.person, changes)  # type: ignore[attr-defined]  # ours

    def _put_account(self, session: Any, user: Any) -> None:
        found = user.found
        now = {
            "password": user.password,
            "uniquifier": user.fs_uniquifier,
            "totp": user.tf_totp_secret,
        }
        before = {"password": found.password, "uniquifier": found.uniquifier, "totp": found.totp}
        changes = {name: value for name, value in now.items() if value != before[name]}
        if "uniquifier" in changes:
            # The library makes one without an agency; ours has it in front.
            fresh = encode_bytes(self._house.providers.entropy(accounts.UNIQUIFIER_BYTES))
            user.fs_uniquifier = f"{user.person.agency}/{fresh}"
            changes["uniquifier"] = user.fs_uniquifier
        if changes:
            accounts.change(session, self._house.sealer, user.person, changes)

    def _used(self, key: Passkey) -> accounts.Passkey:
        kept = key.kept
        return accounts.Passkey(
            agency=kept.agency,
            person=kept.person,
            id=kept.id,
            public_key=kept.public_key,
            sign_count=key.sign_count,
            transports=kept.transports,
            extensions=kept.extensions,
            usage=kept.usage,
            name=kept.name,
            backed_up=bool(key.backup_state),
            device_type=kept.device_type,
            created_ms=kept.created_ms,
            used_ms=self._house.providers.now_ms(),
        )
