"""Official wording, imported by an agency and laid over what is shipped."""

from dataclasses import replace

import pytest

from casework import validate
from casework.instruments import (
    Definition,
    Form,
    FormItem,
    FormOption,
    Import,
    alerts,
    bring_in,
    data_of,
    is_loinc,
    load,
    observations,
    read_definition,
    score,
    shipped,
    words,
)

from .forms import LOINC, phq9_form

SHIPPED = shipped().all()
LOINC_RISK = "93374-7"


def brought(form: Form) -> Definition:
    """The definition that an import makes."""
    made = bring_in(form, SHIPPED).definition
    assert made is not None
    return made


def refused(form: Form) -> list[tuple[str, str]]:
    """(item, code) of each problem that refuses an import."""
    result = bring_in(form, SHIPPED)
    assert result.definition is None
    return [(problem.item, problem.code) for problem in result.problems if problem.urgency == "refused"]


def changed(number: int, item: FormItem) -> Form:
    """The PHQ-9 form with one item replaced."""
    form = phq9_form()
    return replace(form, items=(*form.items[:number], item, *form.items[number + 1 :]))


def test_the_official_words_are_asked_and_our_facts_score_them() -> None:
    """A tablet completes the published form, offline, with the published result."""
    made = brought(phq9_form())
    answers = dict.fromkeys((f"q{number}" for number in range(1, 10)), "nearly_every_day")

    assert words(made.items[0].labels, "en") == "Official words of 44250-9"
    assert words(made.items[0].labels, "es") == "Interés o placer"
    assert words(made.items[0].options[3].labels, "en") == "Official LA6571-9"
    assert made.items[0].link_id == "/44250-9"
    assert made.official == ("en",)
    assert score(made, answers).total == 27
    assert [alert.rule for alert in alerts(made, {"q9": "several_days"})] == ["phq9_item9"]
    assert made.items[8].required, "the published form does not insist on item 9; the total does"


def test_totals_and_results_are_computed_and_not_asked() -> None:
    """A worker who types a total types a wrong one some day."""
    result = bring_in(phq9_form(), SHIPPED)

    assert [(problem.item, problem.code, problem.urgency) for problem in result.problems] == [
        ("/44261-6", "computed", "noted")
    ]
    assert len(brought(phq9_form()).items) == 10


def test_a_wording_is_a_version_of_its_own_and_the_same_one_each_time() -> None:
    """The score names which words were asked; importing twice changes nothing."""
    first, second = brought(phq9_form()), brought(phq9_form())
    other = brought(phq9_form(title="PHQ-9, 2027"))

    assert first == second
    assert first.version.startswith("1.0+")
    assert other.version != first.version
    assert load("phq9").version == "1.0"


def test_a_second_language_is_laid_over_the_first() -> None:
    """The Spanish edition comes as a form of its own."""
    english = brought(phq9_form())
    spanish = bring_in(phq9_form(language="es", title="PHQ-9 en español"), [english]).definition

    assert spanish is not None
    assert spanish.official == ("en", "es")
    assert words(spanish.items[0].labels, "en") == "Official words of 44250-9"
    assert words(spanish.items[0].labels, "es-MX") == "Official words of 44250-9"
    assert spanish.version.startswith("1.0+")
    assert spanish.version != english.version


def test_an_imported_definition_travels_as_a_record() -> None:
    """It is validated by the same model on the server and on the tablet."""
    made = brought(phq9_form())
    validate("instrument", "whole", {"definition": dict(data_of(made))})

    assert read_definition(dict(data_of(made))) == made


def test_an_unknown_loinc_code_stops_the_import_and_is_named() -> None:
    """One clear line, before anybody is asked the wrong question."""
    foreign = replace(phq9_form().items[0], loinc="88122-7")
    result = bring_in(changed(0, foreign), SHIPPED)

    assert refused(changed(0, foreign)) == [("/44250-9", "unknown_loinc")]
    assert "88122-7" in next(problem.text for problem in result.problems if problem.urgency == "refused")
    assert refused(changed(0, replace(foreign, loinc="99999-9"))) == [("/44250-9", "unknown_loinc")]
    assert refused(phq9_form(loinc="44249-2")) == [("", "unknown_loinc")]


def test_an_item_without_a_code_is_matched_by_its_link_id() -> None:
    """Some publishers code the panel only."""
    bare = replace(phq9_form().items[0], loinc=None)
    named = replace(bare, link_id="q1")
    lost = replace(bare, link_id="question one")

    assert words(brought(changed(0, bare)).items[0].labels, "en") == "Official words of 44250-9"
    assert words(brought(changed(0, named)).items[0].labels, "en") == "Official words of 44250-9"
    assert refused(changed(0, lost)) == [("question one", "unknown_item")]


def test_a_form_that_lacks_an_item_does_not_take_it_away() -> None:
    """A PHQ-9 printed without item 9 is a PHQ-8, and must not silence the alarm."""
    form = phq9_form()
    short = replace(form, items=tuple(item for item in form.items if item.loinc != "44260-8"))
    result = bring_in(short, SHIPPED)

    assert [problem.code for problem in result.problems] == ["computed", "missing_item"]
    assert [item.id for item in brought(short).items if item.required][-1] == "q9"
    assert words(brought(short).items[8].labels, "en") == "Thoughts of death or self-harm"


def test_options_must_be_those_that_are_scored() -> None:
    """A form with other options, or other scores, is another instrument."""
    item = phq9_form().items[0]
    strange = (*item.options[:3], FormOption("LA9999-9", "Always", LOINC, 3))
    other = (*item.options[:3], replace(item.options[3], score=4))

    assert refused(changed(0, replace(item, options=strange))) == [
        ("/44250-9", "unknown_option"),
        ("/44250-9", "missing_option"),
    ]
    assert refused(changed(0, replace(item, options=other))) == [("/44250-9", "other_score")]
    assert refused(changed(0, replace(item, options=item.options[:3]))) == [("/44250-9", "missing_option")]


def test_options_without_codes_of_loinc_are_matched_by_code_or_score() -> None:
    """Spreadsheets have numbers where FHIR has codes."""
    item = phq9_form().items[0]
    numbered = tuple(FormOption(str(score_), f"Official {score_}", None, score_) for score_ in range(4))
    ours = tuple(FormOption(option.code, "Our code", None) for option in load("phq9").items[0].options)

    assert (
        words(brought(changed(0, replace(item, options=numbered))).items[0].options[2].labels, "en")
        == "Official 2"
    )
    assert (
        words(brought(changed(0, replace(item, options=ours))).items[0].options[2].labels, "en") == "Our code"
    )
    assert brought(changed(0, replace(item, options=()))).items[0].options == load("phq9").items[0].options


@pytest.mark.parametrize("text", ["", "x" * 5_000, "Sleep\x00"])
def test_words_that_cannot_be_shown_stop_the_import_and_are_named(text: str) -> None:
    """A question without words cannot be asked, and the rest of the file is not to blame."""
    item = phq9_form().items[2]
    empty = tuple(replace(option, display=text) for option in item.options)

    assert refused(changed(2, replace(item, text=text))) == [("/44259-0", "unreadable")]
    assert refused(changed(2, replace(item, options=empty))) == [("/44259-0", "unreadable")]
    assert refused(replace(phq9_form(), title=text)) == [("", "unreadable")]


def test_an_item_that_is_worded_twice_stops_the_import() -> None:
    """Which of the two words would be asked?"""
    form = phq9_form()

    assert refused(replace(form, items=(*form.items, form.items[0]))) == [("/44250-9", "twice")]


def test_a_form_without_a_panel_code_is_known_by_its_items() -> None:
    """Exactly ours, or it is another instrument: PHQ-2 and PHQ-9 share two items."""
    assert brought(phq9_form(loinc=None)).id == "phq9"
    form = phq9_form(loinc=None)
    two = replace(form, items=form.items[:2])
    more = replace(form, items=(*form.items, FormItem("/88122-7", "Food", "88122-7", kind="text")))

    assert brought(two).id == "phq2"
    assert brought(more).id == "phq_9_example"


def choice(loinc: str | None = None) -> FormItem:
    """One question of a form that nobody knows here."""
    options = (FormOption("LA33-6", "Yes", LOINC), FormOption("maybe", "Perhaps", "urn:local"))
    return FormItem("1.a", "Is it so?", loinc, options, required=True)


def cage(*link_ids: str, name: str = "cage") -> Form:
    """A published form without any LOINC code."""
    options = (FormOption("yes", "Official yes", score=1), FormOption("no", "Official no", score=0))
    items = tuple(FormItem(link_id, f"Official {link_id}", options=options) for link_id in link_ids)
    return Form(name, "Official", items)


def test_a_form_of_an_instrument_without_codes_is_known_by_its_names() -> None:
    """LOINC has no code for some of them, and their official words are asked for all the same."""
    made = brought(cage("c", "a", "g", "e"))

    assert made.version.startswith("1974+")
    assert words(made.items[3].labels, "en") == "Official e"
    assert score(made, dict.fromkeys("cage", "yes")).total == 4


@pytest.mark.parametrize("form", [cage("c", "a", "g"), cage("c", "a", "g", "e", name="other")])
def test_a_form_with_other_names_is_not_taken_for_it(form: Form) -> None:
    """Three of four questions are another form."""
    assert brought(form).rules == ()


def test_a_form_that_has_only_a_result_in_common_is_another_form() -> None:
    """The code of a risk level is shared by two instruments, and says nothing of the questions."""
    item = FormItem("r", "Level?", LOINC_RISK, (FormOption("x", "X"),))

    assert brought(Form("mine", "Mine", (item,))).id == "mine"


def test_an_unknown_form_can_be_asked_and_is_not_scored() -> None:
    """An agency's own intake form."""
    form = Form(
        "intake_form",
        "Intake",
        (choice("71802-3"), FormItem("1.b", "Say more", kind="text"), FormItem("2", "When?", kind="date")),
        version="2026",
        notice="Ours",
        loinc="96777-8",
    )
    made = brought(form)

    assert [(item.id, item.kind, item.link_id) for item in made.items] == [
        ("item_1", "choice", "1.a"),
        ("item_2", "text", "1.b"),
        ("item_3", "date", "2"),
    ]
    assert (made.id, made.version, made.loinc, made.total, made.rules) == (
        "intake_form",
        "2026",
        "96777-8",
        None,
        (),
    )
    assert [option.loinc for option in made.items[0].options] == ["LA33-6", None]
    assert [found.answer for found in observations(made, {"item_1": "LA33-6"})] == ["LA33-6"]
    assert score(made, {"item_1": "maybe"}).complete


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ((), ("", "empty")),
        ((replace(choice(), options=()),), ("1.a", "unreadable")),
        ((choice(), replace(choice(), link_id="9", kind="attachment")), ("9", "unreadable")),
        ((replace(choice(), loinc="1-1"),), ("1.a", "unknown_loinc")),
    ],
)
def test_an_unknown_form_that_cannot_be_asked_names_its_problem(
    items: tuple[FormItem, ...], problem: tuple[str, str]
) -> None:
    """The importer prints one line, and the file can be mended."""
    assert refused(Form("intake_form", "Intake", items)) == [problem]


def test_a_form_whose_name_cannot_be_an_id_is_refused_as_a_whole() -> None:
    """No item is at fault."""
    assert refused(Form("Intake Form!", "Intake", (choice(),))) == [("", "unreadable")]


def test_an_import_says_everything_at_once() -> None:
    """Somebody mends a file once, not problem by problem."""
    form = Form("intake_form", "Intake", (choice("1-1"), choice("2-2")), loinc="3-3")

    assert isinstance(bring_in(form, SHIPPED), Import)
    assert len(bring_in(form, SHIPPED).problems) == 3


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("44250-9", True),
        ("44250-8", False),
        ("44250", False),
        ("", False),
        ("x-9", False),
        ("44250-x", False),
        ("44250-99", False),
        ("²-3", False),
        ("1-²", False),
    ],
)
def test_a_loinc_code_checks_itself(code: str, sound: bool) -> None:
    """Most typing mistakes are found without a table of ninety thousand codes."""
    assert is_loinc(code) is sound
