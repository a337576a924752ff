"""What a score needs besides the answers: from records, and the more careful cut-off where they do not say."""

import pytest

from casework.instruments import alerts, inputs_of, load, score
from sync import Json, RecordView

from ..story import EVA, OFFICE, Save, one, record

AUDIT_C, PHQ2 = load("audit_c"), load("phq2")
THREE = {"q1": "w2_3", "q2": "d1_2", "q3": "never"}
"""Three points: over the published cut-off for women, and under the one for men."""


def decided(whole: Json) -> RecordView:
    """Settings as the office has decided them."""
    return record("settings", Save(EVA, {"whole": whole}, device=OFFICE), subject="agency")


@pytest.mark.parametrize(
    ("sex", "cutoff"),
    [
        ("female", ["positive_women"]),
        ("male", []),
        ("other", ["positive_unspecified"]),
        ("unknown", ["positive_unspecified"]),
        (None, ["positive_unspecified"]),
    ],
)
def test_the_cutoff_is_that_of_the_clients_sex(sex: Json, cutoff: list[str]) -> None:
    """A man under his cut-off is not told to drink less; of whom nothing is known, the lower one holds."""
    client = None if sex is None else one("client", sex=sex)
    inputs = inputs_of(client, ())

    assert list(score(AUDIT_C, THREE, inputs).cutoffs) == [*cutoff, "note_q1_only"]
    assert [alert.rule for alert in alerts(AUDIT_C, THREE, inputs=inputs)] == ["auditc_positive"] * len(
        cutoff
    )


@pytest.mark.parametrize(("chosen", "rules"), [(True, ["phq2_positive"]), (False, []), (None, [])])
def test_an_agency_may_choose_the_more_sensitive_cutoff(chosen: bool | None, rules: list[str]) -> None:
    """It is decided once for the agency, and not by whoever asks."""
    whole: Json = {"version": 1} if chosen is None else {"version": 1, "phq2_sensitive": chosen}
    inputs = inputs_of(None, [decided(whole)])
    answers = {"q1": "several_days", "q2": "several_days"}

    assert [alert.rule for alert in alerts(PHQ2, answers, inputs=inputs)] == rules


def test_settings_in_another_form_choose_nothing() -> None:
    """A newer program may keep them otherwise; a score must not fail by it."""
    assert inputs_of(None, [decided(["later"]), decided(None)]) == {"sex_for_scoring": "unknown"}
