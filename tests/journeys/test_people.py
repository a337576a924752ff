"""The demo's people: invented, plausible, and the same every time."""

import re
from datetime import date

from doorstep_cli.demo.agency import CLIENTS
from doorstep_cli.demo.people import invented


def test_forty_people_have_forty_names_and_the_same_ones_every_time() -> None:
    """A demo in which two clients share a name explains nothing."""
    people = list(invented(CLIENTS))

    assert len({person.name for person in people}) == CLIENTS
    assert people == list(invented(CLIENTS))


def test_nobody_can_be_called_by_an_invented_number() -> None:
    """Only 555-0100 to 555-0199 are kept free for fiction."""
    numbers = [person.phone for person in invented(300)]

    assert [number for number in numbers if not re.fullmatch(r"\+1\d{3}55501\d\d", number)] == []


def test_everybody_is_an_adult() -> None:
    """Instruments for adults are asked of them."""
    assert max(person.born for person in invented(300)) < date(2000, 1, 1)
