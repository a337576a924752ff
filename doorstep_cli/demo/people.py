"""
People who do not exist: as many invented clients as wanted, the same ones every time.

Names are drawn from lists by steps that share no factor with the lists' lengths, so that they mix without
chance. The numbers are of the range that is kept free for fiction (555-0100 to 555-0199), and so are the
towns: no map has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

FAMILIES: Final = tuple(
    """Abernathy Bautista Castellanos Delacroix Eastwood Fontaine Gallagher Hutchins Ibarra Jankowski
    Kowalczyk Lindqvist Marchetti Nakamura Ostrowski Pemberton Quintana Rasmussen Santangelo Thibodeaux
    Underhill Villanueva Whitfield""".split()
)
GIVEN: Final = tuple(
    """Rosa Walter Ines Clarence Odessa Hiroshi Marguerite Lemuel Pilar Augusta Desmond Lucille Anselmo
    Beatrice Cornelius Dolores Ephraim Florence Gilberto""".split()
)
STREETS: Final = ("Quarry Rd", "Old Mill Ln", "Chapel St", "Tipple Hollow", "Ferry Landing", "Cannery Row")
TOWNS: Final = ("Harlow Fork", "Mercy Bend", "Sycamore Ferry", "Nine Elms")
LANGUAGES: Final = ("en", "en", "es", "en", "en", "vi", "en")
AREA_CODES: Final = ("304", "681", "740")

FICTION_FROM: Final = 100
"""The first of the hundred numbers after 555-0 that no telephone has."""

OLDEST: Final = date(1931, 3, 7)
AGES_DAYS: Final = 21_000
"""Days between the oldest and the youngest birth: everybody is an adult."""


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented client, as an office would know them before the first visit."""

    family: str
    given: str
    born: date
    language: str
    phone: str
    street: str
    town: str
    postal_code: str

    @property
    def name(self) -> str:
        """As in a list."""
        return f"{self.family}, {self.given}"


def invented(count: int) -> Iterator[Invented]:
    """So many people, each with another name."""
    for number in range(count):
        yield Invented(
            family=FAMILIES[number * 7 % len(FAMILIES)],
            given=GIVEN[number * 5 % len(GIVEN)],
            born=OLDEST + timedelta(days=number * 4_789 % AGES_DAYS),
            language=LANGUAGES[number % len(LANGUAGES)],
            phone=f"+1{AREA_CODES[number % len(AREA_CODES)]}5550{FICTION_FROM + number % 100}",
            street=f"{11 + number * 13 % 880} {STREETS[number % len(STREETS)]}",
            town=TOWNS[number % len(TOWNS)],
            postal_code=f"00{100 + number % len(TOWNS)}",
        )
