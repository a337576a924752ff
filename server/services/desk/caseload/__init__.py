"""
Caseload: who carries how much, and whom nobody must forget.

    board(session, sealer, by, now_ms=...)                a line a worker, the heaviest load first
    clients(session, sealer, by, worker, now_ms=...)      one worker's clients, the riskiest first
    forgotten(session, sealer, by, now_ms=...)            by name: no contact, refused twice, no interpreter

A load is counted raw, and in hours of this month: each planned visit costs the way, the visit and its
documentation, and each client adds hours by the highest open risk; all as the agency has set (`policy`). Clients
are handed on by `handover.offer`, one or many.
"""

from .carried import Carried, clients
from .forgotten import NO_CONTACT, NO_INTERPRETER, REFUSED, WHYS, Forgotten, forgotten, forgotten_rows
from .loads import Load, board

__all__ = [
    "NO_CONTACT",
    "NO_INTERPRETER",
    "REFUSED",
    "WHYS",
    "Carried",
    "Forgotten",
    "Load",
    "board",
    "clients",
    "forgotten",
    "forgotten_rows",
]
