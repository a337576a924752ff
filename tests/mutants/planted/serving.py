"""
Defects of the server: work that is dropped, access that is skipped or taken, a history that is not its own.
"""

from typing import Final

from tests.mutants.tree import Change, Defect, defect

SERVING: Final[tuple[Defect, ...]] = (
    defect(
        "reuse of a sequence number after a restore counts as a repeat",
        "server/services/log/accept.py",
        '        link = self._link(made)\n        if link == "waiting":',
        "        if made.seq <= self.sender.tip_seq:\n"
        "            self.outcomes.append(Outcome(item.name, self.book.position))\n"
        "            return\n"
        '        link = self._link(made)\n        if link == "waiting":',
    ),
    defect(
        "a fork goes unnoticed: the restored tablet goes on under its old key",
        "server/services/log/accept.py",
        '        self.sender.forks = self.sender.forks or link == "fork"\n',
        "",
    ),
    defect(
        "what stands behind a gap is thrown away",
        "server/services/log/waiting.py",
        "            self._book.session.execute(_waiting.insert().values(row))\n",
        "            del self._items[item.id]\n",
    ),
    defect(
        "what replaced held work is forgotten: released, it is alive beside it",
        "server/services/log/known.py",
        "        found |= {name for name, kind in rows if kind in ARRIVED}",
        '        found |= {name for name, kind in rows if kind in (*ARRIVED, "held")}',
    ),
    defect(
        "held work supersedes: it is merged before anybody has decided",
        "server/services/log/accept.py",
        "        self._settle(item, Known(item.name, position, code, At(book.now_ms, 0)), None)",
        "        if made is not None and known_subject:\n"
        "            apply(book, Accepted(made, position, capped(made.at, book.now_ms)))\n"
        "        self._settle(item, Known(item.name, position, code, At(book.now_ms, 0)), None)",
    ),
    defect(
        "acknowledge before commit: outcomes are told whose transaction was undone",
        "server/services/log/exchange.py",
        "            work.outcomes += at.database.retrying(\n"
        "                lambda some=some, sender=sender: _accept(session, device, sender, some, at, work)"
        "  # type: ignore[misc]  # bound now\n"
        "            )",
        "            told: list[Outcome] = []\n"
        "            try:\n"
        "                with writing(session), open_book(\n"
        "                    session, at.sealer, device.agency, at.providers\n"
        "                ) as book:\n"
        "                    grants.write_due(book)\n"
        "                    told = accept(book, _sender(session, device, sender), some)\n"
        "            except Exception:\n"
        "                if not told:\n"
        "                    raise\n"
        "            work.outcomes += told",
    ),
    defect(
        "an empty cursor that matches any epoch",
        "server/services/log/exchange.py",
        "    if head.epoch == row.epoch and _holds(session, agency, cursor, row.position):",
        "    if (not head.cursor or head.epoch == row.epoch) and "
        "_holds(session, agency, cursor, row.position):",
    ),
    defect(
        "head read after rows",
        "server/services/log/exchange.py",
        "        if device.state != REVOKED and not again and head.page_bytes:\n"
        "            reply = replace(reply, page=_page(session, device, top, head, heard.cursor, at))",
        "        if device.state != REVOKED and not again and head.page_bytes:\n"
        "            reply = replace(reply, page=_page(session, device, top, head, heard.cursor, at))\n"
        "    with reading(session):\n"
        "        late = _head_row(session, device.agency)\n"
        "    if reply.page is not None and not reply.page.more:\n"
        "        read = read_cursor(reply.page.cursor, first_link(device.agency))\n"
        "        read = replace(read, position=late.position, link=link_text(late.chain))\n"
        "        page = replace(reply.page, cursor=write_cursor(read), head=late.position)\n"
        "        reply = replace(reply, page=page)",
        Change(
            "server/services/log/exchange.py",
            "from .cursor import FIRST_MAX, Cursor, link_text, read_cursor",
            "from .cursor import FIRST_MAX, Cursor, link_text, read_cursor, write_cursor",
        ),
    ),
    defect(
        "`leave` on the end of one of two grants",
        "server/services/access/grants.py",
        '    lost = {"lost": position, "touched": position} if open_ == 1 else {}\n'
        "    book.session.execute(update(_access).where(mine).values(open=open_ - 1, **lost))",
        '    lost = {"lost": position, "touched": position}\n'
        "    book.session.execute(update(_access).where(mine).values(open=0, **lost))",
    ),
    defect(
        "a cover that begins by time but touches nothing",
        "server/services/access/grants.py",
        '    gained = {} if open_ else {"gained": position, "touched": position}',
        '    gained = {} if open_ else {"gained": position}',
        Change(
            "server/services/access/grants.py",
            'values(row | {"gained": position, "touched": position})',
            'values(row | {"gained": position, "touched": 0})',
        ),
    ),
    defect(
        "a cover that ends by time is forgotten",
        "server/services/access/grants.py",
        "    for row in book.session.execute(_ENDS.order_by(_grant.c.ends_ms, _grant.c.id), asked).all():\n"
        '        _end(book, row, by="time")\n',
        "",
    ),
    defect(
        "work is judged by access now, not when it was written",
        "server/services/access/grants.py",
        "    return session.execute(select(_grant.c.id)"
        ".where(here, _grant.c.begun > 0, inside)).first() is not None",
        "    return False",
    ),
    defect(
        "a release tells the author and changes no record",
        "server/services/desk/late.py",
        "    apply(book, Accepted(made, position, at))\n    _decide(book, late, RELEASED, reason, position)",
        "    _decide(book, late, RELEASED, reason, position)",
    ),
)
