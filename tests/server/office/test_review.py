"""Reviewing: what waits for a supervisor, what she reads, and what she says about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import NotAllowedYet
from server.errors import NotAssigned, Overtaken, Refused
from server.services.desk import office, review
from server.services.desk.overtaking import Deed
from server.services.desk.review import Comment, Decision
from server.services.log.records import Key

from ..exchange.conftest import HOUR_MS, SOUTH
from ..exchange.tablet import Scripted
from .conftest import Desk


def queue(desk: Desk, by: str = "lead", **options: Any) -> list[review.Waiting]:
    """The first page of a supervisor's queue."""
    found = desk.ask(lambda session: review.queue(session, desk.house.sealer, desk.people[by], **options))
    return list(found.rows)


def read(desk: Desk, id_: str, by: str = "lead", type_: str = "note") -> review.Reading:
    """What a supervisor has before her."""
    return desk.ask(lambda session: review.read(session, desk.house.sealer, desk.people[by], Key(type_, id_)))


def decide(desk: Desk, reading: review.Reading, kind: str = "approved", by: str = "lead", **more: Any) -> str:
    """A supervisor decides about what she has read."""
    work = Key(reading.work.type, reading.work.id)
    decision = Decision(work, kind, reading.seen, **more)
    return desk.act(lambda book: review.decide(book, desk.people[by], decision, desk.house.providers))


def test_a_signed_note_waits_for_the_supervisors_of_its_office(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Whoever answers for the work sees that it waits, by name; the other office does not."""
    note = desk.note(ana, cared_for)

    assert queue(desk) == [
        review.Waiting(
            Key("note", note), cared_for, "Ybarra, Luz", "ana", "Ana", "", desk.now()[:19] + "Z", 1
        )
    ]
    assert queue(desk, "dan") == []
    with pytest.raises(NotAssigned):
        queue(desk, "ana")


def test_the_riskiest_client_comes_first_and_then_the_oldest(desk: Desk, ana: Scripted) -> None:
    """A queue by date alone leaves the dangerous note for the evening."""
    clients = [desk.register() for _ in range(3)]
    for client in clients:
        desk.assign("ana", client)
    ana.sync()
    notes = []
    for client in clients:
        notes.append(desk.note(ana, client))
        desk.clock.ms += HOUR_MS
    desk.risk(ana, clients[2], "imminent")
    desk.risk(ana, clients[1], "low")

    assert [(row.work.id, row.risk) for row in queue(desk)] == [
        (notes[2], "imminent"),
        (notes[0], ""),
        (notes[1], ""),
    ]


def test_the_queue_goes_on_where_a_page_ended(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Each work is on one page and on no other, whatever comes in between."""
    for _ in range(5):
        desk.note(ana, cared_for)
    whole = [row.work.id for row in queue(desk)]
    found, cursor = [], None
    while True:
        page = desk.ask(
            lambda session, c=cursor: review.queue(
                session, desk.house.sealer, desk.people["lead"], cursor=c, rows=2
            )
        )
        found += [row.work.id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break

    assert found == whole
    assert len(set(found)) == 5
    with pytest.raises(Refused):
        queue(desk, cursor="bm8")


def test_a_queue_costs_the_same_for_one_row_and_for_many(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A statement for each row would make the morning's first page the slowest."""
    desk.note(ana, cared_for)
    with desk.counted() as few:
        queue(desk)
    for _ in range(6):
        client = desk.register()
        desk.assign("ana", client)
        ana.sync()
        desk.note(ana, client)
    with desk.counted() as many:
        found = queue(desk)

    assert len(found) == 7
    assert len(many) == len(few)


def test_what_was_approved_leaves_the_queue_and_is_marked(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The worker sees on the note itself that it was read."""
    note = desk.note(ana, cared_for)
    made = decide(desk, read(desk, note), comments=[Comment("Well said.", "narrative")])
    ana.sync()

    shown = desk.show("review", made)
    assert queue(desk) == []
    assert (shown.value("kind"), shown.value("reviewer"), shown.value("author")) == (
        "approved",
        "lead",
        "ana",
    )
    assert list(shown.members("comments").values()) == [{"text": "Well said.", "unit": "narrative"}]
    assert ana.value(cared_for, "reviewed", type_="note", id_=note)["review"] == made  # type: ignore[index, call-overload]
    assert ana.value(cared_for, "kind", type_="review", id_=made) == "approved"


def test_a_co_signature_names_the_digest_and_covers_the_addenda(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """What was co-signed is never in doubt."""
    note = desk.note(ana, cared_for)
    addendum = desk.addendum(ana, cared_for, note)
    decide(desk, read(desk, note), "cosigned", title="LCSW")

    after = read(desk, note)
    digests = {shown.value("digest") for shown in after.reviews}
    assert digests == {desk.show(*key).signed.digest for key in (("note", note), ("addendum", addendum))}  # type: ignore[union-attr]
    assert not after.waits
    assert queue(desk) == []


def test_an_addendum_opens_the_review_again_and_is_marked_as_new(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The second reading is of what was added."""
    note = desk.note(ana, cared_for)
    decide(desk, read(desk, note), "cosigned")
    assert read(desk, note).changed == frozenset()
    addendum = desk.addendum(ana, cared_for, note)

    reading = read(desk, note)
    assert [row.work for row in queue(desk)] == [Key("note", note)]
    assert {(type_, id_) for type_, id_, _ in reading.changed} == {("addendum", addendum)}
    decide(desk, reading, "cosigned")
    assert queue(desk) == []
    assert len(read(desk, note).reviews) == 2


def test_a_return_is_the_authors_task_and_says_why(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A note sent back without a word is sent back twice."""
    note = desk.note(ana, cared_for)
    reading = read(desk, note)
    with pytest.raises(Refused, match="says what is missing"):
        decide(desk, reading, "returned")
    decide(desk, reading, "returned", reason="Who was present?")
    ana.sync()

    assert queue(desk) == []
    mark: Any = ana.value(cared_for, "reviewed", type_="note", id_=note)
    assert mark["kind"] == "returned"
    assert ana.value(cared_for, "reason", type_="review", id_=mark["review"]) == "Who was present?"


def test_two_supervisors_review_one_note_and_the_second_is_told(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Nothing is overwritten, and nobody wonders who returned what the other approved."""
    note = desk.note(ana, cared_for)
    first, second = read(desk, note), read(desk, note, "sue")
    decide(desk, first, "returned", reason="Who was present?")
    with pytest.raises(Overtaken) as refused:
        decide(desk, second, by="sue")

    told = [deed for deed in refused.value.deeds if isinstance(deed, Deed) and deed.unit == "reviewed"]
    assert [(deed.by, deed.type, deed.id, deed.what) for deed in told] == [("lead", "note", note, "returned")]
    decide(desk, read(desk, note, "sue"), by="sue")
    assert [shown.value("kind") for shown in read(desk, note).reviews] == ["returned", "approved"]


def test_an_addendum_that_arrives_while_somebody_reads_is_told_too(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A signature under words that nobody read is worth nothing."""
    note = desk.note(ana, cared_for)
    reading = read(desk, note)
    desk.addendum(ana, cared_for, note)
    with pytest.raises(Overtaken) as refused:
        decide(desk, reading, "cosigned")

    assert {deed.by for deed in refused.value.deeds if isinstance(deed, Deed)} == {"ana"}
    assert len(queue(desk)) == 1


def test_nobody_reviews_own_work(desk: Desk, cared_for: str) -> None:
    """A supervisor who visits has her notes read by another."""
    tablet = desk.tablet("lead")
    tablet.sync()
    note = desk.note(tablet, cared_for)

    assert queue(desk) == []
    assert [row.work.id for row in queue(desk, "sue")] == [note]
    for kind in ("approved", "cosigned"):
        with pytest.raises(NotAssigned, match="own work"):
            decide(desk, read(desk, note), kind)
    decide(desk, read(desk, note, "sue"), by="sue")


def test_only_supervisors_of_the_office_read_and_decide(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Deny by default; a supervisor of two offices reads both."""
    note = desk.note(ana, cared_for)
    reading = read(desk, note)
    for by in ("dan", "ida", "aud", "ana"):
        with pytest.raises(NotAssigned):
            read(desk, note, by)
        with pytest.raises(NotAssigned):
            decide(desk, reading, by=by)
    desk.people["dan"] = replace(desk.people["dan"], offices=(desk.people["lead"].office or "",))

    assert [row.work.id for row in queue(desk, "dan")] == [note]
    decide(desk, read(desk, note, "dan"), by="dan")


def test_a_completed_form_is_reviewed_and_not_co_signed(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """There is no signature of the author's to sign beside."""
    form = desk.id("form")
    desk.save(
        ana,
        cared_for,
        "assessment",
        form,
        worker="ana",
        instrument={"id": "phq2", "version": "1"},
        answers={"q1": "not_at_all"},
        finished_at=desk.now(),
    )

    reading = read(desk, form, type_="assessment")
    assert [row.work for row in queue(desk)] == [Key("assessment", form)]
    with pytest.raises(NotAllowedYet):
        decide(desk, reading, "cosigned")
    decide(desk, reading)
    assert queue(desk) == []
    with pytest.raises(Refused, match="decided so already"):
        decide(desk, read(desk, form, type_="assessment"))


def test_a_review_does_not_make_work_somebody_elses(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Whoever handed a client over still signs what was reviewed: the office's mark is no part of the work."""
    form = desk.id("form")
    answers: Any = {"instrument": {"id": "phq2", "version": "1"}, "answers": {"q1": "not_at_all"}}
    desk.save(ana, cared_for, "assessment", form, worker="ana", **answers)
    decide(desk, read(desk, form, type_="assessment"))
    desk.unassign("ana", cared_for)
    desk.clock.ms += HOUR_MS
    signed = ana.set(cared_for, "closed", "completed", type_="assessment", id_=form)
    outcomes = ana.ask().outcomes

    assert [(outcome.name, outcome.held) for outcome in outcomes] == [(signed, "")]


def test_what_stands_beside_a_note_is_the_clients_own(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A supervisor decides with the danger and the visit before her."""
    visit = desk.id("visit")
    desk.save(
        ana,
        cared_for,
        "visit",
        visit,
        worker="ana",
        begin={"device_at": desk.now(), "method": "manual"},
        outcome={"outcome": "made"},
    )
    desk.risk(ana, cared_for, "moderate", "unsafe_home")
    desk.risk(ana, cared_for, "high", "self_harm")
    reading = read(desk, desk.note(ana, cared_for, visit=visit))

    assert reading.client.id == cared_for
    assert reading.visit is not None
    assert reading.visit.id == visit
    assert [shown.value("kind") for shown in reading.risks] == ["self_harm", "unsafe_home"]
    assert {line.kind for line in reading.recent} == {"visit", "risk", "note"}
    assert reading.names == {"ana": "Ana"}


def test_what_is_no_work_is_refused_by_name(desk: Desk, cared_for: str) -> None:
    """Space outside the rule."""
    with pytest.raises(Refused, match="there is no note"):
        read(desk, "nothing")
    with pytest.raises(Refused, match="is one of"):
        read(desk, cared_for, type_="client")


def test_an_unsigned_note_cannot_be_decided(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Half a sentence is nobody's work yet."""
    draft = desk.id("note")
    desk.save(ana, cared_for, "note", draft, author="ana", narrative="Seen at")
    with pytest.raises(Refused, match="nothing of it is signed"):
        decide(desk, read(desk, draft))
    with pytest.raises(Refused, match="a review is one of"):
        decide(desk, read(desk, draft), "liked")


def test_a_supervisor_of_the_south_sees_her_own_queue(desk: Desk) -> None:
    """The other office is not merely hidden: it has a queue of its own."""
    cleo = desk.tablet("cleo")
    client = desk.register("dan", place=SOUTH)
    desk.act(lambda book: office.assign(book, desk.people["dan"], "cleo", client, desk.house.providers))
    cleo.sync()
    note = desk.note(cleo, client)

    assert [row.work.id for row in queue(desk, "dan")] == [note]
    assert queue(desk) == []
