"""
Jobs: what the server does by itself, every minute.

A *scan* looks at what is due by the records and the clock, and does it. Nothing is lost with a job: the next scan
finds the same things due. Which queue calls it follows from the database: huey beside SQLite, procrastinate in
PostgreSQL.
"""

from .running import run
from .scan import Scanned, scan

__all__ = ["Scanned", "run", "scan"]
