"""What cannot be right in a record, with the units that are to blame; and what a value of one unit is refused for."""

from collections.abc import Mapping

import pytest

from casework import checks, validate
from casework.errors import BadAnswer
from sync import Json, RecordView

from ..story import ANA, EVA, NINE, OFFICE, TEN, Save, record


def to_blame(view: RecordView) -> list[tuple[str, tuple[str, ...]]]:
    """The code of each flag and the units that it accuses; it names the writes that they show."""
    found = checks(view)
    for flag in found:
        assert flag.names == tuple(name for unit in flag.units for name in view.over(unit))
    return [(flag.code, flag.units) for flag in found]


@pytest.mark.parametrize(
    ("type_", "values", "flags"),
    [
        (
            "addendum",
            {"event_at": TEN, "entry_at": NINE},
            [("entered_before_event", ("event_at", "entry_at"))],
        ),
        (
            "address",
            {"place": {"kind": "staying", "lines": ["x"], "since": "2026-01-02", "until": "2026-01-01"}},
            [("end_before_start", ("place",))],
        ),
        (
            "handover",
            {"receiver": "ben", "answer": {"answer": "accepted", "by": "zoe", "at": NINE}},
            [("answered_by_another", ("answer", "receiver"))],
        ),
        (
            "household",
            {"people/p1": {"name": "Rosa"}, "relations/x": {"of": "p1", "to": "p2", "relation": "child"}},
            [("relation_without_person", ("relations/x",))],
        ),
        (
            "review",
            {"kind": "cosigned", "author": "eva", "reviewer": "eva"},
            [("own_work", ("author", "reviewer")), ("cosigned_without_digest", ("kind", "digest"))],
        ),
    ],
)
def test_a_flag_points_at_what_contradicts_itself(
    type_: str, values: Mapping[str, Json], flags: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Who must put it right is led to these fields, and by the wrong ones would change what is true."""
    assert to_blame(record(type_, Save(ANA, values))) == flags


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("addendum", {"event_at": NINE, "entry_at": NINE}),
        (
            "address",
            {"place": {"kind": "staying", "lines": ["x"], "since": "2026-01-01", "until": "2026-01-01"}},
        ),
        ("client", {"date_of_birth": "2026-01-01", "deceased": {"deceased": True, "on": "2026-01-01"}}),
    ],
)
def test_what_begins_and_ends_at_once_is_no_contradiction(type_: str, values: Mapping[str, Json]) -> None:
    """A night in a shelter, a child who died on the day of its birth: nobody is asked to explain these."""
    assert to_blame(record(type_, Save(ANA, values))) == []


def test_nobody_answers_for_their_own_work() -> None:
    """A trainee who signs off their own notes is supervised by no one."""
    own: Json = {"supervisor": ANA, "since": "2026-01-01", "until": "2026-02-01"}
    right: Json = {"supervisor": EVA, "since": "2026-03-01"}
    saved = Save(EVA, {"spans/s1": right, "spans/s2": own}, device=OFFICE)

    assert to_blame(record("supervision", saved, id_=ANA, subject=ANA)) == [("own_supervisor", ("spans/s2",))]


WITHDRAWN: Json = {"event": "withdrawn", "at": NINE}


@pytest.mark.parametrize(
    ("first", "second", "blamed"),
    [
        ({"event": "withdrawn", "at": TEN}, {"event": "given", "at": NINE}, "events/e1"),
        ({"event": "given", "at": NINE}, {"event": "withdrawn", "at": TEN}, "events/e2"),
        ({"event": "withdrawn", "at": NINE}, {"event": "withdrawn", "at": TEN}, "events/e2"),
        ({"event": "given", "at": NINE}, {"event": "withdrawn", "at": NINE}, "events/e2"),
        ({"event": "given", "at": "some day"}, {"event": "withdrawn", "at": NINE}, "events/e2"),
        ({"event": "withdrawn", "at": NINE}, {"event": "given", "at": TEN}, None),
    ],
)
def test_the_last_event_of_a_consent_is_the_last_by_its_time(
    first: Json, second: Json, blamed: str | None
) -> None:
    """A client who took a consent back is not overruled by an older form, nor by one without a readable date."""
    view = record("consent", Save(ANA, {"state": "given", "events/e1": first, "events/e2": second}))

    assert to_blame(view) == ([] if blamed is None else [("given_but_withdrawn", ("state", blamed))])


@pytest.mark.parametrize(
    ("type_", "unit", "value", "part", "rule"),
    [
        ("client", "legal_name", {"suffix": "Jr."}, "", "must have a family or a given name"),
        ("client", "legal_name", {"family": None}, "", "must have a family or a given name"),
        (
            "contact_person",
            "state",
            {"state": "removed", "detail": "x"},
            "",
            "must have a reason unless the state is active",
        ),
        (
            "contact_person",
            "state",
            {"state": "restricted", "reason": None},
            "",
            "must have a reason unless the state is active",
        ),
        (
            "risk_flag",
            "level",
            {"level": "high", "reasons": [{"at": NINE, "by": "ana"}]},
            "reasons.0",
            "must say why",
        ),
    ],
)
def test_a_value_whose_parts_do_not_go_together_is_refused(
    type_: str, unit: str, value: Json, part: str, rule: str
) -> None:
    """The form shows this sentence to a worker who has to mend the entry at the door."""
    with pytest.raises(BadAnswer) as refused:
        validate(type_, unit, value)

    assert (refused.value.record_type, refused.value.unit) == (type_, unit)
    assert (refused.value.part, refused.value.rule) == (part, rule)


@pytest.mark.parametrize(
    ("type_", "unit", "value"),
    [
        ("client", "legal_name", {"family": "Ybarra"}),
        ("client", "legal_name", {"given": "Suharto"}),
        ("contact_person", "state", {"state": "active"}),
        ("contact_person", "state", {"state": "removed", "reason": "unsafe"}),
        ("risk_flag", "level", {"level": "high", "reasons": [{"text": "She said so"}]}),
        ("risk_flag", "level", {"level": "high", "reasons": [{"rule": "phq9_item9"}]}),
    ],
)
def test_one_of_the_parts_that_would_do_is_enough(type_: str, unit: str, value: Json) -> None:
    """Some people have one name, and some removals one reason: who enters them must not be turned away."""
    validate(type_, unit, value)
