import pytest

from client_sdk.errors import Offline
from client_sdk.exchange import Progress
from client_sdk.replica import DraftRow, erase_left

from .kit import ANA, Kit, write


def test_a_leave_waits_for_drafts_and_for_outcomes(ana: Kit) -> None:
    """Late work is never lost to a reassignment."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {"text": "half"}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    about = ana.replica.subjects.get("c1")

    assert about is not None
    assert about.leaving
    assert ana.value("c1", "phone") == "555-0100"
    own = ana.set("c1", "phone", "late")
    with ana.replica.transaction():
        ana.replica.drafts.delete("note/n1")
    ana.sync()

    assert ana.replica.subjects.get("c1") is None
    assert ana.replica.records.of_subject("c1") == []
    assert ana.value("c1", "phone") is None
    assert ana.received[-1].left == ("c1",)
    assert ana.replica.notices.get("left/c1") is not None
    assert ana.replica.sent.get(own.name) is not None, "its envelope stays"
    assert ana.store.outbox.list() != []
    assert ana.replica.place.value.digest == 0


def test_an_enter_voids_a_leave_that_waits(ana: Kit) -> None:
    """The client comes back before the tablet let go."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    ana.model.grant(ANA, "c1")
    ana.model.office("c1", write("c1", "phone", "555-0101"))
    ana.sync()
    about = ana.replica.subjects.get("c1")

    assert about is not None
    assert not about.leaving
    assert ana.value("c1", "phone") == "555-0101"
    assert ana.replica.notices.get("left/c1") is None


def test_a_leave_of_what_never_became_whole_leaves_nothing(bare: Kit) -> None:
    """A cover that ended before its page was complete."""
    bare.model.rows_a_page = 1
    bare.model.office("c1", write("c1", "phone", "1"))
    bare.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    bare.model.grant(ANA, "c1")
    seen: list[Progress] = []
    bare.converse().run(seen.append, lambda: len(seen) == 1)
    bare.model.revoke(ANA, "c1")
    bare.sync()

    assert bare.replica.subjects.get("c1") is None
    assert bare.replica.staged.of_subject("c1") == []


def test_work_about_a_client_who_is_taken_away_at_once_is_let_go(bare: Kit) -> None:
    """A client registered in the field and given to somebody else before the page."""
    own = bare.set("c9", "phone", "1")
    bare.wire.during = None
    head_before = bare.model.head
    bare.model.with_total = False
    bare.wire.lose_replies = 1
    with pytest.raises(Offline):
        bare.sync()
    bare.model.revoke(ANA, "c9")
    bare.sync()

    assert bare.model.head > head_before
    assert bare.replica.own.get(own.name) is None
    assert bare.value("c9", "phone") is None


def test_a_fate_of_work_whose_subject_has_left_is_still_told(ana: Kit) -> None:
    """The content is gone from the tablet; that it was decided is not."""
    ana.model.revoke(ANA, "c1")
    own = ana.set("c1", "phone", "late")
    ana.sync()
    assert ana.replica.own.get(own.name) is None
    ana.model.refuse(own.name, "too late")
    ana.sync()
    notice = ana.replica.notices.get(f"decided/{own.name}")

    assert notice is not None
    assert notice.reason == "too late"


def test_a_subject_that_enters_again_is_not_erased_by_the_leave_before(ana: Kit) -> None:
    """Its draft is given up between the two pages that bring it back."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    ana.model.rows_a_page = 1
    ana.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    ana.model.grant(ANA, "c1")
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 1)
    with ana.replica.transaction():
        ana.replica.drafts.delete("note/n1")
        erase_left(ana.replica, 1)

    assert ana.value("c1", "phone") == "555-0100"
    assert ana.replica.notices.get("left/c1") is None
