"""
A risk flag: a danger to someone, with its level and why it was given.

There is one per client and kind: its id is derived from both, so two tablets without signal meet in it. Rules
only raise it and only a person lowers it; both acts are in `casework.risk`.

What people of the office do about it is added to it, act by act. Each names the writes of the level that it has
seen, so that a level written since then waits to be acknowledged again.
"""

from collections.abc import Iterable
from typing import Any, Final

from sync import Json, Life, RecordView, is_office, once, safest

from ..fields import (
    Codes,
    choice,
    code,
    digest,
    group,
    instant,
    line,
    listing,
    log_of,
    narrative,
    reference,
    text,
)
from ..reading import code_at, is_code, part, utc_text
from ..record import Fact, Record
from ..risk.levels import KINDS, LEVELS, rank
from ..risk.raising import REASONS_MAX

ACTS: Final[Codes] = {
    "acknowledged": ("Acknowledged", "Confirmada"),
    "assigned": ("Assigned", "Asignada"),
    "acted": ("Acted on", "Atendida"),
    "closed": ("Closed", "Cerrada"),
}

SEEN_MAX: Final = 256
"""Writes of the level that one act has seen: as many as one write may replace."""


def _says_why(value: dict[str, Any]) -> str | None:
    return None if value.get("text") or value.get("rule") else "must say why"


class RiskFlag(Record, title=("Risk flag", "Señal de riesgo"), identity=("kind",)):
    """A danger to someone, with its level and why it was given."""

    kind = choice("Kind", "Tipo", KINDS, rule=once())
    level = group(
        "Level",
        "Nivel",
        parts={
            "level": choice("Level", "Nivel", LEVELS),
            "reasons": listing(
                "Reasons",
                "Motivos",
                group(
                    "Reason",
                    "Motivo",
                    parts={
                        "text": line("Reason", "Motivo"),
                        "rule": code("Rule", "Regla"),
                        "instrument": line("Instrument", "Instrumento", searched=False),
                        "assessment": reference("Assessment", "Evaluación"),
                        "level": choice("Level", "Nivel", LEVELS),
                        "at": instant("At", "Fecha y hora"),
                        "by": reference("By", "Por"),
                    },
                    check=_says_why,
                ),
                items_max=REASONS_MAX,
                least=1,
            ),
        },
        needs=("level", "reasons"),
        rule=safest(*LEVELS, by="level"),
    )
    safety_plan = narrative("Safety plan", "Plan de seguridad")
    acts = log_of(
        group(
            "Act",
            "Acción",
            parts={
                "act": choice("Act", "Acción", ACTS),
                "by": reference("By", "Por"),
                "at": instant("At", "Fecha y hora"),
                "to": reference("To", "A"),
                "text": text("What was done", "Lo que se hizo"),
                "level": choice("Level seen", "Nivel visto", LEVELS),
                "seen": listing("Seen", "Visto", digest("Name", "Nombre"), items_max=SEEN_MAX),
            },
            needs=("act", "by", "at", "seen"),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which danger, how great, and whether it waits to be acknowledged."""
        return {"kind": code_at(view, "kind"), "level": level_of(view), "waits": waits(view)}

    @classmethod
    def about_subject(cls, view: RecordView) -> dict[str, Json]:
        """The highest level of any flag that stands."""
        gone = view.life is Life.RETRACTED and not cls.outlives_retraction(view)
        return {"risk": None if gone else level_of(view)}

    @classmethod
    def outlives_retraction(cls, view: RecordView) -> bool:
        """A danger that nobody at the office has acknowledged is not taken back in silence."""
        return is_open(view) and waits(view)

    @classmethod
    def greatest(cls, column: str, one: Json, other: Json) -> Json:
        """The more protective level."""
        return max(one, other, key=rank)

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Kind and level, with the time of the latest reason; whether it waits, who has it in hand, who acted."""
        kind, level, at = code_at(view, "kind") or "unknown", level_of(view), _latest_reason_at(view)
        yield Fact("risk", kind, level, at)
        if is_open(view):
            yield Fact("risk_waits" if waits(view) else "risk_in_hand", kind, level, at, assigned_to(view))
        for member, act in acts_of(view).items():
            by = act.get("by")
            what = act.get("act")
            yield Fact(
                "risk_act",
                member,
                what if is_code(what) else None,
                utc_text(act.get("at")),
                by if is_code(by) else None,
            )


def level_of(view: RecordView) -> str | None:
    """The level that a flag shows; none where it has not been given one."""
    return code_at(view, "level", "level")


def is_open(view: RecordView) -> bool:
    """Whether the danger calls for somebody: *not known yet* does, none and low do not."""
    return rank(level_of(view) or "none") > rank("low")


def acts_of(view: RecordView) -> dict[str, dict[str, Json]]:
    """
    {member: what the office did}, in the order in which it was written; what cannot be read is left out.

    What a tablet writes among the acts ends no alarm: whoever raised a danger does not acknowledge it.
    """
    firsts = {member: view.units[f"acts/{member}"].live[0] for member in view.members("acts")}
    acts = sorted(
        (member for member in firsts if is_office(firsts[member].device)),
        key=lambda member: firsts[member].order,
    )
    values = {member: view.value(f"acts/{member}") for member in acts}
    return {member: value for member, value in values.items() if isinstance(value, dict)}


def waits(view: RecordView) -> bool:
    """Whether nobody of the office has acknowledged the level that is shown."""
    names = set(view.over("level"))
    return is_open(view) and not any(names <= set(_seen(act)) for act in acts_of(view).values())


def assigned_to(view: RecordView) -> str | None:
    """Who was last asked to look after it."""
    assigned = [act.get("to") for act in acts_of(view).values() if act.get("act") == "assigned"]
    return next((to for to in reversed(assigned) if is_code(to)), None)


def _seen(act: dict[str, Json]) -> list[str]:
    seen = act.get("seen")
    return [name for name in seen if isinstance(name, str)] if isinstance(seen, list) else []


def _latest_reason_at(view: RecordView) -> str | None:
    reasons = part(view, "level", "reasons")
    times = (
        [reason.get("at") for reason in reasons if isinstance(reason, dict)]
        if isinstance(reasons, list)
        else []
    )
    return max((utc for utc in map(utc_text, times) if utc is not None), default=None)
