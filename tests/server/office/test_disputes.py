"""Disputes: what two people said differently, and what a supervisor decides between them."""

from __future__ import annotations

from typing import Any

import pytest

from casework import BadAnswer, retracting
from server.errors import NotAssigned, Overtaken, Refused
from server.services.desk import disputes
from server.services.desk.disputes import Settlement
from server.services.log.records import Key
from sync import CHOSEN, LIFE, Json, Life, Write

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk


@pytest.fixture
def ben(desk: Desk, cared_for: str) -> Scripted:
    """Ben's tablet; he cares for the same client."""
    desk.assign("ben", cared_for)
    tablet = desk.tablet("ben")
    tablet.sync()
    return tablet


def queue(desk: Desk, by: str = "lead", **options: Any) -> list[disputes.Waiting]:
    """The first page of what waits for somebody."""
    asked = desk.ask(lambda session: disputes.queue(session, desk.house.sealer, desk.people[by], **options))
    return list(asked.rows)


def read(desk: Desk, key: Key, unit: str, by: str = "lead") -> disputes.Dispute:
    """What somebody has before them."""
    return desk.ask(lambda session: disputes.read(session, desk.house.sealer, desk.people[by], key, unit))


def settle(desk: Desk, read_: disputes.Dispute, value: Json, by: str = "lead", **more: Any) -> None:
    """Somebody decides about what they have before them."""
    said: dict[str, Any] = {"reason": "The certificate.", "seen": read_.seen, **more}
    decision = Settlement(Key(read_.record.type, read_.record.id), read_.unit, value, **said)
    desk.act(lambda book: disputes.settle(book, desk.people[by], decision, desk.house.providers))


def dispute(desk: Desk, client: str, *tablets: Scripted) -> Key:
    """Two workers correct the date of birth without knowing of each other."""
    for tablet, born in zip(tablets, ("1941-01-02", "1941-02-01"), strict=True):
        desk.save(tablet, client, "client", client, date_of_birth=born)
        desk.clock.ms += HOUR_MS
    return Key("client", client)


def test_both_values_their_authors_and_what_they_replaced_are_there(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """A decision rests on who said what, when, over what; and on whom it reaches."""
    desk.put("lead", cared_for, "client", cared_for, date_of_birth="1940-12-31")
    ana.sync()
    ben.sync()
    key = dispute(desk, cared_for, ana, ben)

    shown = read(desk, key, "date_of_birth")
    assert [(rival.value, rival.sayings[0].author) for rival in shown.rivals] == [
        ("1941-02-01", "ben"),
        ("1941-01-02", "ana"),
    ]
    assert shown.base == "1940-12-31"
    assert shown.waits
    assert not shown.chooses
    assert shown.refusal == ""
    assert set(shown.reached) == {"ana", "ben"}
    assert shown.rivals[1].sayings[0].received_ms == desk.clock.ms - 2 * HOUR_MS
    assert [(row.client, row.unit, row.kind) for row in queue(desk)] == [
        (cared_for, "date_of_birth", "undecided")
    ]
    assert queue(desk, "dan") == []


def test_a_decision_closes_the_question_and_stays_readable_with_its_reason(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """And another decision undoes it."""
    key = dispute(desk, cared_for, ana, ben)
    settle(desk, read(desk, key, "date_of_birth"), "1941-01-02")
    decided = read(desk, key, "date_of_birth")
    settle(desk, decided, "1941-02-01", reason="I had misread it.")

    again = read(desk, key, "date_of_birth")
    assert not decided.waits
    assert queue(desk) == []
    assert [(each.by, each.value, each.reason) for each in again.earlier] == [
        ("lead", "1941-02-01", "I had misread it."),
        ("lead", "1941-01-02", "The certificate."),
    ]
    assert set(map(str, again.earlier[1].instead)) == {"1941-01-02", "1941-02-01"}
    assert desk.show("client", cared_for).value("date_of_birth") == "1941-02-01"


def test_who_decides_second_is_told_what_the_first_did(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """Nothing that nobody has seen is overwritten."""
    key = dispute(desk, cared_for, ana, ben)
    first, second = read(desk, key, "date_of_birth"), read(desk, key, "date_of_birth", "sue")
    settle(desk, first, "1941-01-02")

    with pytest.raises(Overtaken) as told:
        settle(desk, second, "1941-02-01", "sue")
    assert [getattr(deed, "by", "") for deed in told.value.deeds] == ["lead"]
    assert desk.show("client", cared_for).value("date_of_birth") == "1941-01-02"


def test_what_breaks_a_rule_or_is_not_ones_own_to_decide_is_refused(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """The other office, no reason, own work, a value that is none, a unit that nobody wrote."""
    key = dispute(desk, cared_for, ana, ben)
    shown = read(desk, key, "date_of_birth")

    with pytest.raises(NotAssigned):
        read(desk, key, "date_of_birth", "dan")
    with pytest.raises(NotAssigned):
        settle(desk, shown, "1941-01-02", "dan")
    with pytest.raises(Refused, match="reason"):
        settle(desk, shown, "1941-01-02", reason="  ")
    with pytest.raises(BadAnswer):
        settle(desk, shown, "the second of May")
    with pytest.raises(Refused, match="has no letters_to"):
        read(desk, key, "letters_to")
    with pytest.raises(Refused, match="there is no client"):
        read(desk, Key("client", "nobody"), "date_of_birth")


def test_nobody_settles_what_they_said_themselves(desk: Desk, ben: Scripted, cared_for: str) -> None:
    """A supervisor who entered one of the values is one of those between whom somebody decides."""
    desk.put("lead", cared_for, "client", cared_for, date_of_birth="1940-12-31")
    desk.save(ben, cared_for, "client", cared_for, date_of_birth="1941-02-01")
    shown = read(desk, Key("client", cared_for), "date_of_birth")

    assert shown.refusal == "nobody settles own work"
    with pytest.raises(NotAssigned, match="own work"):
        settle(desk, shown, "1941-02-01")
    settle(desk, read(desk, Key("client", cared_for), "date_of_birth", "sue"), "1941-02-01", "sue")


def test_of_two_entries_both_stay_and_one_is_chosen(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """Answers never blend, and none is taken away: the office says which one counts."""
    desk.save(ana, cared_for, "assessment", "as-1", instrument={"id": "phq2", "version": "1"})
    ben.sync()
    answers: tuple[Json, Json] = ({"little_interest": "not_at_all"}, {"little_interest": "several_days"})
    for tablet, said in zip((ana, ben), answers, strict=True):
        desk.save(tablet, cared_for, "assessment", "as-1", answers=said)
    key = Key("assessment", "as-1")
    shown = read(desk, key, "answers")
    second = shown.rivals[1].sayings[0].name
    settle(desk, shown, None, name=second)

    after = desk.show("assessment", "as-1")
    assert shown.chooses
    assert [row.kind for row in queue(desk)] == []
    assert after.value("answers") == answers[1]
    assert len(after.units["answers"].live) == 2
    assert CHOSEN + "answers" in after.units
    with pytest.raises(Refused, match="no entry of this name"):
        settle(desk, read(desk, key, "answers"), None, name="another")
    assert read(desk, key, "answers").earlier[0].value == answers[1]


def test_what_was_retracted_and_edited_is_put_to_a_person(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """The decision has seen every edit, whichever way it goes."""
    desk.save(ana, cared_for, "need", "need-1", domain="food", detail="No stove.")
    ben.sync()
    retraction = retracting.retract(ana.view("need", "need-1"), "entered_in_error")
    desk.save(ben, cared_for, "need", "need-1", detail="No stove, no heating.")
    ana.write(cared_for, Write("need", "need-1", LIFE, (), retraction))
    ana.sync()
    key = Key("need", "need-1")
    before = desk.show("need", "need-1").life
    shown = read(desk, key, LIFE)
    settle(desk, shown, "duplicate")

    assert before is Life.RETRACTED_BUT_EDITED
    assert shown.waits
    assert desk.show("need", "need-1").life is Life.RETRACTED
    settle(desk, read(desk, key, LIFE), "active")
    assert desk.show("need", "need-1").life is Life.ACTIVE


def test_a_list_costs_as_many_statements_for_many_rows_as_for_one(
    desk: Desk, ana: Scripted, ben: Scripted, cared_for: str
) -> None:
    """A hundred conflicts are one page, not a hundred questions."""
    dispute(desk, cared_for, ana, ben)
    with desk.counted() as one:
        queue(desk)
    for _ in range(4):
        client = desk.register()
        desk.assign("ana", client)
        desk.assign("ben", client)
        ana.sync()
        ben.sync()
        dispute(desk, client, ana, ben)
    with desk.counted() as many:
        found = queue(desk)

    assert len(found) == 5
    assert len(one) == len(many)
