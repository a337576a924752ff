"""
Health: whether the server could answer a tablet now.
"""

from sqlalchemy.exc import SQLAlchemyError

from ...crypto.keystore import INSTALLATION
from ...errors import Unready
from ...house import House
from ...migrations import at_head


def check(at: House) -> None:
    """
    Ask the database, its shape, the key store and the master key.

    Raises:
        Unready: One of them is away or behind; `part` names it.
    """
    try:
        with at.database.reading() as session:
            newest = at_head(session.connection())
    except SQLAlchemyError:
        raise Unready("database") from None
    if not newest:
        raise Unready("migrations")
    try:
        at.sealer.keys.agency_key(INSTALLATION)
    except SQLAlchemyError:
        raise Unready("key store") from None
