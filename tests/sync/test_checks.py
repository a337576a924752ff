from collections.abc import Iterable

from sync import CheckFlag, RecordView, flag
from sync.checks import run
from tests.sync.making import ANA, BEN, save, shown, write


def end_before_start(record: RecordView) -> Iterable[CheckFlag]:
    """A visit does not end before it begins."""
    if str(record.value("end", "~")) < str(record.value("start", "")):
        yield flag("end_before_start", record, "start", "end", "nowhere")


def test_two_fields_that_merged_apart_are_flagged_with_their_causes() -> None:
    """Ana moved the begin, Ben the end: both writes are named, nothing is repaired."""
    start, end = save(ANA, write("start", "12:00")), save(BEN, write("end", "11:00"))

    flags = run([end_before_start], shown(start, end))

    assert flags == (CheckFlag("end_before_start", ("start", "end", "nowhere"), (start.name, end.name)),)
    assert run([end_before_start], shown(start)) == ()


def test_a_unit_without_a_winner_has_no_cause_to_name() -> None:
    """Two rivals, none shown."""
    view = shown(save(ANA, write("custody", 1)), save(BEN, write("custody", 2)))

    assert flag("x", view, "custody").names == ()
