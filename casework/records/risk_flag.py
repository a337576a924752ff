"""
A risk flag: a danger to someone, with its level and why it was given.

There is one per client and kind: its id is derived from both, so two tablets without signal meet in it. Rules
only raise it and only a person lowers it; both acts are in `casework.risk`.
"""

from collections.abc import Iterable
from typing import Any

from sync import Json, Life, RecordView, once, safest

from ..fields import choice, code, group, instant, line, listing, narrative, reference
from ..reading import code_at, part, utc_text
from ..record import Fact, Record
from ..risk.levels import KINDS, LEVELS, rank
from ..risk.raising import REASONS_MAX


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

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which danger, and how great."""
        return {"kind": code_at(view, "kind"), "level": level_of(view)}

    @classmethod
    def about_subject(cls, view: RecordView) -> dict[str, Json]:
        """The highest level of any flag that stands."""
        return {"risk": None if view.life is Life.RETRACTED else level_of(view)}

    @classmethod
    def greatest(cls, column: str, one: Json, other: Json) -> Json:
        """The more protective level."""
        return max(one, other, key=rank)

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Kind and level, with the time of the latest reason."""
        yield Fact("risk", code_at(view, "kind") or "unknown", level_of(view), _latest_reason_at(view))


def level_of(view: RecordView) -> str | None:
    """The level that a flag shows; none where it has not been given one."""
    return code_at(view, "level", "level")


def _latest_reason_at(view: RecordView) -> str | None:
    reasons = part(view, "level", "reasons")
    times = (
        [reason.get("at") for reason in reasons if isinstance(reason, dict)]
        if isinstance(reasons, list)
        else []
    )
    return max((utc for utc in map(utc_text, times) if utc is not None), default=None)
