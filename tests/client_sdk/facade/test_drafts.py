import pytest

import casework
from client_sdk import Custody, Tablet

from .kit import ANA, CLIENT, Setting


def test_a_draft_is_kept_over_a_lock_and_saved_once(field: Setting, ana: Tablet) -> None:
    """A battery that dies in the middle of a sentence costs half a sentence."""
    draft = ana.new_draft("note", ana.get("client", CLIENT))
    draft.put(kind="progress", author=ANA)
    draft.put(narrative="Seen at")
    ana.lock()

    tablet = field.unlock()
    (draft,) = tablet.drafts()
    assert (draft.type, draft.subject) == ("note", CLIENT)
    assert draft.values == {"kind": "progress", "author": ANA, "narrative": "Seen at"}
    draft.put(narrative="Seen at home.")
    name = draft.save(reason="home visit")

    assert [waiting.name for waiting in tablet.pending()] == [name]
    assert tablet.get("note", draft.id).narrative == "Seen at home."
    assert tablet.drafts() == []
    assert draft.values == {}


def test_a_draft_of_what_exists_changes_it(ana: Tablet) -> None:
    """Typing shows nowhere until it is saved; that something is typed does."""
    client = ana.get("client", CLIENT)
    draft = ana.draft(client)
    draft.put({"preferred_name": "Rosie"})

    assert ana.get("client", CLIENT).preferred_name is None
    assert ana.custody(client) is Custody.TABLET_ONLY
    assert ana.status().drafts == 1
    draft.save()
    assert ana.get("client", CLIENT).preferred_name == "Rosie"
    again = ana.draft(client)
    again.put({"preferred_name": "Rosie"})
    assert again.save() is None
    assert ana.drafts() == []


def test_a_draft_that_casework_refuses_stays(ana: Tablet) -> None:
    """The worker corrects it; nothing typed is thrown away."""
    draft = ana.new_draft("note", CLIENT)
    draft.put(kind="poem")
    with pytest.raises(casework.BadAnswer):
        draft.save()

    assert draft.values == {"kind": "poem"}
    draft.discard()
    assert ana.drafts() == []
    with pytest.raises(casework.UnknownField):
        ana.new_draft("poem", CLIENT)


def test_a_client_who_has_left_goes_when_the_draft_is_given_up(field: Setting, ana: Tablet) -> None:
    """Drafts hold a subject; nothing else does."""
    draft = ana.new_draft("note", CLIENT)
    draft.put(narrative="half")
    field.model.revoke(ANA, CLIENT)
    ana.sync()
    assert ana.record("client", CLIENT) is not None
    assert ana.status().leaving == 1
    draft.discard()

    assert ana.record("client", CLIENT) is None
    assert [notice.what for notice in ana.notices().values()] == ["left"]
