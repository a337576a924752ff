"""What somebody puts their name to, and what a second person reviews."""

import pytest

from casework import NotAllowedYet, retracting, signing, validate
from sync import LIFE, Json, RecordView

from .story import ANA, BEN, EVA, OFFICE, Save, empty, one, record

AT = "2026-11-24T18:00:00-05:00"
SAID = Save(ANA, {"narrative": "Client was well."})


def signed(*saves: Save, at: int = 50) -> RecordView:
    """A note with its author's signature over what the saves show."""
    value = signing.sign(record("note", *saves), by=ANA, at=AT, title="LMSW")
    return record("note", *saves, Save(ANA, {"signature": value}, at))


def test_a_signature_carries_the_content_and_what_it_rests_on() -> None:
    """Whoever reads it in ten years sees what was signed, whatever came after."""
    draft = one("note", author="ana", narrative="Client was well.")
    value = signing.sign(draft, by=ANA, at=AT, title="LMSW")
    content: dict[str, Json] = {"author": "ana", "narrative": "Client was well."}

    assert value == {
        "content": content,
        "digest": signing.digest(content),
        "seen": sorted({write.name for shown in draft.units.values() for write in shown.live}),
        "by": ANA,
        "at": AT,
        "title": "LMSW",
    }
    validate("note", "signature", value)


def test_a_signature_without_a_title_says_none() -> None:
    """A title that somebody does not hold must not stand there empty."""
    value = signing.sign(one("note", narrative="x"), by=ANA, at=AT)

    assert isinstance(value, dict)
    assert "title" not in value


def test_a_signed_note_shows_what_was_signed_and_the_late_change_beside_it() -> None:
    """A draft from another tablet that comes after signing is neither lost nor taken in."""
    draft = Save(ANA, {"narrative": "Client was well."})
    value = signing.sign(record("note", draft), by=ANA, at=AT)
    view = record(
        "note", draft, Save(ANA, {"signature": value}, 3), Save(BEN, {"narrative": "Client was ill."}, 9)
    )

    assert view.value("narrative") == "Client was well."
    assert view.signed is not None
    assert [write.value for write in view.signed.late["narrative"]] == ["Client was ill."]
    assert signing.is_whole(view)


def test_a_rival_that_the_content_does_not_show_stays_visible() -> None:
    """Signing is never blocked by an open question, and never closes it in silence."""
    view = signed(Save(ANA, {"heading": "Visit", "narrative": "x"}), Save(BEN, {"heading": "Call"}, 2))

    assert view.signed is not None
    assert view.value("heading") == "Call"
    assert [write.value for write in view.signed.late["heading"]] == ["Visit"]
    assert "narrative" not in view.signed.late


def test_a_directive_without_a_winner_is_left_out_of_what_is_signed() -> None:
    """Nobody signs that one of two people may consent while a person has not said which."""
    view = record(
        "consent",
        Save(ANA, {"authority": {"capacity": "guardian"}, "purpose": "School"}),
        Save(BEN, {"authority": {"capacity": "client"}}, 2),
    )
    value = signing.sign(view, by=ANA, at=AT)

    assert isinstance(value, dict)
    assert value["content"] == {"purpose": "School"}
    assert value["seen"] == []


def test_two_narratives_must_become_one_before_signing() -> None:
    """One of them would be signed unread, and the other put aside."""
    torn = record(
        "note", Save(ANA, {"narrative": "Denies plans."}), Save(BEN, {"narrative": "Has plans."}, 2)
    )
    with pytest.raises(NotAllowedYet) as refused:
        signing.sign(torn, by=ANA, at=AT)

    assert refused.value.units == ("narrative",)


def test_a_clean_merge_of_ones_own_drafts_is_signed_whole() -> None:
    """Both drafts are in the text that was read, so neither is a late change."""
    first = Save(ANA, {"narrative": "Slept well. Ate little. Walked far."})
    base = record("note", first)
    phone = Save(ANA, {"narrative": "Slept well. Ate little. Walked home."}, 2, seen=base, device="phone")
    tablet = Save(ANA, {"narrative": "Slept badly. Ate little. Walked far."}, 3, seen=base)
    view = signed(first, phone, tablet)

    assert view.value("narrative") == "Slept badly. Ate little. Walked home."
    assert view.signed is not None
    assert view.signed.late == {}


def test_an_empty_record_is_not_signed() -> None:
    """A signature under nothing vouches for anything."""
    with pytest.raises(NotAllowedYet):
        signing.sign(empty("note"), by=ANA, at=AT)


def test_a_signed_record_is_not_signed_again() -> None:
    """What comes later is an addendum with its own signature."""
    with pytest.raises(NotAllowedYet):
        signing.sign(signed(Save(ANA, {"narrative": "x"})), by=ANA, at=AT)


def test_what_the_office_decides_is_not_signed_by_a_worker() -> None:
    """An assignment changes without touching what a worker vouched for."""
    view = record(
        "episode", Save(EVA, {"office": "o1"}, device=OFFICE), Save(ANA, {"admitted_on": "2026-11-01"})
    )
    value = signing.sign(view, by=ANA, at=AT)

    assert isinstance(value, dict)
    assert value["content"] == {"admitted_on": "2026-11-01"}


def test_a_cosignature_names_the_digest_that_was_reviewed() -> None:
    """What the supervisor read is never in doubt."""
    view = signed(Save(ANA, {"narrative": "x"}))
    fields = signing.cosign(view, by=EVA, at=AT, title="LCSW")

    assert view.signed is not None
    assert fields == {
        "of": {"type": "note", "id": "r1"},
        "kind": "cosigned",
        "author": ANA,
        "reviewer": EVA,
        "at": AT,
        "digest": view.signed.digest,
        "signed_as": "LCSW",
    }
    for unit, value in fields.items():
        validate("review", unit, value)
    assert "signed_as" not in signing.cosign(view, by=EVA, at=AT)


def test_nobody_cosigns_own_work_or_work_that_is_not_signed_or_not_whole() -> None:
    """A second pair of eyes is the whole point."""
    draft = record("note", Save(ANA, {"narrative": "x"}))
    forged = record(
        "note",
        Save(
            ANA,
            {
                "signature": {
                    "content": {"narrative": "y"},
                    "digest": "A" * 22,
                    "seen": [],
                    "by": ANA,
                    "at": AT,
                }
            },
        ),
    )
    for view, by in ((draft, EVA), (signed(Save(ANA, {"narrative": "x"})), ANA), (forged, EVA)):
        with pytest.raises(NotAllowedYet):
            signing.cosign(view, by=by, at=AT)

    assert not signing.is_whole(draft)


def test_a_signature_on_anothers_tablet_is_still_its_signers_work() -> None:
    """Eva signed on Ana's tablet: she does not review herself."""
    value = signing.sign(record("note", Save(ANA, {"narrative": "x"})), by=EVA, at=AT)
    view = record("note", Save(ANA, {"narrative": "x"}), Save(ANA, {"signature": value}, 2))

    with pytest.raises(NotAllowedYet):
        signing.cosign(view, by=EVA, at=AT)
    assert signing.signed_by(empty("note")) is None
    assert signing.signed_by(one("note", signature="unreadable")) is None
    assert signing.signed_by(one("note", signature={"by": 5})) is None


def test_a_later_addendum_reopens_the_review() -> None:
    """What was co-signed stays so; what was added has been read by nobody."""
    note = signed(Save(ANA, {"narrative": "x"}))
    review = one("review", by=EVA, **signing.cosign(note, by=EVA, at=AT))
    text = Save(ANA, {"note": "r1", "narrative": "And the dog was there."})
    value = signing.sign(record("addendum", text, id_="a1"), by=ANA, at=AT)
    addendum = record("addendum", text, Save(ANA, {"signature": value}, 2), id_="a1")
    of_another = record("addendum", Save(ANA, {"note": "n2"}), id_="a2")
    second = one("review", by=EVA, **signing.cosign(addendum, by=EVA, at=AT))

    assert signing.is_cosigned(note, [review])
    assert signing.is_cosigned(note, [review], [of_another])
    assert not signing.is_cosigned(note, [])
    assert not signing.is_cosigned(note, [review], [addendum])
    assert signing.is_cosigned(note, [review, second], [addendum])
    assert not signing.is_cosigned(note, [one("review", kind="approved", digest=note.signed.digest)])  # type: ignore[union-attr]  # it is signed


def test_the_digest_changes_with_any_word() -> None:
    """A digest that did not would let a co-signature wander."""
    assert signing.digest({"a": "x"}) != signing.digest({"a": "y"})
    assert signing.digest({"a": 1, "b": 2}) == signing.digest({"b": 2, "a": 1})


def test_a_note_that_was_brought_back_is_signed_without_its_life() -> None:
    """The signature vouches for what was seen at the visit, not for the clerk's mistake of taking it away."""
    gone = record("note", SAID, Save(ANA, {LIFE: retracting.retract(record("note", SAID), "duplicate")}, 2))
    back = record(
        "note",
        SAID,
        Save(ANA, {LIFE: retracting.retract(record("note", SAID), "duplicate")}, 2),
        Save(EVA, {LIFE: retracting.revive()}, 3, seen=gone),
    )
    value = signing.sign(back, by=ANA, at=AT)

    assert isinstance(value, dict)
    assert value["content"] == {"narrative": "Client was well."}
    assert value["seen"] == list(back.over("narrative"))


def test_a_signature_rests_on_what_won_and_not_on_its_rival() -> None:
    """Named among the seen, the rival would vanish; left out, the winner would show as a late change."""
    torn = record("note", Save(ANA, {"heading": "Visit"}), Save(BEN, {"heading": "Call"}, 2))
    value = signing.sign(torn, by=ANA, at=AT)
    by = torn.units["heading"].by

    assert isinstance(value, dict)
    assert by is not None
    assert (value["content"], value["seen"]) == ({"heading": "Call"}, [by.name])
