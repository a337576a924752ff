import zlib
from dataclasses import replace
from hashlib import shake_256

import pytest

from sync import Head, Oversize, Pending, derived_id, encode_bytes, write_envelope_line, write_request
from sync.limits import CHANGESET_BYTES_MAX, PUSH_BYTES_MAX, PUSH_CHANGESETS_MAX, PUSH_INFLATED_BYTES_MAX
from sync.packing import COMPRESS_FROM_BYTES, fitting, packed
from tests.sync.making import TABLET

HEAD = Head("e1", "cursor", 1_000, TABLET)


def noise(size_bytes: int, seed: str = "") -> bytes:
    """Bytes of base64 that no compression makes much smaller."""
    return encode_bytes(shake_256(seed.encode()).digest(size_bytes * 3 // 4)).encode()


def lines(count: int, size_bytes: int) -> list[Pending]:
    """So many lines of noise."""
    return [Pending(str(number), noise(size_bytes, str(number))) for number in range(count)]


def test_the_smallest_request_is_not_compressed() -> None:
    """It would only grow."""
    request = packed(HEAD, [])

    assert not request.compressed
    assert request.body.startswith(b"{")


def test_a_request_is_compressed_where_that_pays() -> None:
    """And says so."""
    request = packed(HEAD, [Pending("a", b"same " * 100)])

    assert request.compressed
    assert zlib.decompress(request.body).endswith(b"same same ")
    assert request.names == ("a",)


def test_as_many_lines_go_as_fit_the_link() -> None:
    """In order, the rest next time."""
    sent = fitting(lines(50, 4_000), HEAD, push_bytes=40_000)

    assert 8 < len(sent) < 20
    assert 30_000 < len(packed(HEAD, sent).body) <= 40_000


def test_one_line_goes_however_poor_the_link() -> None:
    """Else nothing ever would."""
    assert len(fitting(lines(3, 4_000), HEAD, push_bytes=0)) == 1


def test_lines_that_compress_well_go_together() -> None:
    """Up to eight times of what the wire carries, and up to the bound of what is inflated."""
    alike = [
        Pending(str(number), b"the same text, again and again; " * 300)
        for number in range(PUSH_CHANGESETS_MAX)
    ]
    sent = fitting(alike, HEAD, PUSH_BYTES_MAX)

    assert 100 < len(sent) < PUSH_CHANGESETS_MAX
    assert len(zlib.decompress(packed(HEAD, sent).body)) <= PUSH_INFLATED_BYTES_MAX


def test_no_more_lines_go_than_one_request_may_have() -> None:
    """However small they are."""
    assert len(fitting(lines(PUSH_CHANGESETS_MAX + 5, 4), HEAD, PUSH_BYTES_MAX)) == PUSH_CHANGESETS_MAX


def test_the_largest_changeset_goes_with_the_longest_cursor() -> None:
    """Also as a sealed envelope, whose bytes are noise."""
    cursor = noise(60_000).decode()
    text = Pending("a", noise(CHANGESET_BYTES_MAX))
    envelope = Pending("b", write_envelope_line(shake_256(b"").digest(CHANGESET_BYTES_MAX + 300)))

    assert len(packed(replace(HEAD, cursor=cursor), [text]).body) <= PUSH_BYTES_MAX
    assert len(packed(HEAD, [envelope]).body) <= PUSH_BYTES_MAX


def test_a_worker_with_five_thousand_clients_can_name_them_all_twice() -> None:
    """After a restore, in one request."""
    subjects = tuple(derived_id(str(number)) for number in range(5_000))

    assert len(packed(replace(HEAD, holds=subjects, again=subjects), []).body) <= PUSH_BYTES_MAX


def test_more_subjects_than_one_request_can_name_are_an_error() -> None:
    """Not a request that is refused for ever."""
    subjects = tuple(derived_id(str(number)) for number in range(13_000))

    with pytest.raises(Oversize, match="PUSH_BYTES_MAX"):
        packed(replace(HEAD, holds=subjects, again=subjects), [])


def test_of_two_lines_that_do_not_fit_together_one_goes() -> None:
    """The loop that takes lines away ends at one."""
    assert len(fitting(lines(2, 4_000), HEAD, push_bytes=4_500)) == 1


def test_a_long_head_leaves_less_room_for_lines() -> None:
    """The link carries both."""
    long = replace(HEAD, cursor=noise(60_000).decode())

    assert len(packed(long, fitting(lines(90, 1_000), long, push_bytes=80_000)).body) <= 80_000


@pytest.mark.parametrize("push_bytes", range(6_000, 14_000, 500))
def test_small_lines_fill_the_link_and_do_not_spill(push_bytes: int) -> None:
    """What head and lines compressed together may exceed is allowed for."""
    sent = fitting(lines(PUSH_CHANGESETS_MAX, 40), HEAD, push_bytes)

    assert push_bytes - 800 < len(packed(HEAD, sent).body) <= push_bytes


def test_no_push_inflates_to_more_than_eight_times_the_wire() -> None:
    """The server's memory is bounded by what the link carried."""
    alike = [Pending(str(number), b"the same text, again and again; " * 300) for number in range(300)]

    assert len(zlib.decompress(packed(HEAD, fitting(alike, HEAD, PUSH_BYTES_MAX)).body)) <= 8 * PUSH_BYTES_MAX


def test_compression_begins_at_its_bound() -> None:
    """One byte below, it is not tried."""
    room = COMPRESS_FROM_BYTES - len(write_request(HEAD, [b""]))

    assert packed(HEAD, [Pending("a", b"x" * room)]).compressed
    assert not packed(HEAD, [Pending("a", b"x" * (room - 1))]).compressed


def test_what_compression_would_make_longer_goes_as_it_is_up_to_the_bound() -> None:
    """And one byte more is refused with its number."""
    room = PUSH_BYTES_MAX - len(write_request(HEAD, [b""]))
    line = shake_256(b"").digest(room)

    request = packed(HEAD, [Pending("a", line)])
    with pytest.raises(Oversize) as refused:
        packed(HEAD, [Pending("a", line + b"x")])

    assert (request.body, request.compressed) == (write_request(HEAD, [line]), False)
    assert (refused.value.bound, refused.value.limit, refused.value.found) == (
        "PUSH_BYTES_MAX",
        PUSH_BYTES_MAX,
        PUSH_BYTES_MAX + 1,
    )
