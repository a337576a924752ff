"""
Assignment: to which office and to which workers a client, or an episode of care, is given.

The office decides it; what a tablet writes here is a proposal beside it.
"""

from collections.abc import Iterable
from typing import Final

from sync import RecordView, decided

from .fields import BY_OFFICE, Codes, Field, choice, group, instant, members, reference
from .reading import code_at
from .record import Fact

ASSIGNMENTS: Final[Codes] = {
    "assigned": ("Assigned", "Asignado"),
    "cover": ("Cover", "Suplencia"),
    "duty": ("On duty", "De guardia"),
}


def office() -> Field:
    """The field of the office that answers."""
    return reference("Office", "Oficina", rule=decided(), settled_by=BY_OFFICE)


def assigned() -> Field:
    """The field of the workers, `{worker: kind, from when, until when}`."""
    return members(
        group(
            "Assigned",
            "Asignado",
            parts={
                "kind": choice("Kind", "Tipo", ASSIGNMENTS),
                "since": instant("Since", "Desde"),
                "until": instant("Until", "Hasta"),
            },
            needs=("kind",),
        ),
        rule=decided(),
        settled_by=BY_OFFICE,
    )


def assigned_facts(kind: str, view: RecordView) -> Iterable[Fact]:
    """One fact for each worker, of this kind."""
    for worker in sorted(view.members("assigned")):
        yield Fact(kind, worker, code_at(view, f"assigned/{worker}", "kind"), worker=worker)
