import pytest

from sync import At, Json, Malformed, Oversize, Write, canonical, compose, parse
from sync.limits import CHANGESET_BYTES_MAX, OVER_MAX, REASON_CHARS_MAX, WRITES_MAX
from tests.sync.making import ANA, BEN, save, write

WHOLE: dict[str, Json] = {
    "v": 1,
    "subject": "c1",
    "seq": 2,
    "prev": "p" * 22,
    "at": [5, 1],
    "wall": 6,
    "schema": 1,
    "salt": "AAAAAAAAAAAAAAAAAAAAAA",
    "reason": "asked to",
    "settles": True,
    "was": "w" * 22,
    "writes": [{"type": "client", "id": "c1", "unit": "hazards/dog", "over": ["o" * 22], "value": None}],
}
WRITE: dict[str, Json] = {"type": "client", "id": "c1", "unit": "phone", "over": [], "value": 1}


def changed(**members: Json) -> bytes:
    """The whole changeset with other members."""
    return canonical({**WHOLE, **members})


def written(**members: Json) -> bytes:
    """A changeset whose one write has other members."""
    return changed(writes=[{**WRITE, **members}])


def test_a_whole_changeset_is_read() -> None:
    """Every member has its place, and the bytes stay as they came."""
    made = parse(ANA, canonical(WHOLE))

    assert (made.subject, made.seq, made.prev, made.at, made.wall, made.schema) == (
        "c1",
        2,
        "p" * 22,
        At(5, 1),
        6,
        1,
    )
    assert (made.reason, made.settles, made.was, made.name) == ("asked to", True, "w" * 22, "w" * 22)
    assert made.writes == (Write("client", "c1", "hazards/dog", ("o" * 22,), None),)
    assert made.body == canonical(WHOLE)


def test_a_changeset_made_again_keeps_its_name_and_has_another_id() -> None:
    """Everything that refers to the lost original still finds it."""
    original = save(ANA, write("phone", "1"))
    again = save(ANA, write("phone", "1"), was=original.name, salt=1)

    assert again.name == original.name == original.id
    assert again.id != original.id


def test_the_same_bytes_by_another_author_are_another_changeset() -> None:
    """The prefix does not travel, but it is hashed and signed."""
    assert save(ANA, write("phone", "1")).id != save(BEN, write("phone", "1")).id


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"[]", "other members"),
        (canonical({**WHOLE, "more": 1}), "other members"),
        (canonical({name: value for name, value in WHOLE.items() if name != "salt"}), "other members"),
        (changed(v=2), "v is not"),
        (changed(v=True), "v is not"),
        (changed(subject=""), "subject has not"),
        (changed(subject="a b"), "subject has not"),
        (changed(seq=0), "seq is not"),
        (changed(seq=True), "seq is not"),
        (changed(seq=1), "prev is not"),
        (changed(prev=""), "prev is not"),
        (changed(prev=5), "prev is not"),
        (changed(at=[5]), "at is not"),
        (changed(at={"ms": 5}), "at is not"),
        (changed(at=[5, -1]), "at is not"),
        (changed(wall=-1), "wall is not"),
        (changed(schema=0), "schema is not"),
        (changed(salt="AAAA"), "salt is not"),
        (changed(salt=7), "salt is not"),
        (changed(reason="  "), "reason is not"),
        (changed(reason=None), "reason is not"),
        (changed(settles=False), "settlement"),
        (canonical({name: value for name, value in WHOLE.items() if name != "reason"}), "settlement"),
        (changed(was="short"), "was has not"),
        (changed(was=None), "was has not"),
        (changed(writes=[]), "writes is not"),
        (changed(writes={}), "writes is not"),
        (changed(writes=[WRITE, {**WRITE, "value": 2}]), "written twice"),
        (changed(writes=[[]]), "a write has other"),
        (written(more=1), "a write has other"),
        (written(type="Client"), "type has not"),
        (written(id="-"), "id has not"),
        (written(unit="a/b/c/d"), "unit has not"),
        (written(unit="phone\n"), "unit has not"),
        (written(over="a" * 22), "over is not"),
        (written(over=["a" * 21]), "over is not"),
        (written(over=["a" * 22, "a" * 22]), "over is not"),
        (canonical(WHOLE) + b" ", "canonical"),
    ],
)
def test_a_changeset_that_breaks_a_rule_is_refused_by_its_name(body: bytes, rule: str) -> None:
    """The message names the rule and never the content."""
    with pytest.raises(Malformed, match=rule) as refused:
        parse(ANA, body)

    assert "asked to" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "bound"),
    [
        (b"x" * (CHANGESET_BYTES_MAX + 1), "CHANGESET_BYTES_MAX"),
        (changed(writes=[{**WRITE, "id": f"c{number}"} for number in range(WRITES_MAX + 1)]), "WRITES_MAX"),
        (written(over=[f"{number:022d}" for number in range(OVER_MAX + 1)]), "OVER_MAX"),
        (changed(reason="x" * (REASON_CHARS_MAX + 1)), "REASON_CHARS_MAX"),
    ],
)
def test_a_changeset_over_a_bound_is_refused_by_its_name(body: bytes, bound: str) -> None:
    """The sender learns which bound, and by how much."""
    with pytest.raises(Oversize) as refused:
        parse(ANA, body)

    assert refused.value.bound == bound
    assert refused.value.found > refused.value.limit


@pytest.mark.parametrize(
    "body",
    [
        changed(writes=[{**WRITE, "id": f"c{number}"} for number in range(WRITES_MAX)]),
        written(over=[f"{number:022d}" for number in range(OVER_MAX)]),
        changed(reason="x" * REASON_CHARS_MAX),
        written(unit="$chosen/$life"),
        changed(at=[0, 0], wall=0),
    ],
)
def test_a_changeset_at_a_bound_is_read(body: bytes) -> None:
    """A bound is the last that goes."""
    assert parse(ANA, body).body == body


def test_what_cannot_be_read_back_is_not_made() -> None:
    """A tablet refuses at save what the server would refuse at receipt."""
    with pytest.raises(Malformed, match="subject"):
        compose(
            ANA, subject="", seq=1, prev="", at=At(1, 0), wall=1, schema=1, salt=bytes(16), writes=[write("a", 1)]
        )  # fmt: skip


def test_a_changeset_of_exactly_its_bytes_is_read() -> None:
    """The largest save that a tablet takes is one that the server takes."""
    parts: list[Json] = [{**WRITE, "id": f"c{number}", "value": "x" * 60_000} for number in range(4)]
    short = CHANGESET_BYTES_MAX - len(changed(writes=[*parts, {**WRITE, "id": "c9", "value": ""}]))
    body = changed(writes=[*parts, {**WRITE, "id": "c9", "value": "x" * short}])

    assert len(parse(ANA, body).body) == CHANGESET_BYTES_MAX
