"""
Tales: what happens often, and what chance alone would seldom bring together.
"""

from __future__ import annotations

from typing import Final

OFTEN: Final[dict[str, int]] = {
    "edit": 14,
    "sync": 26,
    "hazard": 4,
    "note": 3,
    "narrate": 4,
    "risk": 4,
    "assess": 4,
    "complete": 2,
    "visit": 3,
    "sign": 2,
    "retract": 2,
    "settle": 3,
    "draft": 3,
    "end_draft": 2,
    "register": 2,
    "poison": 2,
    "large": 1,
    "newer": 2,
    "propose": 2,
    "dismiss": 1,
    "save_and_crash": 2,
    "restart": 1,
    "enrol_again": 1,
    "office_registers": 2,
    "office_edits": 4,
    "assign": 5,
    "unassign": 4,
    "cover": 3,
    "office_settles": 3,
    "choose": 1,
    "release": 3,
    "refuse": 1,
    "quote": 1,
    "review": 1,
    "confirm": 2,
    "glance": 3,
}
"""{kind of act: how often, beside the others}."""

ALWAYS: Final = ("edit", "sync", "assign", "unassign", "glance")

TALES: Final[dict[str, tuple[float, str]]] = {
    "an old copy": (0.35, "copy edit sync put_back"),
    "an old copy goes on": (
        0.15,
        "copy edit sync signal put_back edit hazard edit note edit hazard edit visit edit hazard edit signal sync",
    ),
    "a lost server": (0.35, "back_up sync restore"),
    "a server lost twice": (0.05, "back_up restore sync back_up sync restore"),
    "an older backup": (0.05, "back_up back_up restore"),
    "weeks away": (0.25, "signal edit signal"),
    "a suspicion": (0.15, "suspend sync confirm"),
    "a stolen tablet": (0.15, "edit revoke sync"),
    "a wrong clock": (0.25, "set_clock edit set_clock"),
    "a way in and out": (0.4, "assign sync unassign edit sync assign sync"),
    "a way out and in": (0.2, "edit unassign assign sync draft unassign sync assign sync"),
    "half typed at the end": (0.25, "assign sync draft unassign sync glance assign sync end_draft sync"),
    "two covers": (0.2, "cover sync cover edit sync unassign sync"),
    "a cover after the end": (0.3, "assign sync unassign sync cover sync sync sync"),
    "late work": (0.4, "poison sync release poison sync quote refuse"),
    "two forms": (0.2, "assess sync sync+ assess assess+ sync sync+ choose assess sync"),
    "one form twice": (0.3, "assign assign+ assess sync sync+ complete complete+ sync sync+ sync glance"),
    "a life in dispute": (0.3, "note sync sync+ retract narrate+ sync sync+ retract retract+ sync+ sync"),
    "two devices": (0.2, "note sync sync= narrate narrate= sync= sync"),
    "a signature": (0.2, "note sync sync+ sign narrate+ sync sync+"),
    "a key and a lost server": (
        0.12,
        "back_up copy edit sync put_back sync enrol_again edit sync restore sync",
    ),
    "a theft that was forgotten": (0.08, "back_up edit revoke sync restore sync"),
    "somebody new, forgotten": (0.15, "back_up register sync edit sync restore edit sync"),
    "a decision, forgotten": (0.15, "poison sync back_up release sync restore sync release"),
    "much at once": (0.25, "assign assign+ sync sync+ large sync sync+ large+ sync+ edit sync"),
    "a reader between": (0.3, "assign assign+ sync sync+ edit+ sync(sync+) sync(office_edits) sync"),
    "an entry in pieces": (
        0.25,
        "assign assign+ sync sync+ large+ sync+ unassign sync assign "
        "sync(office_edits,glance,office_edits,glance,glance,glance,glance,glance,glance,glance)",
    ),
    "a long answer": (0.25, "assign assign+ sync sync+ large+ sync+ edit sync(glance,glance,glance)"),
    "a gap": (0.1, "edit edit lose edit sync edit sync"),
    "a danger": (0.3, "risk sync sync+ risk risk+ sync sync+ risk"),
}
"""
{what is told: (in how many histories, the acts in their order)}: what chance alone would seldom bring together.

One tablet does them all, but for those with `+`, which the next one does, and `=`, which another of its worker does.
What stands in brackets happens while a message is answered.
"""

TO_THE_POINT: Final = 0.7
"""The share of tales that are about one client and the worker of the tablet, and no other."""
