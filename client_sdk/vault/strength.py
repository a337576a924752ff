"""
What counts as a good enough secret, and which kind a text is.

A secret of digits alone is a *PIN*: few possibilities, so it needs a device secret beside it. All else is a
*passphrase*, which stands alone and must score at zxcvbn (Wheeler 2016) what ten thousand fast guesses do
not find.
"""

import unicodedata
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from zxcvbn import zxcvbn

from ..errors import WeakSecret

SecretKind: TypeAlias = Literal["pin", "passphrase"]

PIN_DIGITS_MIN: Final = 6
"""NIST SP 800-63B §5.1.1.1 asks for six digits where a counter limits the tries."""
PASSPHRASE_SCORE_MIN: Final = 3
"""zxcvbn's 3 of 4: safe against offline guessing at a slow hash, which Argon2id is."""
SECRET_CHARACTERS_MAX: Final = 256
"""Longer adds nothing, and zxcvbn's time grows with the square."""
_SCORED_CHARACTERS: Final = 72
"""What zxcvbn looks at; more characters can only make it stronger."""


def kind_of(secret: str) -> SecretKind:
    """Tell a PIN (ASCII digits alone) from a passphrase."""
    return "pin" if secret.isascii() and secret.isdigit() else "passphrase"


def normal(secret: str) -> bytes:
    """One spelling for what looks the same, whatever keyboard typed it."""
    return unicodedata.normalize("NFKC", secret).encode()


def check_strength(secret: str) -> None:
    """
    Let a good secret pass.

    Raises:
        WeakSecret: It breaks a rule, which the text names.
    """
    if len(secret) > SECRET_CHARACTERS_MAX:
        raise WeakSecret(f"a passphrase has at most {SECRET_CHARACTERS_MAX} characters")
    if kind_of(secret) == "pin":
        _check_pin(secret)
    else:
        _check_passphrase(secret)


def _check_pin(pin: str) -> None:
    if len(pin) < PIN_DIGITS_MIN:
        raise WeakSecret(f"a PIN has at least {PIN_DIGITS_MIN} digits")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise WeakSecret("a PIN is not one digit repeated nor digits in a row")


def _check_passphrase(passphrase: str) -> None:
    if not passphrase:
        raise WeakSecret("a passphrase is not empty")
    score = zxcvbn(passphrase[:_SCORED_CHARACTERS])["score"]
    if score < PASSPHRASE_SCORE_MIN:
        raise WeakSecret(
            f"a passphrase scores at least {PASSPHRASE_SCORE_MIN} of 4 against guessing, this one {score}: "
            "use four or more unrelated words"
        )
