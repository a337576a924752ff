"""What a note says of itself, row for row: by it drafts are told from signed work, and late words are found."""

from casework import columns, facts, signing
from casework.record import Fact
from sync import SIGNATURE, Json, RecordView

from ..story import ANA, BEN, NINE, TEN, Save, empty, record

DRAFT: dict[str, Json] = {
    "kind": "contact",
    "author": ANA,
    "visit": "v1",
    "event_at": NINE,
    "heading": "Call to the clinic",
    "narrative": "Client was well.",
}


def signed_note(*later: Save) -> RecordView:
    """A note about nine o'clock that Ana signed at ten, and what came after that."""
    value = signing.sign(record("note", Save(ANA, DRAFT)), by=ANA, at=TEN)
    return record("note", Save(ANA, DRAFT), Save(ANA, {SIGNATURE: value}, 2), *later)


def test_a_draft_is_listed_whole_and_waits_for_nobody() -> None:
    """An author finds a draft by its columns; its day is that of the event, and no supervisor is called."""
    draft = record("note", Save(ANA, DRAFT))

    assert columns(draft) == {
        "kind": "contact",
        "author": "ana",
        "visit": "v1",
        "event_at": "2026-11-24T14:00:00Z",
        "heading": "Call to the clinic",
        "signed": False,
        "late": 0,
    }
    assert facts(draft) == (Fact("note", "r1", "draft", "2026-11-24T14:00:00Z", "ana"),)


def test_a_note_of_which_nothing_was_said_has_every_column_empty() -> None:
    """A missing column would drop a just opened note out of its author's list."""
    assert columns(empty("note")) == {
        "kind": None,
        "author": None,
        "visit": None,
        "event_at": None,
        "heading": None,
        "signed": False,
        "late": 0,
    }


def test_a_signed_note_counts_as_signed_from_its_signature_on() -> None:
    """Note lag counts to the signing: by the event's time, or as a draft, the author would be blamed or missed."""
    view = signed_note()

    assert columns(view) == {
        "kind": "contact",
        "author": "ana",
        "visit": "v1",
        "event_at": "2026-11-24T14:00:00Z",
        "heading": "Call to the clinic",
        "signed": True,
        "late": 0,
    }
    assert facts(view) == (
        Fact("note", "r1", "signed", "2026-11-24T15:00:00Z", "ana"),
        Fact("review_due", "r1", "note", "2026-11-24T15:00:00Z", "ana"),
    )


def test_what_came_too_late_for_a_signature_is_counted_by_the_field() -> None:
    """Words of a second tablet that nobody is pointed to are lost, though they are stored."""
    late = Save(BEN, {"heading": "Call", "narrative": "Client was ill."}, 9)
    again = Save(ANA, {"narrative": "Client was tired."}, 10)

    assert columns(signed_note(late))["late"] == 2
    assert columns(signed_note(late, again))["late"] == 2
