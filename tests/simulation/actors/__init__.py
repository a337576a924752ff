"""
Actors: who does what in a history. Each module has one table `DOINGS`, {kind of act: what is done}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..world import Doing
from . import clinical, field, misfits, office, pocket, power

DOINGS: Final[Mapping[str, Doing]] = {
    **field.DOINGS,
    **clinical.DOINGS,
    **misfits.DOINGS,
    **office.DOINGS,
    **pocket.DOINGS,
    **power.DOINGS,
}
