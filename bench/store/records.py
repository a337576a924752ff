"""
Invented records: the same each time, of about 1.5 KB each.
"""

import random
from base64 import b64encode
from dataclasses import dataclass

SEED = 20261124
CLIENTS_PER_RECORDS = 40
WORDS = (
    "home visit client reports pain left hip since fall last week daughter helps with shopping medication taken as "
    "ordered blood pressure discussed food pantry referral transport to clinic landlord heating broken needs follow "
    "up call agency consent signed anxious sleep poor appetite better walking cane stairs unsafe rug removed smoke "
    "alarm tested caregiver tired respite offered insurance form sent neighbour keys lift rent letter phone school"
).split()


@dataclass
class Data:
    """Records of invented clients, {id, subject, type, units}, of about 1.5 KB each."""

    records: list[dict]  # type: ignore[type-arg]

    @property
    def clients(self) -> list[str]:
        """Ids of all clients."""
        return list(dict.fromkeys(record["subject"] for record in self.records))


def invent(count: int) -> Data:
    """Make records, the same each time."""
    chance = random.Random(SEED)
    subjects = [_id(chance) for _ in range(max(1, count // CLIENTS_PER_RECORDS))]
    return Data([_record(chance, subjects[number % len(subjects)]) for number in range(count)])


def _id(chance: random.Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _record(chance: random.Random, subject: str) -> dict:  # type: ignore[type-arg]
    def unit(value: str) -> dict[str, object]:
        name = b64encode(chance.randbytes(16)).decode().rstrip("=")
        return {"value": value, "live": [name], "at": [1_795_000_000_000 + chance.getrandbits(30), 0]}

    text = " ".join(chance.choice(WORDS) for _ in range(150))
    units = {
        "text": unit(text[:880]),
        "planned_start": unit(f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T10:00"),
        "state": unit(chance.choice(("open", "done", "missed"))),
        "author": unit(chance.choice(("ana", "ben", "eva"))),
        "place": unit("home"),
    }
    return {
        "type": chance.choice(("visit", "note", "need")),
        "id": _id(chance),
        "subject": subject,
        "units": units,
    }
