"""
Kept seeds: histories that found a defect, each with what it found. They are lived through again with every test run.
"""

from typing import Final

SEEDS: Final[dict[int, str]] = {
    2: "a save that was interrupted in its commit left a transaction open: nothing could be saved, nor locked",
    54: "what an earlier message had sent was called `on this tablet only` after a smaller one had failed, too",
}
