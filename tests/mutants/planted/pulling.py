"""
Defects of a pull: rows that are skipped, sent too early or in the wrong order, and scope that is not asked for.
"""

from typing import Final

from tests.mutants.tree import Change, Defect, defect

_PAGE: Final = "server/services/log/pull/page.py"
_CHANGES: Final = "server/services/log/pull/changes.py"
_ENTERING: Final = "server/services/log/pull/entering.py"

PULLING: Final[tuple[Defect, ...]] = (
    defect(
        "skip scope on `enter`",
        _ENTERING,
        "    if access is None or access.open <= 0:\n        return\n",
        "    if access is None:\n        return\n",
        Change(
            _ENTERING,
            "    return access.open > 0 and access.gained > position",
            "    return access.gained > position",
        ),
    ),
    defect(
        "a cursor without a place inside a position",
        _PAGE,
        "        position = cursor.place.position - 1\n",
        "        position = cursor.place.position\n        cursor = replace(cursor, place=None)\n",
        Change(
            _PAGE,
            "    if cursor.place is not None and cursor.place.position - 1 > position:",
            "    if cursor.place is not None and cursor.place.position > position:",
        ),
    ),
    defect(
        "rows in index order instead of position order",
        _CHANGES,
        "    groups.sort()\n",
        "    groups.sort(key=lambda group: group[1:])\n",
    ),
    defect(
        "cursor by time: what was received in the same millisecond counts as seen",
        _PAGE,
        "    sheet = Sheet(session, sealer, reader, cursor, page_bytes)\n",
        "    here = (_log.c.agency == reader.agency) & (_log.c.position == cursor.position)\n"
        "    when = session.scalar(select(_log.c.received_ms).where(here))\n"
        "    if when is not None and cursor.batch is None and cursor.place is None:\n"
        "        seen = (_log.c.agency == reader.agency) & (_log.c.received_ms <= when)\n"
        "        last = session.scalars(\n"
        "            select(_log.c.position).where(seen).order_by(_log.c.position.desc()).limit(1)\n"
        "        ).one()\n"
        "        cursor = replace(cursor, position=max(cursor.position, last))\n"
        "    sheet = Sheet(session, sealer, reader, cursor, page_bytes)\n",
    ),
    defect(
        "what changes while a subject enters is not sent after it",
        _PAGE,
        "        sheet.cursor = replace(sheet.cursor, position=upper, place=None, batch=None)\n"
        "        if upper == sheet.reader.head:\n"
        "            return\n",
        "        sheet.cursor = replace(\n"
        "            sheet.cursor, position=sheet.reader.head, place=None, batch=None\n"
        "        )\n"
        "        return\n",
    ),
    defect(
        "a subject that enters is called whole though it has changed meanwhile",
        _ENTERING,
        "    if access.touched <= batch.head:\n        sheet.whole.append(subject)",
        "    sheet.whole.append(subject)",
    ),
    defect(
        "own writes are left out though another is alive beside them",
        _CHANGES,
        "    return name is not None and len(live) == 1 and live[0].name == name",
        "    return name is not None and any(write.name == name for write in live)",
    ),
    defect(
        "a `leave` that falls on a page before the last is never told",
        _PAGE,
        "if access.open == 0 and start.position < access.lost <= cursor.position",
        "if access.open == 0 and start.position < access.lost and not more",
    ),
)
