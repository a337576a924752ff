"""
Kept seeds: histories that found a defect, each with what it found. They are lived through again with every test run.
"""

from typing import Final

SEEDS: Final[dict[int, str]] = {
    2: "a save that was interrupted in its commit left a transaction open: nothing could be saved, nor locked",
}
