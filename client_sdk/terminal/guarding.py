"""
Guarding: the secret that opens this tablet.
"""

import os
from typing import Final

from .access import Session, prompted, tablet_command
from .screen import tell

NEW_SECRET_VARIABLE: Final = "DOORSTEP_NEW_SECRET"  # noqa: S105  # the name of a variable


@tablet_command("change-secret")
def change_secret(session: Session) -> None:
    """Set another PIN or passphrase. What is saved stays as it is; no server is asked."""
    old = session.asked_secret()
    with session.opened_with(old) as tablet:
        new = os.environ.get(NEW_SECRET_VARIABLE) or prompted("New PIN or passphrase", new=True)
        tablet.change_secret(old, new)
    tell(session, {"changed": True}, ["The secret is changed. The old one opens nothing any more."])


COMMANDS: Final = (change_secret,)
