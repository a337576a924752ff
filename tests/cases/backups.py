"""A backup of the server, and the day after its disk was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from client_sdk import Refused
from server.db import Base
from server.services.desk import registry
from server.services.keeping import backup

from .kit import Agency, Carried

DAY_MS = 24 * 3_600_000
CACHES = ("record", "fact", "name", "holding", "nonce", "enrolment_code", "read", "notice")


def backed_up(agency: Agency) -> Path:
    """A backup of this moment; a day goes by."""
    file = agency.folder / f"backup-{agency.clock.ms}"
    backup.backup(agency.house, agency.people["admin"], file, lambda done, all_: None)
    agency.clock.ms += DAY_MS
    return file


def restored(agency: Agency, file: Path, *tablets: Carried) -> None:
    """The disk is new and empty; the backup is read in, and the administrator confirms people and tablets."""
    with agency.house.database.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in {known.name for known in backup.TABLES} or table.name in CACHES:
                session.execute(table.delete())
    backup.restore(agency.house, file, "admin", lambda done, all_: None)
    for tablet in tablets:
        with pytest.raises(Refused, match="waits until an administrator confirms"):
            tablet.sync()
        agency.confirm(tablet)
    with agency.house.database.writing() as session:
        for name in ("lead", "ana", "ben", "cleo"):
            registry.confirm_person(session, agency.people["admin"], name)
