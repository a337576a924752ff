"""What the other rooms ask of the catalogue."""

import timeit

import pytest

from casework import (
    BadAnswer,
    UnknownField,
    blocked,
    blocks,
    checks,
    columns,
    facts,
    field_of,
    label,
    names,
    new_id,
    record_types,
    rule_of,
    search_text,
    settled_by,
    subject_columns,
    subject_of,
    validate,
)
from casework.catalogue import SCHEMA, Blocked
from casework.record import Record
from sync import Json, RecordView, Rule, ask, decided, latest, members, once, safest, text

from .story import ANA, BEN, OFFICE, Save, empty, one, record

TYPES = [
    "absence",
    "addendum",
    "address",
    "assessment",
    "client",
    "consent",
    "contact",
    "contact_person",
    "duty",
    "episode",
    "handover",
    "household",
    "instrument",
    "message",
    "need",
    "note",
    "office",
    "referral",
    "resource",
    "review",
    "risk_flag",
    "settings",
    "staff",
    "supervision",
    "visit",
    "visit_correction",
]

RULES: list[tuple[str, str, Rule]] = [
    ("client", "preferred_name", latest()),
    ("client", "language", latest()),
    ("client", "letters_to", latest()),
    ("client", "legal_name", ask()),
    ("client", "date_of_birth", ask()),
    ("client", "identifiers/mrn", ask()),
    ("client", "race", safest("imported", "observed", "self_reported", by="source")),
    ("client", "ethnicity", safest("imported", "observed", "self_reported", by="source")),
    ("client", "papers_may_be_left", safest("yes", "unknown", "no")),
    ("client", "messages_safe", safest("yes", "unknown", "no")),
    ("client", "voicemail_safe", safest("yes", "unknown", "no")),
    ("client", "do_not_visit_alone", safest("no", "yes")),
    ("client", "hazards/h1", members()),
    ("client", "deceased", ask()),
    ("address", "place", ask()),
    ("address", "state", safest("past", "current")),
    ("contact_person", "phone", latest()),
    ("contact_person", "state", safest("active", "restricted", "removed", by="state")),
    ("household", "people/p1", members()),
    ("household", "relations/r1", members()),
    ("episode", "referral_source", once()),
    ("episode", "reason", once()),
    ("episode", "received_at", once()),
    ("episode", "status", ask()),
    ("episode", "discharge_date", ask()),
    ("episode", "disposition", ask()),
    ("episode", "payer", latest()),
    ("episode", "office", decided()),
    ("episode", "assigned/ana", decided()),
    ("visit", "planned", latest()),
    ("visit", "cancelled_by", safest("nobody", "agency", "client")),
    ("visit", "evv", once()),
    ("visit", "begin", once()),
    ("visit", "end", once()),
    ("visit", "outcome", latest()),
    ("visit", "signature", once()),
    ("visit_correction", "reason", once()),
    ("contact", "summary", once()),
    ("assessment", "instrument", once()),
    ("assessment", "partial_answers", latest()),
    ("assessment", "answers", once()),
    ("note", "narrative", text()),
    ("note", "signature", once()),
    ("addendum", "note_digest", once()),
    ("addendum", "narrative", text()),
    ("risk_flag", "level", safest("none", "low", "unknown", "moderate", "high", "imminent", by="level")),
    ("risk_flag", "safety_plan", text()),
    ("need", "status", latest()),
    ("referral", "events/e1", once()),
    ("consent", "events/e1", once()),
    ("consent", "state", safest("given", "withdrawn")),
    ("consent", "authority", ask(winner=False)),
    ("message", "text", once()),
    ("review", "digest", once()),
    ("review", "comments/c1", once()),
    ("office", "whole", decided()),
    ("resource", "whole", decided()),
    ("instrument", "whole", decided()),
    ("settings", "whole", decided()),
    ("staff", "roles", decided()),
    ("supervision", "spans/s1", decided()),
    ("duty", "spans/s1", decided()),
    ("absence", "spans/s1", decided()),
    ("handover", "answer", once()),
    ("handover", "ended", decided()),
    ("note", "reviewed", decided()),
    ("assessment", "reviewed", decided()),
    ("addendum", "reviewed", decided()),
    ("risk_flag", "acts/a1", once()),
]


@pytest.mark.parametrize(("type_", "unit", "rule"), RULES)
def test_every_unit_merges_by_the_rule_that_was_agreed(type_: str, unit: str, rule: Rule) -> None:
    """A wrong rule here loses a death, or brings an abuser back."""
    assert rule_of(type_, unit) == rule


def test_what_is_not_declared_merges_by_latest() -> None:
    """A newer schema's unit is kept and shown on an older tablet."""
    assert rule_of("client", "from_the_future") == latest()
    assert rule_of("wedding", "cake") == latest()
    assert rule_of("client", "hazards") == latest()


def test_the_types_are_found_by_themselves_in_a_fixed_order() -> None:
    """A new type is one new file; the order of columns and rows must not change with a file system."""
    assert list(record_types()) == TYPES


def test_no_field_hides_what_a_record_type_says_of_itself() -> None:
    """A field called `facts` would silence the type."""
    own = {name for name in dir(Record) if not name.startswith("__")} | {"type", "title", "fields"}

    assert [name for name, kind in record_types().items() if own & kind.fields.keys()] == []


def test_every_field_and_code_has_its_words_in_both_languages() -> None:
    """Screens are in English and Spanish from the first page."""
    for type_, kind in record_types().items():
        for name, declared in kind.fields.items():
            unit = f"{name}/m1" if declared.many else name
            for language in ("en", "es"):
                assert label(type_, unit, language=language).strip()
            assert all(len(words) == 2 and all(words) for words in declared.codes.values())


def test_labels_are_found_for_types_units_parts_and_codes() -> None:
    """One function serves every screen."""
    assert label("risk_flag") == "Risk flag"
    assert label("risk_flag", language="es") == "Señal de riesgo"
    assert label("client", "preferred_name") == "Preferred name"
    assert label("client", "hazards/h1.kind", "dog", "es") == "Perro"
    assert label("address", "place.lines") == "Street"
    assert label("visit", "present.who", "partner") == "Partner"
    assert label("staff", "roles", "auditor", "es") == "Auditor"
    assert label("client", "hazards/h1.kind", "dragon") == "dragon"
    assert label("client", "nothing") == "nothing"
    assert label("client", "nothing.more", "code") == "code"
    assert label("client", "race.nothing.more") == "race.nothing.more"
    assert label("wedding") == "wedding"


def test_a_type_or_unit_that_nobody_declared_is_refused() -> None:
    """A mistake in a program is found at the first save, not at the first report."""
    with pytest.raises(UnknownField) as type_refused:
        validate("wedding", "cake", "x")
    with pytest.raises(UnknownField) as unit_refused:
        validate("client", "cake", "x")

    assert str(type_refused.value) == "no such record type"
    assert str(unit_refused.value) == "client has no such unit"


def test_units_of_a_newer_schema_pass_untouched() -> None:
    """A new tablet's work must not be held because the server is a day behind."""
    validate("client", "cake", {"any": ["thing"]}, SCHEMA + 1)
    validate("wedding", "cake", "x", SCHEMA + 1)

    with pytest.raises(BadAnswer):
        validate("client", "date_of_birth", "yesterday", SCHEMA + 1)


def test_a_record_belongs_to_a_client_a_worker_or_the_agency() -> None:
    """Access, sealing and erasure go by it."""
    assert {name: subject_of(name) for name in TYPES if subject_of(name) != "client"} == {
        "absence": "worker",
        "duty": "worker",
        "instrument": "agency",
        "office": "agency",
        "resource": "agency",
        "settings": "agency",
        "staff": "worker",
        "supervision": "worker",
    }
    with pytest.raises(UnknownField):
        subject_of("wedding")


def test_the_record_of_a_subject_has_the_subjects_id() -> None:
    """A client has one record, whichever tablet makes it."""
    assert new_id("client", "c1", {}, bytes(16)) == "c1"
    assert new_id("staff", "w1", {}, bytes(16)) == "w1"


def test_two_tablets_without_signal_meet_in_one_risk_flag() -> None:
    """Two flags for one danger would each look half as bad."""
    mine = new_id("risk_flag", "c1", {"kind": "self_harm"}, bytes(16))
    yours = new_id("risk_flag", "c1", {"kind": "self_harm"}, bytes(range(16)))

    assert mine == yours
    assert mine != new_id("risk_flag", "c1", {"kind": "elder_abuse"}, bytes(16))
    assert mine != new_id("risk_flag", "c2", {"kind": "self_harm"}, bytes(16))
    with pytest.raises(BadAnswer):
        new_id("risk_flag", "c1", {}, bytes(16))


def test_other_records_have_random_ids() -> None:
    """Two visits made at once are two visits."""
    assert new_id("visit", "c1", {}, bytes(16)) != new_id("visit", "c1", {}, bytes(range(16)))
    with pytest.raises(UnknownField):
        new_id("wedding", "c1", {}, bytes(16))


def test_a_supervisor_settles_what_a_worker_may_not() -> None:
    """A death and the right to consent are not settled at the door."""
    assert settled_by("client", "date_of_birth") == {"worker", "supervisor"}
    assert settled_by("client", "deceased") == {"supervisor"}
    assert settled_by("client", "do_not_visit_alone") == {"supervisor"}
    assert settled_by("consent", "authority") == {"supervisor"}
    assert settled_by("office", "whole") == {"supervisor", "administrator"}
    assert settled_by("client", "cake") == {"worker", "supervisor"}


def test_an_undecided_birth_date_blocks_a_claim_and_nothing_of_care() -> None:
    """A claim with a wrong birth date is denied; a note must never wait for it."""
    torn = record(
        "client", Save(ANA, {"date_of_birth": "1950-01-01"}), Save(BEN, {"date_of_birth": "1950-10-01"}, 2)
    )

    assert blocked("claim", [torn, empty("visit")]) == (Blocked("client", "r1", "date_of_birth"),)
    assert blocks("client", "date_of_birth") == {"claim", "discharge_summary"}
    assert blocks("client", "preferred_name") == frozenset()
    assert blocks("client", "cake") == frozenset()


def test_a_settled_birth_date_blocks_nothing() -> None:
    """Space outside the rule: one value is a fact."""
    assert blocked("claim", [one("client", date_of_birth="1950-01-01")]) == ()


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_answers_for_an_empty_record(type_: str) -> None:
    """A record of which one unit has arrived is listed like any other."""
    view = empty(type_)

    assert isinstance(columns(view), dict)
    assert checks(view) == ()
    assert names(view) == ()
    assert search_text(view) == ""
    assert all(fact.code is not None or fact.at is not None for fact in facts(view))


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    "value", ["text", 5, True, ["x", None, 5, {}], {"x": 1}, {"level": 5, "kind": [], "at": "x"}]
)
def test_no_type_fails_on_values_of_another_form(type_: str, value: Json) -> None:
    """What a newer schema wrote must not take down a list, a search or a projection."""
    fields = record_types()[type_].fields
    units = {f"{name}/m1" if field.many else name: value for name, field in fields.items()}
    view = record(type_, Save(ANA, units))

    columns(view)
    checks(view)
    facts(view)
    names(view)
    search_text(view)
    subject_columns([view])


def test_the_facts_of_one_record_have_keys_of_their_own() -> None:
    """A projection has one row for each; two with one key would hide a worker or an event."""
    several = [
        record(
            "client",
            Save("eva", {f"assigned/{who}": {"kind": "assigned"} for who in (ANA, BEN)}, device=OFFICE),
        ),
        record(
            "episode",
            Save("eva", {f"assigned/{who}": {"kind": "cover"} for who in (ANA, BEN)}, device=OFFICE),
        ),
        one("message", to=[ANA, BEN, ANA], sent_at="2026-11-24T10:00:00Z"),
        one(
            "referral",
            status="active",
            events_set={number: {"event": "sent", "at": "2026-11-24T10:00:00Z"} for number in ("e1", "e2")},
        ),
        one("visit", worker=ANA, planned={"start": "2026-11-24T10:00:00Z"}),
        one("staff", licences_set={number: {"kind": "lmsw"} for number in ("l1", "l2")}),
    ]
    for view in several:
        keys = [(fact.kind, fact.key) for fact in facts(view)]
        assert len(keys) >= 2
        assert len(set(keys)) == len(keys)


def test_a_type_that_we_do_not_know_has_nothing_to_say() -> None:
    """An older tablet carries a newer type without understanding it."""
    view = RecordView("wedding", "r1", "c1", {})

    assert (columns(view), checks(view), facts(view), names(view), search_text(view)) == ({}, (), (), (), "")
    assert subject_columns([view]) == subject_columns([])


def test_a_subject_shows_its_highest_risk_and_its_last_visit() -> None:
    """The caseload is sorted by it."""
    flags = [
        one("risk_flag", kind=kind, level={"level": level, "reasons": [{"text": "said so"}]})
        for kind, level in (("self_harm", "moderate"), ("elder_abuse", "high"), ("unsafe_home", "unknown"))
    ]
    visits = [
        one(
            "visit",
            outcome={"outcome": outcome},
            begin={"device_at": f"2026-11-{day}T09:00:00-05:00", "method": "manual"},
        )
        for day, outcome in (("20", "made"), ("18", "made"), ("23", "not_home"))
    ]
    call = one("contact", kind="call", at="2026-11-22T10:00:00Z", outcome="reached")

    assert subject_columns([*flags, *visits, call]) == {
        "last_contact": "2026-11-22T10:00:00Z",
        "last_visit": "2026-11-20T14:00:00Z",
        "risk": "high",
    }
    assert subject_columns([]) == {"last_contact": None, "last_visit": None, "risk": None}


def test_search_passes_over_units_of_a_newer_schema() -> None:
    """What we do not know we cannot promise to be words."""
    assert search_text(one("client", preferred_name="Lucha", cake="chocolate")) == "Lucha"


def test_a_type_that_says_nothing_of_itself_is_still_a_type() -> None:
    """The shortest new file is a class with fields."""

    class Wedding(Record, title=("Wedding", "Boda")):
        """A record type of one line."""

    assert Wedding.type == "wedding"
    assert (Wedding.columns(empty("wedding")), Wedding.about_subject(empty("wedding"))) == ({}, {})


def test_a_field_is_found_by_its_unit() -> None:
    """Forms are drawn from the declaration."""
    found = field_of("client", "hazards/h1")

    assert found is not None
    assert found.many
    assert field_of("client", "hazards") is None
    assert field_of("wedding", "cake") is None


def test_validation_costs_a_push_next_to_nothing() -> None:
    """The server validates each write of 500 changesets before it takes the lock."""
    rounds = 2_000
    best_s = min(timeit.repeat(lambda: validate("client", "preferred_name", "Ana"), number=rounds, repeat=5))

    assert best_s / rounds < 100e-6
