"""Figures count only where the sides agree with what was written."""

import os
from collections.abc import Iterator

import pytest

from bench import serving, truth, work
from bench.machine import cpu_s, tree
from bench.stage import Agency, found, opened
from server.house import House


@pytest.fixture
def founded() -> Iterator[tuple[House, Agency]]:
    """An agency with one client and no assessment."""
    with serving.fresh("sqlite") as place, opened(place) as house:
        yield house, found(house, workers=1, clients=1)


def test_sides_that_agree_pass(founded: tuple[House, Agency]) -> None:
    """Nothing was written, and nothing is there."""
    truth.check({}, *founded)


def test_a_lost_record_is_found(founded: tuple[House, Agency]) -> None:
    """The fastest server is one that keeps nothing."""
    with pytest.raises(truth.Differs, match="the server lacks 1 records"):
        truth.check({("assessment", "a1"): {"closed": "completed"}}, *founded)


def test_the_work_is_the_same_each_time() -> None:
    """Two thousand records of one and a half kilobytes, which pack to some six hundred kilobytes."""
    whole = work.assessments()

    assert whole == work.assessments()
    assert len(whole) == 2_000
    assert {len(str(one.units["answers"])) > 1_000 for one in whole} == {True}
    assert 590_000 < work.gzip_bytes(whole) < 615_000


def test_processor_time_is_that_of_a_whole_tree() -> None:
    """Work of this process shows, and a process that is none costs nothing."""
    before = cpu_s([os.getpid()])
    sum(range(200_000))

    assert cpu_s([os.getpid()]) > before
    assert os.getpid() in tree(os.getppid())
    assert cpu_s([2**22 + 1]) == 0.0
