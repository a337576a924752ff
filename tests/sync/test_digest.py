import pytest

from sync import Malformed
from sync.digest import MODULUS, change, of_record, of_records, of_unit, read_digest, write_digest
from tests.sync.making import ANA, BEN, merged, save, write

ONE, OTHER = save(ANA, write("phone", "1")), save(BEN, write("phone", "2"))


def test_a_digest_says_which_writes_live() -> None:
    """Two ends that differ in one write differ in it."""
    assert of_record(merged(ONE)) != of_record(merged(OTHER)) != of_record(merged(ONE, OTHER))
    assert of_record(merged(ONE, OTHER)) == of_record(merged(OTHER, ONE))
    assert of_records([]) == of_record(merged()) == 0


def test_a_digest_tells_units_and_records_apart() -> None:
    """The same name in another place is another thing."""
    moved = save(ANA, [write("phone", "1"), write("language", "1")])

    both = of_record(merged(ONE)) + of_record(merged(OTHER))

    assert of_records([merged(ONE), merged(OTHER)]) == both % (1 << 128)
    assert of_record(merged(moved)) != of_record(merged(ONE))


def test_a_change_is_what_comes_less_what_goes() -> None:
    """A digest is kept up without reading the subject."""
    before, after = merged(ONE), merged(ONE, save(BEN, write("phone", "3", ONE.name)))

    assert (of_record(before) + change(before, after) - of_record(after)) % (1 << 128) == 0
    assert change(None, after) == of_record(after)
    assert change(after, after) == 0


def test_a_digest_is_written_in_twenty_two_characters() -> None:
    """And read back."""
    assert len(write_digest(0)) == len(write_digest(-1)) == 22
    assert read_digest(write_digest(5)) == 5
    assert write_digest(1 << 128) == write_digest(0)
    with pytest.raises(Malformed, match="base64url"):
        read_digest("not base64!")


def test_a_change_of_two_units_counts_both() -> None:
    """A digest that forgets one would ask for the subject again for ever."""
    first = save(ANA, [write("phone", 1), write("language", "es")])
    second = save(BEN, [write("phone", 2), write("language", "en")])
    before, after = merged(first), merged(first, second)

    assert of_record(after) == (of_record(before) + change(before, after)) % MODULUS
    assert change(None, after) == of_record(after)


def test_the_share_of_a_unit_is_a_whole_number_below_the_modulus() -> None:
    """Twenty-two characters hold it."""
    record = merged(*[save(ANA, write("phone", number), salt=number) for number in range(9)])
    share = of_unit(record.type, record.id, "phone", record.units["phone"])

    assert isinstance(share, int)
    assert 0 <= share < MODULUS
    assert share == of_record(record)
