"""What an import of official wording says, word for word, and what its version is made of."""

from dataclasses import replace

import pytest

from casework.instruments import (
    Definition,
    Form,
    FormItem,
    FormOption,
    Import,
    Problem,
    bring_in,
    data_of,
    load,
    shipped,
    words,
)
from casework.instruments.wording import overlay

from .forms import LOINC, data, labels, phq9_form, three

SHIPPED = shipped().all()
COMPUTED = Problem("/44261-6", "computed", "is computed here and not asked", "noted")
LABEL = "must be text of 1 to 4000 characters without control characters"


def changed(item: FormItem) -> Form:
    """The PHQ-9 form with its first item replaced."""
    form = phq9_form()
    return replace(form, items=(item, *form.items[1:]))


def offering(*options: FormOption) -> Form:
    """The PHQ-9 form whose first item offers other options at the end: the fourth is replaced by these."""
    first = phq9_form().items[0]
    return changed(replace(first, options=(*first.options[:3], *options)))


def said(name: str, text: str = "") -> FormItem:
    """One item in the publisher's words, without options."""
    return FormItem(name, text or f"Official {name}")


def small(*items: FormItem, title: str = "Official", notice: str = "") -> Form:
    """A form for the small definition of three questions."""
    return Form("three", title, items, notice=notice)


def worded(definition: Definition, form: Form) -> Definition:
    """The definition with the form's words."""
    made = overlay(definition, form).definition
    assert made is not None
    return made


FIRST = phq9_form().items[0]
OPENED = replace(phq9_form(), items=tuple(item for item in phq9_form().items if item.loinc != "44260-8"))


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        (
            OPENED,
            (
                COMPUTED,
                Problem(
                    "", "missing_item", "44260-8 is not in the form: it is asked in our own words", "noted"
                ),
            ),
        ),
        (
            replace(phq9_form(), items=(*phq9_form().items, replace(FIRST, link_id="again"))),
            (
                COMPUTED,
                Problem("again", "twice", "words an item that another one words already", "refused"),
            ),
        ),
        (
            changed(replace(FIRST, loinc="88122-7")),
            (
                Problem(
                    "/44250-9",
                    "unknown_loinc",
                    "LOINC code 88122-7 is not one of Patient Health Questionnaire-9",
                    "refused",
                ),
                COMPUTED,
                Problem(
                    "", "missing_item", "44250-9 is not in the form: it is asked in our own words", "noted"
                ),
            ),
        ),
        (
            changed(replace(FIRST, loinc=None, link_id="one")),
            (
                Problem("one", "unknown_item", "is no item of Patient Health Questionnaire-9", "refused"),
                COMPUTED,
                Problem(
                    "", "missing_item", "44250-9 is not in the form: it is asked in our own words", "noted"
                ),
            ),
        ),
        (
            offering(FormOption("LA9999-9", "Always", LOINC, 3)),
            (
                Problem("/44250-9", "unknown_option", "option LA9999-9 is not one of the item's", "refused"),
                Problem("/44250-9", "missing_option", "lacks the option LA6571-9", "refused"),
                COMPUTED,
            ),
        ),
        (
            offering(FormOption("always", "Always")),
            (
                Problem("/44250-9", "unknown_option", "option always is not one of the item's", "refused"),
                Problem("/44250-9", "missing_option", "lacks the option LA6571-9", "refused"),
                COMPUTED,
            ),
        ),
        (
            offering(FormOption("LA6571-9", "Nearly every day", LOINC, 4)),
            (
                Problem(
                    "/44250-9",
                    "other_score",
                    "option LA6571-9 has another score than published",
                    "refused",
                ),
                COMPUTED,
            ),
        ),
        (changed(replace(FIRST, text="")), (COMPUTED, Problem("/44250-9", "unreadable", LABEL, "refused"))),
        (
            Form("intake", "Intake", (FormItem("1.a", "", kind="text"),)),
            (Problem("1.a", "unreadable", LABEL, "refused"),),
        ),
    ],
)
def test_an_import_says_these_words(form: Form, problems: tuple[Problem, ...]) -> None:
    """Whoever brings in a publisher's file mends it by these lines, and has no other."""
    assert bring_in(form, SHIPPED).problems == problems


def test_what_has_no_loinc_code_is_called_by_our_own_name() -> None:
    """An agency would else look for an item of the name None, which does not exist."""
    form = small(said("a"), replace(said("b"), options=(FormOption("yes", "Yes"), FormOption("no", "No"))))

    assert overlay(three(), form) == Import(
        None,
        (
            Problem("b", "missing_option", "lacks the option refused"),
            Problem("", "missing_item", "c is not in the form: it is asked in our own words", "noted"),
        ),
    )


def test_a_definition_without_an_english_title_is_called_by_its_id() -> None:
    """A refusal about an agency's Spanish form still says which form it was held against."""
    spanish = three(titles={"es": "Tres"})

    assert next(problem.text for problem in overlay(spanish, small(said("z"))).problems) == (
        "is no item of three"
    )


def test_a_form_that_nobody_knows_has_nothing_to_mend() -> None:
    """Whoever reads the problems of every import reads none here, and not nothing at all."""
    form = Form("intake", "Intake", (FormItem("1", "Why do you come?", kind="text"),))

    assert bring_in(form, SHIPPED).problems == ()


@pytest.mark.parametrize(
    "total",
    [
        FormItem("ten", "Total score", "44261-6", kind="number"),
        FormItem("/44261-6", "Total score", kind="number"),
    ],
)
def test_a_total_is_known_by_its_code_or_by_its_link_id(total: FormItem) -> None:
    """A worker would else be asked for the sum, and a form that is sound be turned away."""
    items = tuple(total if item.loinc == "44261-6" else item for item in phq9_form().items)
    result = bring_in(phq9_form(items=items), SHIPPED)

    assert result.definition is not None
    assert result.problems == (Problem(total.link_id, "computed", "is computed here and not asked", "noted"),)


def test_an_instrument_that_adds_up_nothing_is_worded_too() -> None:
    """The suicide screener has a result and no total; its official words matter most of all."""
    screener = load("cssrs_screener")
    form = Form(
        "c_ssrs",
        "Official",
        tuple(FormItem(f"/{item.loinc}", f"Official {item.id}", item.loinc) for item in screener.items),
        loinc="93373-9",
    )
    result = bring_in(form, SHIPPED)

    assert result.problems == ()
    assert result.definition is not None
    assert [words(item.labels, "en") for item in result.definition.items] == [
        f"Official {item.id}" for item in screener.items
    ]


def test_codes_of_loinc_are_known_without_being_called_so() -> None:
    """A spreadsheet names no system and no score, and its LA codes are right all the same."""
    bare = tuple(replace(option, system=None, score=None) for option in FIRST.options)
    made = bring_in(changed(replace(FIRST, options=bare)), SHIPPED).definition

    assert made is not None
    assert [words(option.labels, "en") for option in made.items[0].options] == [
        "Official LA6568-5",
        "Official LA6569-3",
        "Official LA6570-1",
        "Official LA6571-9",
    ]


def test_what_is_called_a_code_of_loinc_is_not_guessed_by_its_score() -> None:
    """An option of another meaning that happens to count three would be scored as if it were ours."""
    assert [
        problem.text
        for problem in bring_in(offering(FormOption("nearly_every_day", "Daily", LOINC, 3)), SHIPPED).problems
    ] == [
        "option nearly_every_day is not one of the item's",
        "lacks the option LA6571-9",
        "is computed here and not asked",
    ]


def test_an_option_of_another_system_gets_no_code_of_loinc() -> None:
    """A receiver of observations would take the agency's own answer for the published one."""
    options = (FormOption("LA33-6", "Yes", "urn:local"), FormOption("33", "No", LOINC))
    made = bring_in(Form("intake", "Intake", (FormItem("1", "So?", options=options),)), SHIPPED).definition

    assert made is not None
    assert made.items[0].options[0].loinc is None
    assert data_of(made)["options"] == {
        "item_1": [
            {"code": "LA33-6", "labels": {"en": "Yes"}},
            {"code": "33", "labels": {"en": "No"}},
        ]
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "shown"),
    [
        ("Our own words", "© The publisher", "© The publisher"),
        ("Our own words", "", "Our own words"),
        (None, "© The publisher", "© The publisher"),
        (None, "", ""),
    ],
)
def test_the_publishers_notice_takes_the_place_of_ours(ours: str | None, theirs: str, shown: str) -> None:
    """The licence asks for the publisher's notice on the screen; ours says that the words are not official."""
    made = worded(three(notice=ours), small(said("a"), notice=theirs))

    assert made.notice == shown
    assert data_of(made)["notice"] == shown


def test_questions_in_words_alone_are_worded() -> None:
    """A form without any list of options has official words as well."""
    plain = three(
        options=None,
        items=[{"id": "a", "labels": labels("A"), "kind": "text"}],
        total=None,
    )

    assert worded(plain, small(said("a"))).items[0].labels == {"en": "Official a"}


def test_a_worded_definition_is_ours_with_the_publishers_words() -> None:
    """Everything that scores stays as it is, also what no form speaks of."""
    offered = (FormOption("yes", "Ja"), FormOption("no", "Nee"), FormOption("refused", "Wil niet"))
    form = Form(
        "three", "Drie", (FormItem("/a", "Officieel", options=offered),), language="nl", notice="© 2026"
    )
    made = data_of(worded(three(), form))
    ours = data()

    assert {**made, "version": ""} == {
        **ours,
        "version": "",
        "titles": {"en": "Three", "nl": "Drie"},
        "official": ["nl"],
        "notice": "© 2026",
        "options": {
            "yn": ours["options"]["yn"],
            "a_worded": [
                {"code": "yes", "labels": {"en": "Yes", "nl": "Ja"}, "score": 1, "positive": True},
                {"code": "no", "labels": {"en": "No", "nl": "Nee"}, "score": 0, "positive": False},
                {"code": "refused", "labels": {"en": "Refused", "nl": "Wil niet"}},
            ],
        },
        "items": [
            {
                **ours["items"][0],
                "labels": {"en": "A", "nl": "Officieel"},
                "link_id": "/a",
                "options": "a_worded",
            },
            *ours["items"][1:],
        ],
    }


@pytest.mark.parametrize(
    ("title", "version"),
    [("Official 0", "1+4JEU64mh"), ("Official 3", "1+T.73qciV"), ("Official 5", "1+Hh.l.8UF")],
)
def test_the_version_of_a_wording_is_the_same_in_every_edition_of_the_program(
    title: str, version: str
) -> None:
    """Scores of years ago name it: reckoned in another way, the same words would come in a second time."""
    assert worded(three(), small(said("a"), title=title)).version == version


def test_a_wording_over_a_wording_has_one_digest_behind_the_version() -> None:
    """Each edition in one more language would else lengthen the version, until it is refused at eighty."""
    english = worded(three(), small(said("a")))
    again = english
    for number in range(12):
        again = worded(again, small(said("a"), title=f"Edition {number}"))

    assert again.version.count("+") == 1
    assert again.version.startswith("1+")
    assert again.version != english.version
