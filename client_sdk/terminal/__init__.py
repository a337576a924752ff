"""
The terminal tablet: `doorstep tablet …`, everything that a tablet does, from a shell or a script.
"""

from .access import Access
from .main import cli

__all__ = ["Access", "cli"]
