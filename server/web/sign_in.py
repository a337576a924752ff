"""
Signing in: flask-security set up for this house, with our store, our pages, and one strict second factor.

Argon2id with a pepper of the installation; a code of an authenticator app that opens once; passkeys; recovery
codes that are shown once. Everybody needs a second factor. What the library would send by mail is off.
"""

from datetime import timedelta
from typing import Any, Final

from flask import Flask, redirect, url_for
from flask_babel import lazy_gettext as _l
from flask_security import LoginForm, MfRecoveryCodesUtil, PasswordUtil, Security, UserMixin, WebauthnUtil
from flask_security.totp import Totp
from passlib.totp import TOTP, TokenError
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from zxcvbn import zxcvbn

from sync.ids import encode_bytes

from ..house import House
from ..services.access import accounts
from .identity import AUTHENTICATOR, Store
from .translations import Catalogue

NAME: Final = "Doorstep"
"""What authenticator apps and passkeys show beside the person's name."""

PASSWORD_CHARS_MIN: Final = 10
PASSWORD_CHARS_MAX: Final = 128
"""More is not safer, and zxcvbn takes long over it."""

SCORE_MIN: Final = 3
"""Of zxcvbn's 0..4: some 10^8 guesses at least."""

CODES: Final = 10
"""Recovery codes in a set."""

WINDOW_S: Final = 30
"""Seconds that an authenticator's clock may be off."""

MESSAGES: Final = {
    "GENERIC_AUTHN_FAILED": (_l("E-mail address or password is not right."), "danger"),
    "INVALID_CODE": (_l("This code is not right, or was used already. Wait for the next one."), "danger"),
    "TWO_FACTOR_INVALID_TOKEN": (
        _l("This code is not right, or was used already. Wait for the next one."),
        "danger",
    ),
    "INVALID_RECOVERY_CODE": (_l("This is no unused recovery code."), "danger"),
    "INVALID_PASSWORD": (_l("This password is not right."), "danger"),
    "EMAIL_NOT_PROVIDED": (_l("Enter your e-mail address."), "danger"),
    "INVALID_EMAIL_ADDRESS": (_l("This is no e-mail address."), "danger"),
    "PASSWORD_NOT_PROVIDED": (_l("Enter your password."), "danger"),
    "DISABLED_ACCOUNT": (_l("This account waits for an administrator."), "danger"),
    "PASSWORD_INVALID_LENGTH": (_l("A password needs at least %(length)s characters."), "danger"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two passwords differ."), "danger"),
    "PASSWORD_IS_THE_SAME": (_l("The new password must differ from the old one."), "danger"),
    "PASSWORD_CHANGE": (_l("Your password is changed."), "success"),
    "REAUTHENTICATION_REQUIRED": (_l("Confirm that it is you before you go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you. Go on."), "success"),
    "UNAUTHENTICATED": (_l("Sign in to see this page."), "info"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("Your authenticator app is set up."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("Begin with your e-mail address and password."), "info"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("That took too long. Please begin again."), "danger"),
    "WEBAUTHN_EXPIRED": (_l("That took too long. Please begin again."), "danger"),
    "WEBAUTHN_NAME_REQUIRED": (_l("Give the passkey a name by which you know it."), "danger"),
    "WEBAUTHN_NAME_INUSE": (_l("You have a passkey called %(name)s already."), "danger"),
    "WEBAUTHN_NAME_NOT_FOUND": (_l("You have no passkey called %(name)s."), "danger"),
    "WEBAUTHN_CREDENTIAL_DELETED": (_l("The passkey %(name)s is removed."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (_l("The passkey %(name)s is added."), "success"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_l("This passkey is not known here."), "danger"),
    "WEBAUTHN_NO_VERIFY": (_l("The passkey could not be checked."), "danger"),
    "ANONYMOUS_USER_REQUIRED": (_l("You are signed in already."), "info"),
    "API_ERROR": (_l("Please begin again."), "danger"),
}


def set_up(app: Flask, house: House, catalogue: Catalogue) -> Security:
    """Configure flask-security and hang its pages under `/sign-in` and `/account`."""
    secret = house.sealer.installation_key
    cost = house.providers.kdf_cost
    app.config.update(
        SECRET_KEY=secret(b"web sessions"),
        SECURITY_PASSWORD_SALT=encode_bytes(secret(b"passwords")),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=False,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__memory_cost": cost.memory_kib,
            "argon2__time_cost": cost.passes,
            "argon2__parallelism": cost.lanes,
        },
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_CHARS_MIN,
        SECURITY_TOTP_SECRETS={"1": encode_bytes(secret(b"authenticators"))},
        SECURITY_TOTP_ISSUER=NAME,
        **_features(),
        **_places(),
        **{f"SECURITY_MSG_{name}": said for name, said in MESSAGES.items()},
    )
    security = Security(
        login_form=SignInForm,
        totp_cls=_totp_of(house),
        mf_recovery_codes_util_cls=_recovery_codes_of(house),
        password_util_cls=Passwords,
        webauthn_util_cls=Passkeys,
    )
    security.init_app(app, Store(house))
    security.i18n_domain.get_translations = catalogue.get_translations
    _leave_machines_alone(app, security)
    # Its page of rescue sends mail; ours leads to the recovery codes.
    app.view_functions["security.two_factor_rescue"] = lambda: redirect(url_for("security.mf_recovery"))
    return security


def _leave_machines_alone(app: Flask, security: Security) -> None:
    """
    Take back what would read the body of every request to look for a token: we sign people in by cookie only.

    The tablets' doors read bodies within bounds of their own.
    """
    security.login_manager.request_loader(None)
    app.before_request_funcs[None].remove(security.principal._on_before_request)


def _features() -> dict[str, Any]:
    never = timedelta(seconds=0)
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": [AUTHENTICATOR],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": WINDOW_S,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_LOGIN_VALIDITY": never,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": CODES,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": NAME,
        # By an address alone nobody learns who has a passkey here.
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": timedelta(minutes=30),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_STATIC_FOLDER_URL": None,
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def _places() -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_VERIFY_URL": "/sign-in/confirm",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/choose",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
        "SECURITY_WAN_DELETE_URL": "/account/passkeys/remove",
        "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
        "SECURITY_WAN_VERIFY_URL": "/sign-in/confirm-passkey",
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
        "SECURITY_UNAUTHORIZED_VIEW": None,
    }


class Passkeys(WebauthnUtil):
    """
    Passkeys of any kind; one that signs in alone is found without a name and proves who holds it.

    The library would take only keys that are carried about for that, and no fingerprint of a laptop.
    """

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        """What a new passkey must be able to do."""
        if usage == "first":
            return AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        return AuthenticatorSelectionCriteria(user_verification=UserVerificationRequirement.DISCOURAGED)

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        """Whether the holder must prove who they are: where no password came before."""
        if "secondary" in usage:
            return UserVerificationRequirement.DISCOURAGED
        return UserVerificationRequirement.REQUIRED


class SignInForm(LoginForm):
    """Tells those who gave the right password what else is wrong, and nobody else."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether they go on to the second factor."""
        if super().validate(**kwargs):
            return True
        if self.user_authenticated and self.ifield is not None:
            self.form_errors.extend(self.ifield.errors)
        return False


class Passwords(PasswordUtil):
    """Judges a new password by how hard it is to guess, not by what signs it has."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with it, and the password as it is hashed."""
        wrong, normal = super().validate(password[:PASSWORD_CHARS_MAX], is_register, **kwargs)
        if wrong:
            return [str(sentence) for sentence in wrong], normal
        user = kwargs.get("user")
        known = [NAME] if user is None else [NAME, *user.calc_username().split()]
        if zxcvbn(normal, user_inputs=known)["score"] < SCORE_MIN:
            advice = _l("This password is easy to guess. Take several words that do not belong together.")
            return [str(advice)], normal
        return None, normal


def _totp_of(house: House) -> type[Totp]:
    class HouseTotp(Totp):
        """Codes by the house's clock, each of which opens once."""

        def __init__(self, secrets: Any, issuer: str) -> None:
            super().__init__(secrets, issuer)
            self._totp = TOTP.using(
                issuer=issuer, secrets=secrets, now=lambda: house.providers.now_ms() / 1000
            )

        def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
            """Whether this is the code of now, unused."""
            try:
                match = self._totp.verify(token, totp_secret, window=WINDOW_S)
            except TokenError:
                return False
            # While another secret is set up, a code of the old one in the same half minute does not matter.
            setting_up = user.tf_totp_secret != totp_secret
            with house.database.writing() as rows:
                unused = accounts.use_totp(rows, user.person, match.counter)  # type: ignore[attr-defined]  # our account
            return unused or setting_up

        def generate_qrcode(self, username: str, totp: str) -> str:
            """Where the page finds the picture: the policy for content allows none inside a page."""
            return url_for("account.authenticator_picture")

    return HouseTotp


def _recovery_codes_of(house: House) -> type[MfRecoveryCodesUtil]:
    class HouseRecoveryCodes(MfRecoveryCodesUtil):
        """Codes that are kept as digests."""

        def create_recovery_codes(self, user: UserMixin) -> list[str]:
            """A new set, shown now and never again."""
            codes = [_code(house.providers.entropy(8)) for _ in range(CODES)]
            with house.database.writing() as rows:
                accounts.set_recovery_codes(rows, house.sealer, user.person, codes)  # type: ignore[attr-defined]  # our account
            return codes

        def get_recovery_codes(self, user: UserMixin) -> list[str]:
            """None can be shown again."""
            return []

        def check_recovery_code(self, user: UserMixin, code: str) -> bool:
            """Whether it is unused."""
            with house.database.reading() as rows:
                return accounts.has_recovery_code(rows, house.sealer, user.person, code)  # type: ignore[attr-defined]  # our account

        def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
            """Use it up."""
            with house.database.writing() as rows:
                return accounts.use_recovery_code(rows, house.sealer, user.person, code)  # type: ignore[attr-defined]  # our account

    return HouseRecoveryCodes


def _code(random: bytes) -> str:
    """Sixteen characters in groups of four, each a hexadecimal digit."""
    digits = random.hex()
    return "-".join(digits[n : n + 4] for n in range(0, len(digits), 4))
