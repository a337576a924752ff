"""
Who does what in a history: each module of actors has one table `DOINGS`, {kind of act: what is done}; this is all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.simulation.actors import clinical, field, misfits, office, pocket, power
from tests.simulation.world import Doing

DOINGS: Final[Mapping[str, Doing]] = {
    **field.DOINGS,
    **clinical.DOINGS,
    **misfits.DOINGS,
    **office.DOINGS,
    **pocket.DOINGS,
    **power.DOINGS,
}
