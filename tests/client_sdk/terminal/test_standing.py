from sync import Json

from .shell import Shell


def test_status_counts_what_is_here_and_names_no_client(shell: Shell, client: str) -> None:
    """It is read out over the phone to whoever helps."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    said, told = shell.says("status"), shell.gives("status")

    assert (told["waiting"], told["subjects"], told["agency"]) == (1, 1, "Mercy Bend")
    assert "Saves not yet received: 1" in said
    assert "Okafor" not in said


def test_pending_says_which_records_are_on_this_tablet_only(shell: Shell, client: str) -> None:
    """Until a sync, this tablet is the only copy."""
    shell.says("note", client, "--text", "All well.")

    (save,) = shell.gives("pending")

    assert (save["state"], save["subject"], save["why"]) == ("on this tablet only", client, "note")
    shell.says("sync")
    assert shell.says("pending") == "Everything is received.\n"


def test_drafts_are_listed_and_given_up_by_their_id(shell: Shell, client: str) -> None:
    """What an app left half typed is found, not forgotten."""
    values: dict[str, Json] = {"heading": "Half"}
    tablet = shell.field.unlock()
    draft = tablet.new_draft("note", client)
    draft.put(values)
    tablet.lock()

    (found,) = shell.gives("drafts")

    assert (found["id"], found["values"]) == (draft.id, values)
    assert shell.gives("drafts", "--discard", draft.id) == []
    assert "no draft" in shell.refuses("drafts", "--discard", draft.id)
