from sync import Json
from tests.client_sdk.facade.kit import ANA

from .shell import Shell


def test_status_counts_what_is_here_and_names_no_client(shell: Shell, client: str) -> None:
    """It is read out over the phone to whoever helps."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    said, told = shell.says("status"), shell.gives("status")

    assert (told["waiting"], told["subjects"], told["agency"]) == (1, 1, "Mercy Bend")
    assert "Saves not yet received: 1" in said
    assert "Okafor" not in said
    assert "clock" not in said


def test_status_tells_when_the_clocks_differ(shell: Shell) -> None:
    """Whoever wonders about the times of a visit need not guess."""
    shell.field.time.ms -= 60_000
    shell.says("sync")

    assert "The server's clock is +60.0 s from this machine's" in shell.says("status")


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


def test_a_notice_is_listed_until_it_was_read(shell: Shell, client: str) -> None:
    """Records that go from a tablet by themselves would frighten whoever looks for them."""
    shell.field.model.revoke(ANA, client)
    shell.says("sync")

    (notice,) = shell.gives("notices")

    assert notice["subject"] == client
    assert "no longer yours" in shell.says("notices")
    assert "no notice" in shell.refuses("notices", "--dismiss", "left/nobody")
    assert shell.says("notices", "--dismiss", notice["key"]) == "No notices.\n"


def test_all_notices_are_dismissed_at_once(shell: Shell, client: str) -> None:
    """After a holiday there are many."""
    shell.field.model.revoke(ANA, client)
    shell.says("sync")

    assert shell.gives("notices", "--dismiss-all") == []


def test_a_decision_about_late_work_is_a_notice_with_its_reason(shell: Shell) -> None:
    """Whoever wrote it learns that a person decides, what became of it, and why."""
    tablet = shell.field.unlock()
    with tablet.edit("c2222222-2222-4222-8222-222222222222") as edit:
        edit.create("visit", worker=ANA)
    tablet.lock()
    said = shell.says("sync")
    held = [save["state"] for save in shell.gives("pending")]
    shell.field.model.refuse(str(edit.saved), "another worker saw the client")
    shell.says("sync")

    assert "A person decides about 1 of your saves" in said
    assert held == ["received, awaiting decision", "held"]
    (notice,) = shell.gives("notices")
    assert (notice["decision"], notice["why"]) == ("not_applied", "another worker saw the client")
    assert "your late work was not taken" in shell.says("notices")
