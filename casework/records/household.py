"""
The household: who lives with the client, and how they belong together.

Each client has a household record of their own. A link to another client's record opens nothing that is not
granted.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, flag

from ..fields import Codes, choice, date, group, line, members, name_line, reference
from ..reading import part
from ..record import Record

RELATIONS: Final[Codes] = {
    "partner": ("Partner", "Pareja"),
    "parent": ("Parent", "Padre o madre"),
    "child": ("Child", "Hijo o hija"),
    "sibling": ("Sibling", "Hermano o hermana"),
    "grandparent": ("Grandparent", "Abuelo o abuela"),
    "grandchild": ("Grandchild", "Nieto o nieta"),
    "caregiver": ("Caregiver", "Cuidador"),
    "roommate": ("Roommate", "Compañero de vivienda"),
    "other": ("Other", "Otro"),
}


class Household(Record, title=("Household", "Hogar")):
    """The people of one home, as this client's record knows them."""

    people = members(
        group(
            "Person",
            "Persona",
            parts={
                "name": name_line("Name", "Nombre"),
                "born_on": date("Date of birth", "Fecha de nacimiento"),
                "client": reference("Client record", "Registro de cliente"),
                "remark": line("Remark", "Observación"),
            },
            needs=("name",),
        )
    )
    relations = members(
        group(
            "Relation",
            "Relación",
            parts={
                "of": reference("Person", "Persona"),
                "to": reference("Is related to", "Tiene relación con"),
                "relation": choice("Relation", "Relación", RELATIONS),
            },
            needs=("of", "to", "relation"),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """How many live there."""
        return {"people": len(view.members("people"))}

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """A relation joins two different people; a removed person leaves none behind."""
        people = view.members("people").keys() | {view.subject}
        for relation in sorted(view.members("relations")):
            unit = f"relations/{relation}"
            of, to = part(view, unit, "of"), part(view, unit, "to")
            if of == to or not {of, to} <= people:
                yield flag("relation_without_person", view, unit)
