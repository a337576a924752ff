"""
What is planted, room by room.
"""

from typing import Final

from tests.mutants.planted.answering import ANSWERING
from tests.mutants.planted.merging import MERGING
from tests.mutants.planted.pulling import PULLING
from tests.mutants.planted.serving import SERVING
from tests.mutants.planted.tablet import TABLET
from tests.mutants.tree import Defect

PLANTED: Final[tuple[Defect, ...]] = (*MERGING, *ANSWERING, *TABLET, *SERVING, *PULLING)
