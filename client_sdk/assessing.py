"""
Assessing: an instrument asked in an edit, and the risk that its rules raise, in the same changeset.

While it is asked, the answers are kept as they come; what is completed is said once. The rules of an
instrument look at every step and only ever raise a risk flag, with their reason; only a person lowers one,
in words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import casework
from casework import instruments, risk
from casework.instruments import Alert, Definition, Inputs, Library
from sync import Json

from .desk import Desk
from .edit import AnyRecord, Edit
from .items import Handle
from .replica.records import RECORD

COMPLETED: Final = "completed"


class CaseEdit(Edit):
    """An edit with everything that a visit needs."""

    def begin_assessment(
        self,
        instrument: str,
        version: str | None = None,
        *,
        present: Iterable[str] = ("client",),
        alone: bool = True,
        **fields: Any,
    ) -> Handle:
        """
        Begin to ask an instrument; without a version, the one that was added last.

        Args:
            instrument: Its id, such as `phq9`.
            version: Of its definition.
            present: Who is there.
            alone: Whether nobody else hears the client.
            **fields: Further units of the assessment, such as `visit`.

        Raises:
            UnknownInstrument: It is not on this tablet.
            NotAllowedYet: It must be asked alone.
        """
        definition = library(self._desk).load(instrument, version)
        instruments.may_start(definition, alone)
        return self.create(
            "assessment",
            instrument={"id": definition.id, "version": definition.version},
            present=list(present),
            seen_alone=alone,
            started_at=self.moment(),
            worker=self._desk.identity.worker,
            **fields,
        )

    def answer(
        self, assessment: AnyRecord, answers: Mapping[str, Any], *, inputs: Inputs | None = None
    ) -> tuple[Alert, ...]:
        """
        Give answers, or take them back with None; the alerts that speak now come back.

        Raises:
            BadAnswer: An item is unknown, or does not offer the answer.
            NotAllowedYet: The assessment is closed.
        """
        definition, before = self._definition(assessment), self._answers(assessment)
        inputs = self._inputs() if inputs is None else inputs
        if self.view(assessment).value("answers") is not None or self.view(assessment).value("closed"):
            raise casework.NotAllowedYet("answering", "begin another assessment: this one is closed")
        after: Mapping[str, Any] = before
        for item, given in answers.items():
            after = instruments.answer(definition, after, item, given, inputs).answers
        self.update(assessment, partial_answers=dict(after))
        found = instruments.alerts(definition, after, inputs=inputs)
        self._raise(assessment, found)
        return instruments.newly(instruments.alerts(definition, before, inputs=inputs), found)

    def complete_assessment(
        self, assessment: AnyRecord, *, ending: str = COMPLETED, inputs: Inputs | None = None
    ) -> tuple[Alert, ...]:
        """
        Close an assessment; one that was completed has its answers, without those of closed branches, once.

        Raises:
            NotAllowedYet: It is to be completed, and required answers are missing.
        """
        definition = self._definition(assessment)
        inputs = self._inputs() if inputs is None else inputs
        answers = instruments.prune(definition, self._answers(assessment), inputs)
        missing = instruments.progress(definition, answers, inputs).missing
        if ending == COMPLETED:
            if missing:
                raise casework.NotAllowedYet(
                    "completing", f"answer {', '.join(missing)}", ("partial_answers",)
                )
            self.update(assessment, answers=answers)
        self.update(assessment, closed=ending, finished_at=self.moment())
        found = instruments.alerts(definition, answers, closed=True, inputs=inputs)
        self._raise(assessment, found)
        return found

    def assess(
        self, instrument: str, answers: Mapping[str, Any], *, inputs: Inputs | None = None, **fields: Any
    ) -> Handle:
        """Ask a whole instrument at once: begin, answer, complete."""
        assessment = self.begin_assessment(instrument, **fields)
        self.answer(assessment, answers, inputs=inputs)
        self.complete_assessment(assessment, inputs=inputs)
        return assessment

    def raise_risk(self, kind: str, level: str, why: str) -> Handle:
        """A person's judgement that a risk is at least so high."""
        return self._raise_one(kind, level, self._because(text=why))

    def lower_risk(self, flag: AnyRecord, level: str, why: str) -> None:
        """
        A person's judgement that a risk is lower, over all that is shown of it.

        Raises:
            NotAllowedYet: It is not lower, or the reason is empty.
        """
        lowering = risk.lower(self.view(flag), level, self._because(text=why) if why else {})
        self.put(flag, "level", lowering.value)

    def _raise(self, assessment: AnyRecord, found: Iterable[Alert]) -> None:
        for alert in found:
            if alert.raises is not None:
                why = self._because(
                    rule=alert.rule,
                    instrument=f"{alert.instrument} {alert.version}",
                    assessment=assessment.id,
                    level=alert.raises.level,
                )
                self._raise_one(alert.raises.kind, alert.raises.level, why)

    def _raise_one(self, kind: str, level: str, why: dict[str, Json]) -> Handle:
        flag = Handle("risk_flag", risk.flag_id(self.subject, kind), self.subject)
        shown = self.view(flag)
        if "kind" not in shown.units:
            self.put(flag, "kind", kind)
        value = risk.raise_level(shown.units.get("level"), level, why)
        if value is not None:
            self.put(flag, "level", value)
        return flag

    def _because(self, **parts: str) -> dict[str, Json]:
        return risk.reason(**parts, at=self.moment(), by=self._desk.identity.worker)

    def _definition(self, assessment: AnyRecord) -> Definition:
        asked = self.view(assessment).value("instrument")
        if not isinstance(asked, dict):
            # The save that began it may be held, or lost with a tablet, while later ones were taken.
            raise casework.NotAllowedYet(
                "asking", "begin another: this one names no instrument", ("instrument",)
            )
        return library(self._desk).load(str(asked["id"]), str(asked["version"]))

    def _inputs(self) -> Inputs:
        return inputs(self._desk, self.subject)

    def _answers(self, assessment: AnyRecord) -> Mapping[str, Any]:
        answers = self.view(assessment).value("partial_answers", {})
        return answers if isinstance(answers, dict) else {}


def inputs(desk: Desk, subject: str) -> Inputs:
    """What scores of a client need besides answers, as the records on this tablet tell it."""
    with desk.turn():
        rows = list(desk.store.find(kind=RECORD, type="settings"))
        settings = [desk.view(("settings", str(row.id))) for row in rows]
        return instruments.inputs_of(
            desk.view(("client", subject)), [shown for shown in settings if shown is not None]
        )


def library(desk: Desk) -> Library:
    """The instruments that can be asked here: those that are shipped, and those that the agency imported."""
    with desk.turn():
        found = [(str(row.type), str(row.id)) for row in desk.store.find(kind=RECORD, type="instrument")]
        views = [shown for key in found if (shown := desk.view(key)) is not None]
        shown_by = tuple([(shown.id, *shown.over("whole")) for shown in views])
        if desk.library is None or desk.library[0] != shown_by:
            whole = [shown.value("whole") for shown in views]
            read = [instruments.imported(value) for value in whole if value is not None]
            desk.library = shown_by, instruments.shipped().adding(read)
        return desk.library[1]
