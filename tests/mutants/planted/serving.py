"""
Defects of the server: work that is dropped, access that is skipped or taken, a history that is not its own.
"""

from typing import Final

from tests.mutants.tree import Change, Defect, defect

_EXCHANGE: Final = "server/services/log/exchange.py"
_TAKING: Final = "server/services/log/taking.py"

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
        _TAKING,
        "        return at.database.retrying(lambda: _accept(session, device, signer, some, at, work, erased))\n",
        "        _told.clear()\n"
        "        try:\n"
        "            return at.database.retrying(\n"
        "                lambda: _accept(session, device, signer, some, at, work, erased)\n"
        "            )\n"
        "        except Exception:\n"
        "            if not _told:\n"
        "                raise\n"
        "            return list(_told)\n",
        Change(_TAKING, "def _take_in(", "_told: list[Outcome] = []\n\n\ndef _take_in("),
        Change(
            _TAKING,
            "        outcomes = accept(book, sender, some)\n",
            "        outcomes = accept(book, sender, some)\n        _told[:] = outcomes\n",
        ),
    ),
    defect(
        "an empty cursor that matches any epoch",
        _EXCHANGE,
        " and head.epoch == row.epoch and _holds(",
        " and (not head.cursor or head.epoch == row.epoch) and _holds(",
    ),
    defect(
        "head read after rows",
        _EXCHANGE,
        "    return write_reply(replace(reply, enrol_again=again))\n",
        "    with reading(session):\n"
        "        late = _head_row(session, device.agency)\n"
        "    if reply.page is not None and not reply.page.more:\n"
        "        read = read_cursor(reply.page.cursor, first_link(device.agency))\n"
        "        read = replace(read, position=late.position, link=link_text(late.chain))\n"
        "        page = replace(reply.page, cursor=write_cursor(read), head=late.position)\n"
        "        reply = replace(reply, page=page)\n"
        "    return write_reply(replace(reply, enrol_again=again))\n",
        Change(_EXCHANGE, ", link_text, read_cursor\n", ", link_text, read_cursor, write_cursor\n"),
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
    defect(
        "a cursor of a lost history is called malformed",
        _EXCHANGE,
        "    raise HistoryChanged(row.epoch, named)\n",
        '    if named == "":\n'
        '        raise Malformed("a cursor is of a history that there is")\n'
        "    raise HistoryChanged(row.epoch, named)\n",
    ),
    defect(
        "the chain has one link for a transaction, not one for each entry",
        "server/services/log/book.py",
        "        self._link = next_link(",
        "        self._link = self._link if self._gathered.entries else next_link(",
    ),
)
