"""Laws of merging narratives: clean only where no sentence was touched by two, never a sentence nobody wrote."""

from hypothesis import given
from hypothesis import strategies as st

from sync.text import merge_texts, sentences
from tests.laws.naive import story

WORDS = st.sampled_from(
    (
        "Client",
        "denies",
        "reports",
        "2.5",
        "mg",
        "Dr.",
        "pt.",
        "Ito",
        "SI.",
        "plans!",
        "¿Por",
        "qué?",
        "\n",
        "e.g.",
        "No.",
    )
)
texts = st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=60)
versions = st.lists(st.integers(0, 2), min_size=5, max_size=5)


@given(texts)
def test_the_sentences_of_a_text_are_the_text(text: str) -> None:
    """Parting a narrative loses not a space of it."""
    parts = sentences(text)

    assert "".join(parts) == text
    assert "" not in parts


@given(versions, st.lists(versions, min_size=2, max_size=3))
def test_a_merge_is_clean_only_if_no_sentence_was_touched_by_two(
    base: list[int], edits: list[list[int]]
) -> None:
    """Both edits are there, or a person is asked; it never picks one."""
    changed = [{edit[n] for edit in edits} - {base[n]} for n in range(5)]
    clean = all(len(versions) < 2 for versions in changed)
    expected = story([min(new, default=old) for new, old in zip(changed, base, strict=True)])

    assert merge_texts(story(base), [story(edit) for edit in edits]) == (expected if clean else None)


@given(texts, texts, texts)
def test_a_merge_holds_only_sentences_that_somebody_wrote(base: str, one: str, other: str) -> None:
    """Whatever the texts: no sentence is made out of two, and both orders agree."""
    merged = merge_texts(base, [one, other])

    assert merged == merge_texts(base, [other, one])
    if merged is not None:
        written = {*sentences(base), *sentences(one), *sentences(other)}
        assert glued(merged, written)


def glued(text: str, parts: set[str]) -> bool:
    """Whether a text is nothing but such parts, one after the other."""
    ends = {0}
    for start in range(len(text)):
        if start in ends:
            ends |= {start + len(part) for part in parts if text.startswith(part, start)}
    return len(text) in ends


@given(texts, texts)
def test_who_changed_nothing_changes_nothing(base: str, edited: str) -> None:
    """One hand's edit stands as it is."""
    assert merge_texts(base, [base, edited]) == edited
    assert merge_texts(base, [edited, edited]) == edited
