import pytest

from sync import Malformed
from sync.limits import INTEGER_MAX
from sync.shapes import items, members, text, texts, whole


def test_what_has_the_shape_is_given_back() -> None:
    """Nothing is converted."""
    assert text("x", "a") == "x"
    assert (whole(0, "a"), whole(INTEGER_MAX, "a"), whole(-1, "a", -1)) == (0, INTEGER_MAX, -1)
    assert items([1, None], "a", 2, 2) == [1, None]
    assert members({"x": 1, "y": 2}, "a", ("x",)) == {"x": 1, "y": 2}
    assert texts(["x"], "a") == ("x",)


@pytest.mark.parametrize("value", [-1, INTEGER_MAX + 1, True, "1", None])
def test_what_is_no_whole_number_in_range_is_refused(value: None | bool | int | str) -> None:
    """True is not one."""
    with pytest.raises(Malformed, match="a is not a whole number"):
        whole(value, "a")


def test_what_has_another_shape_is_refused_by_the_name_of_its_place() -> None:
    """The message names the place, never the value."""
    for call in (
        lambda: text(["secret"], "a"),
        lambda: items("secret", "a"),
        lambda: items([1], "a", 2),
        lambda: items([1, 2], "a", 0, 1),
        lambda: members(["secret"], "a"),
        lambda: members({"secret": 1}, "a", ("x",)),
        lambda: texts(["x", 1], "a"),
    ):
        with pytest.raises(Malformed, match=r"^(a|text of a)\b") as refused:
            call()
        assert "secret" not in str(refused.value)
