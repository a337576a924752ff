"""
The work: assessments of about 1.5 KB, twenty coded answers, three narratives of 200 characters and metadata.

The same in every run. Half of an assessment's bytes is text; `gzip_bytes` of all of them, one record a line, is
the floor of what a first sync can cost.
"""

import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sync import Json, encode
from sync.ids import random_id

SEED: Final = 20261124
RECORDS: Final = 2_000
CLIENTS: Final = 50
CODED: Final = 20
NARRATIVES: Final = ("situation", "strengths", "plan")
NARRATIVE_CHARS: Final = 200
FLOOR_LEVEL: Final = 6
INSTRUMENT: Final = {"id": "home-safety-review", "version": "2026-01"}

_CODES: Final = ("never", "several_days", "more_than_half", "nearly_every_day")
_WORDS: Final = (
    "about afternoon alarm alone anxious appetite asked bedroom breakfast brother building calm cane caseworker "
    "client daily dentist discussed dizzy eats eighteen employment expected explained family fell form going "
    "grief hallway hearing heating home housing insurance job kitchen kneels knows language leaves left lives "
    "manages medication mildew mobility month morning moved next noisy offered often ordered oven overdue oxygen "
    "pain partner pays pillbox played poor pressure quiet referral refused remembers reports request respite safe "
    "sees shopping shower smoke social stairs states street support talks threshold tired toilet transport "
    "trouble tuesday uncle usually waiting washing wednesday week window winter worries wound writes"
).split()


@dataclass(frozen=True, slots=True)
class Assessment:
    """One record of the work: whose it is, by number, and what is said of each unit."""

    client: int
    units: dict[str, Json]


def assessments(count: int = RECORDS, clients: int = CLIENTS, seed: int = SEED) -> list[Assessment]:
    """So many assessments, spread evenly over so many clients."""
    chance = random.Random(seed)
    return [Assessment(number % clients, _units(chance)) for number in range(count)]


def gzip_bytes(work: Sequence[Assessment]) -> int:
    """Bytes of the whole work, each record with its id, client and worker on a line, as gzip packs them."""
    chance = random.Random(SEED)
    clients = [a_uuid(chance) for _ in range(max(one.client for one in work) + 1)]
    worker = a_uuid(chance)
    lines = [
        encode({**one.units, "client": clients[one.client], "id": a_uuid(chance), "worker": worker})
        for one in work
    ]
    return len(gzip.compress(b"\n".join(lines), FLOOR_LEVEL, mtime=0))


def a_uuid(chance: random.Random) -> str:
    """A random id that a seed repeats."""
    return random_id(chance.randbytes(16))


def _units(chance: random.Random) -> dict[str, Json]:
    day, hour, minute = chance.randint(1, 28), chance.randint(8, 17), chance.randint(0, 59)
    coded: dict[str, Json] = {f"item_{n + 1:02}": chance.choice(_CODES) for n in range(CODED)}
    answers: dict[str, Json] = coded | {name: _narrative(chance) for name in NARRATIVES}
    instrument: dict[str, Json] = dict(INSTRUMENT)
    present: list[Json] = ["client"]
    return {
        "answers": answers,
        "closed": "completed",
        "finished_at": f"2026-11-{day:02}T{hour:02}:{minute:02}:30-05:00",
        "instrument": instrument,
        "present": present,
        "seen_alone": chance.random() < 0.5,
        "started_at": f"2026-11-{day:02}T{hour:02}:{max(0, minute - 20):02}:00-05:00",
        "visit": a_uuid(chance),
    }


def _narrative(chance: random.Random) -> str:
    text = " ".join(chance.choices(_WORDS, k=NARRATIVE_CHARS // 5))
    return text[:NARRATIVE_CHARS].rstrip().ljust(NARRATIVE_CHARS, ".")
