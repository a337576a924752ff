"""
The office's commands: each opens the house, says who acts, calls one service and shows what came of it.
"""

from .main import cli

__all__ = ["cli"]
