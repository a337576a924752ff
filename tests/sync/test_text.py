import pytest

from sync.text import SENTENCES_MAX, merge_texts, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Alone. Tired", ["Alone. ", "Tired"]),
        ("Is she safe? Yes! \"Quite.\" She said.", ["Is she safe? ", "Yes! ", "\"Quite.\" ", "She said."]),
        ("Takes 2.5 mg. of it", ["Takes 2.5 mg. of it"]),
        ("Saw Dr. Ito, Mrs. Kay. Pt. reports pain.", ["Saw Dr. Ito, Mrs. Kay. Pt. reports pain."]),
        ("Saw Dr. Ito today. Pt. reports pain.", ["Saw Dr. Ito today. ", "Pt. reports pain."]),
        ("Named J. Smith. ok", ["Named J. Smith. ok"]),
        ("J. Smith", ["J. Smith"]),
        ("one\n\ntwo\nthree", ["one\n\n", "two\n", "three"]),
        ("Vive sola. ¿Tiene miedo? ¡No! Él duerme.", ["Vive sola. ", "¿Tiene miedo? ", "¡No! ", "Él duerme."]),
    ],
)  # fmt: skip
def test_a_text_is_parted_only_where_a_sentence_surely_ends(text: str, parts: list[str]) -> None:
    """A decimal point or a title must not make two halves that merge apart."""
    assert sentences(text) == parts


def test_a_denial_and_a_report_never_become_one_sentence() -> None:
    """By word, this merged into its opposite."""
    base = "Client denies suicidal thoughts. Sleeps well."
    one = "Client reports suicidal thoughts. Sleeps well."
    other = "Client denies suicidal plans. Sleeps well."

    assert merge_texts(base, [one, other]) is None


def test_two_numbers_of_one_sentence_never_come_from_two_hands() -> None:
    """A dose that nobody wrote would be a wrong order."""
    assert merge_texts("Takes 1.5 to 2.5 mg.", ["Takes 3.5 to 2.5 mg.", "Takes 1.5 to 2.7 mg."]) is None


def test_sentences_apart_are_merged_in_either_order() -> None:
    """Three drafts, one text."""
    base = "Aaa one. Stays here. Bbb one. Stays too. Ccc one."
    edits = [
        base.replace("Aaa one", "Aaa two"),
        base.replace("Bbb one", "Bbb two"),
        base.replace("Ccc one", "Ccc two"),
    ]

    assert merge_texts(base, edits) == merge_texts(base, edits[::-1]) == base.replace("one", "two")


def test_a_text_of_too_many_sentences_is_not_compared() -> None:
    """The time of a comparison grows with the square."""
    long = "Aaaaa is here. " * SENTENCES_MAX

    assert merge_texts(long, [long, long]) == long
    assert merge_texts(long, [long + "More of it. ", long]) is None
