"""What a known device may say, and says in the worst way: texts, values and numbers allowed or nearly so."""

import pytest

from sync import Json, Write

from .kit import TABLET, Fortress, enrolled, name_of

HOSTILE_TEXTS = ("\0", "a\0b", "\u202eevil\u202c", "\u2066x\u2069", "\x1b[2J", "A" * 65_536)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
def test_hostile_text_in_a_value_is_refused_or_kept_as_it_is(made: Fortress, text: str) -> None:
    """NUL breaks PostgreSQL, bidi marks turn a sentence around, an escape rules a terminal."""
    fresh = enrolled(made)
    name, reason = name_of(made.client, text), text.strip("\0\ufeff") or "r"

    answer = made.sync(
        fresh,
        fresh.changeset(made.client, name),
        fresh.changeset(made.client, [Write("need", "n1", "detail", (), text)]),
        fresh.changeset(made.client, name_of(made.client, "Rosa"), reason=reason[:1000]),
    )

    outcomes = made.outcomes(answer)
    assert len(outcomes) == 3
    assert outcomes[0] not in ("accepted", "waiting")


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
def test_hostile_text_in_a_head_is_an_error_of_the_tablet(made: Fortress, text: str) -> None:
    """Every member of the head that is stored or looked up, with text that a database may not take."""
    fresh = enrolled(made)
    before = made.essence()
    for member, value in (
        ("cursor", text),
        ("refetch", [text]),
        ("kept", [text]),
        ("again", [text]),
        ("holds", [text]),
        ("lacks", [text]),
        ("tablet", {**TABLET, "app": text}),
        ("tablet", {**TABLET, "anchor": f"7.{text}"}),
        ("tablet", {**TABLET, "anchor": text}),
    ):
        answer = made.sync(fresh, head={member: value, "page_bytes": 1000})  # type: ignore[dict-item]
        assert answer.status_code in (200, 400, 409, 413), member
    assert made.sync(fresh, epoch=text).status_code in (400, 409, 413)
    assert made.essence() == before


def test_what_no_tablet_writes_is_held_by_name(made: Fortress) -> None:
    """Values of the wrong kind are held each by itself: none is merged by chance, none stops the others."""
    fresh = enrolled(made)
    client = made.client
    writes = [
        Write("client", client, "date_of_birth", (), {"$gt": ""}),
        Write("client", client, "legal_name", (), [["deep"]]),
        Write("client", client, "$life", (), "retracted"),
        Write("visit", "v1", "signature", (), {"by": made.agency.supervisor}),
    ]

    outcomes = made.outcomes(made.sync(fresh, *[fresh.changeset(client, [each]) for each in writes]))

    assert len(outcomes) == len(writes)
    assert "accepted" not in outcomes


def test_the_largest_numbers_that_are_allowed_do_no_harm(made: Fortress) -> None:
    """A clock of the year 285,000 and a page of nine petabytes are answered like any other."""
    fresh = enrolled(made)
    most = 2**53 - 1
    tablet: dict[str, Json] = {
        "schema": most,
        "app": "0",
        "clock": most,
        "pending": most,
        "anchor": f"{10**18 - 1}.x",
    }

    answer = made.sync(fresh, head={"page_bytes": most, "tablet": tablet})

    assert answer.status_code == 200
    assert made.sync(fresh, head={"page_bytes": 1}).status_code == 200
