"""
The command `doorstep`: where the server's side and the tablet's side are put together.

Nobody imports this package, and it is the only one that may know both sides.
"""

from .main import main

__all__ = ["main"]
