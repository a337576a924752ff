"""
The client: who somebody is, how they may be reached, and what a visitor must know at the door.
"""

from collections.abc import Iterable
from typing import Any, Final

from sync import CheckFlag, Json, Life, RecordView, ask, flag, safest

from ..assignment import assigned, assigned_facts, office
from ..codes import SOURCES, YES_NO, YES_UNKNOWN_NO
from ..fields import (
    BY_SUPERVISOR,
    CLAIM,
    DISCHARGE_SUMMARY,
    Codes,
    choice,
    code,
    date,
    group,
    instant,
    language,
    line,
    listing,
    members,
    name_line,
    reference,
)
from ..fields import flag as truth
from ..reading import code_at, day_at, utc_at, utc_of_ms, utc_text, words_at
from ..record import Fact, Record

ON_FACTS: Final = frozenset((CLAIM, DISCHARGE_SUMMARY))

SEXES: Final[Codes] = {
    "female": ("Female", "Femenino"),
    "male": ("Male", "Masculino"),
    "other": ("Other", "Otro"),
    "unknown": ("Unknown", "No se sabe"),
}

RACES: Final[Codes] = {
    "1002-5": ("American Indian or Alaska Native", "Indígena americano o nativo de Alaska"),
    "2028-9": ("Asian", "Asiático"),
    "2054-5": ("Black or African American", "Negro o afroamericano"),
    "2076-8": ("Native Hawaiian or Other Pacific Islander", "Nativo de Hawái o de las islas del Pacífico"),
    "2106-3": ("White", "Blanco"),
    "2131-1": ("Other race", "Otra raza"),
    "ASKU": ("Declined", "No quiso decir"),
    "UNK": ("Unknown", "No se sabe"),
}
"""OMB categories by their CDC codes; detailed codes of the same system are taken too."""

ETHNICITIES: Final[Codes] = {
    "2135-2": ("Hispanic or Latino", "Hispano o latino"),
    "2186-5": ("Not Hispanic or Latino", "No hispano ni latino"),
    "ASKU": ("Declined", "No quiso decir"),
    "UNK": ("Unknown", "No se sabe"),
}

HAZARDS: Final[Codes] = {
    "weapon": ("Weapon", "Arma"),
    "dog": ("Dog", "Perro"),
    "infection": ("Infection", "Infección"),
    "violence": ("Violence", "Violencia"),
    "drugs": ("Drugs", "Drogas"),
    "structure": ("Unsafe building", "Edificio inseguro"),
    "pests": ("Pests", "Plagas"),
    "smoke": ("Smoke", "Humo"),
    "no_signal": ("No phone signal", "Sin señal de teléfono"),
    "area": ("Area", "Zona"),
    "other": ("Other", "Otro"),
}


def _has_a_name(value: dict[str, Any]) -> str | None:
    return None if value.get("family") or value.get("given") else "must have a family or a given name"


def _sourced(en: str, es: str, codes: Codes) -> Any:
    """A statement about a person with its source: what the client said outweighs what others saw."""
    parts = {
        "codes": listing(en, es, code(en, es, codes), items_max=20),
        "source": choice("Source", "Fuente", SOURCES),
        "words": line("In own words", "En sus palabras", searched=False),
    }
    return group(en, es, parts=parts, needs=("codes", "source"), rule=safest(*SOURCES, by="source"))


class Client(Record, title=("Client", "Cliente"), is_subject=True):
    """Somebody whom the agency serves."""

    legal_name = group(
        "Legal name",
        "Nombre legal",
        parts={
            "family": name_line("Family name", "Apellidos"),
            "given": name_line("Given name", "Nombre"),
            "middle": name_line("Middle name", "Segundo nombre"),
            "suffix": name_line("Suffix", "Sufijo"),
        },
        check=_has_a_name,
        rule=ask(),
        blocks=ON_FACTS,
    )
    preferred_name = name_line("Preferred name", "Nombre preferido")
    date_of_birth = date("Date of birth", "Fecha de nacimiento", rule=ask(), blocks=ON_FACTS)
    sex = choice("Sex", "Sexo", SEXES)
    pronouns = line("Pronouns", "Pronombres", searched=False)
    language = language("Language", "Idioma")
    interpreter_needed = choice("Interpreter needed", "Necesita intérprete", YES_UNKNOWN_NO)
    letters_to = reference("Letters to", "Cartas a")
    identifiers = members(
        group(
            "Identifier",
            "Identificador",
            parts={
                "value": line("Number", "Número", chars_max=100),
                "system": line("Issued by", "Emitido por", searched=False),
            },
            needs=("value",),
        ),
        rule=ask(),
        blocks=frozenset((CLAIM,)),
    )
    race = _sourced("Race", "Raza", RACES)
    ethnicity = _sourced("Ethnicity", "Etnia", ETHNICITIES)
    papers_may_be_left = choice(
        "Papers may be left", "Se pueden dejar papeles", YES_UNKNOWN_NO, rule=safest(*YES_UNKNOWN_NO)
    )
    messages_safe = choice(
        "Messages are safe", "Los mensajes son seguros", YES_UNKNOWN_NO, rule=safest(*YES_UNKNOWN_NO)
    )
    voicemail_safe = choice(
        "Voicemail is safe", "El buzón de voz es seguro", YES_UNKNOWN_NO, rule=safest(*YES_UNKNOWN_NO)
    )
    do_not_visit_alone = choice(
        "Do not visit alone", "No visitar a solas", YES_NO, rule=safest(*YES_NO), settled_by=BY_SUPERVISOR
    )
    hazards = members(
        group(
            "Hazard",
            "Peligro",
            parts={
                "kind": choice("Kind", "Tipo", HAZARDS),
                "detail": line("Detail", "Detalle"),
                "review_on": date("Review on", "Revisar el"),
            },
            needs=("kind", "review_on"),
        )
    )
    deceased = group(
        "Deceased",
        "Fallecimiento",
        parts={
            "deceased": truth("Deceased", "Falleció"),
            "on": date("On", "El"),
            "reported_by": line("Reported by", "Informado por", searched=False),
            "reported_at": instant("Reported at", "Informado el"),
        },
        needs=("deceased",),
        rule=ask(),
        settled_by=BY_SUPERVISOR,
        blocks=ON_FACTS,
    )
    office = office()
    assigned = assigned()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """What lists of clients show, sort and filter by."""
        return {
            "name": display_name(view),
            "date_of_birth": utc_at(view, "date_of_birth"),
            "language": code_at(view, "language"),
            "do_not_visit_alone": code_at(view, "do_not_visit_alone"),
            "hazards": len(view.members("hazards")),
            "office": code_at(view, "office"),
            "state": _state(view),
            "undecided": len(view.undecided()),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Year of birth (the day would point at a person), language and the warnings at the door."""
        born = day_at(view, "date_of_birth")
        yield Fact("client", view.id, _state(view))
        yield Fact("born", view.id, None if born is None else f"{born:%Y}")
        yield Fact("language", view.id, code_at(view, "language"))
        yield Fact("do_not_visit_alone", view.id, code_at(view, "do_not_visit_alone"))
        yield Fact("interpreter_needed", view.id, code_at(view, "interpreter_needed"))
        if reported_deceased(view):
            yield Fact("deceased", view.id, "reported", _reported_at(view))
        yield from assigned_facts("assigned", view)

    @classmethod
    def names(cls, view: RecordView) -> Iterable[str]:
        """Legal and preferred names; undecided legal names all count."""
        shown = view.units.get("legal_name")
        values = [live.value for live in shown.live] if shown is not None else []
        legal = [" ".join(_name_parts(value)) for value in values]
        return dict.fromkeys(name for name in (*legal, words_at(view, "preferred_name")) if name)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nobody dies before being born."""
        born, died = day_at(view, "date_of_birth"), day_at(view, "deceased", "on")
        if born is not None and died is not None and died < born:
            yield flag("died_before_birth", view, "date_of_birth", "deceased")


def display_name(view: RecordView) -> str | None:
    """What a list calls a client: the family name first, the preferred name where there is one."""
    family, given = words_at(view, "legal_name", "family"), words_at(view, "legal_name", "given")
    called = words_at(view, "preferred_name") or given
    return ", ".join(filter(None, (family, called))) or None


def reported_deceased(view: RecordView) -> bool:
    """
    Whether any live report says that the client died: calls, letters and reminders stop at once.

    One report is enough, whatever another says, until a supervisor settles it.
    """
    shown = view.units.get("deceased")
    values = [live.value for live in shown.live] if shown is not None else []
    return any(isinstance(value, dict) and value.get("deceased") is True for value in values)


def may(view: RecordView, unit: str) -> bool:
    """Whether the client allows something (papers left, messages, voicemail): unknown is no."""
    return code_at(view, unit) == "yes"


def _state(view: RecordView) -> str:
    if view.life is not Life.ACTIVE:
        return str(view.life.value)
    return "deceased" if reported_deceased(view) else "active"


def _reported_at(view: RecordView) -> str:
    """When the agency first heard of the death: as a report says, else when it was written."""
    return min(
        utc_text(live.value.get("reported_at")) or utc_of_ms(live.at.ms)
        for live in view.units["deceased"].live
        if isinstance(live.value, dict) and live.value.get("deceased") is True
    )


def _name_parts(value: Json) -> list[str]:
    inside = value if isinstance(value, dict) else {}
    found = [inside.get(name) for name in ("given", "middle", "family", "suffix")]
    return [word for word in found if isinstance(word, str) and word]
