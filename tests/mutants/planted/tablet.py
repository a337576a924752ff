"""
Defects of the tablet: acknowledged too early, settled too early, shown too early, given up too early.
"""

from typing import Final

from tests.mutants.tree import Change, Defect, defect

TABLET: Final[tuple[Defect, ...]] = (
    defect(
        "acknowledge before commit: every other save waits for the next one",
        "client_sdk/store/rows.py",
        '                self._db.execute("COMMIT")\n',
        '                if new.sequence % 2:\n                    self._db.execute("COMMIT")\n',
        Change(
            "client_sdk/store/rows.py",
            '            self._db.execute("BEGIN IMMEDIATE")\n',
            "            if not self._db.in_transaction:\n"
            '                self._db.execute("BEGIN IMMEDIATE")\n',
        ),
    ),
    defect(
        "clear pending on send",
        "client_sdk/exchange.py",
        "                self._replica.given.value = Given(tuple(dict.fromkeys((*before, *names))))",
        "                self._replica.given.value = Given(tuple(dict.fromkeys((*before, *names))))\n"
        "                for name in names:\n"
        "                    own = self._replica.own.get(name)\n"
        "                    if own is not None:\n"
        "                        self._replica.own.put(name, replace(own, position=own.position or 1))",
    ),
    defect(
        "drop the overlay on `accepted`",
        "client_sdk/replica/rows.py",
        "        return not self.decision",
        "        return not self.decision and not self.accepted",
        Change(
            "client_sdk/replica/outcomes.py",
            "        if own is not None and outcome.at_ms is not None:",
            "        if own is not None and not outcome.held:",
        ),
    ),
    defect(
        "held work hides from its author",
        "client_sdk/replica/rows.py",
        "        return not self.decision",
        "        return not self.decision and not self.held",
        Change(
            "client_sdk/replica/outcomes.py",
            "        if own is not None and outcome.at_ms is not None:",
            "        if own is not None and outcome.held:",
        ),
    ),
    defect(
        "leave before receipt",
        "client_sdk/replica/leaving.py",
        "    return not replica.drafts.group(subject) "
        "and all(own.position > 0 for own in replica.own.group(subject))",
        "    return not replica.drafts.group(subject)",
    ),
    defect(
        "leave with drafts",
        "client_sdk/replica/leaving.py",
        "    return not replica.drafts.group(subject) "
        "and all(own.position > 0 for own in replica.own.group(subject))",
        "    return all(own.position > 0 for own in replica.own.group(subject))",
    ),
    defect(
        "regrant erased by an old `leave`",
        "client_sdk/replica/pages.py",
        "        subject, replace(about, entering=True, leaving=False, staged=False, whole_at=whole_at)",
        "        subject, replace(about, entering=True, staged=False, whole_at=whole_at)",
        Change(
            "client_sdk/replica/pages.py",
            "        leaving=False,\n        staged=False,\n        whole_at=max(head, about.whole_at),",
            "        staged=False,\n        whole_at=max(head, about.whole_at),",
        ),
    ),
    defect(
        "show a page before it is whole",
        "client_sdk/replica/pages.py",
        "    if page.more:\n        return ()\n    return _complete(replica, page, now_ms)",
        "    return _complete(replica, page, now_ms)",
    ),
    defect(
        "drop the overlay by cursor instead of by what is shown",
        "client_sdk/replica/pages.py",
        "    if page.more:\n        return ()\n    return _complete(replica, page, now_ms)",
        "    if page.more:\n"
        "        for own in list(replica.own.values()):\n"
        "            if own.accepted and own.position <= page.head:\n"
        "                replica.own.delete(own.name)\n"
        "                for key in own.records:\n"
        "                    replica.refresh(key, own.made.subject)\n"
        "        return ()\n"
        "    return _complete(replica, page, now_ms)",
    ),
    defect(
        "own work that the server leaves out is not taken in",
        "client_sdk/replica/pages.py",
        "            units[write.unit] = UnitState(live=(own.live(write.value),), position=own.position)",
        "            pass",
    ),
    defect(
        "a re-issue under its own id",
        "client_sdk/replica/saving.py",
        "            was=was.name,\n",
        "",
    ),
    defect(
        "a restored history finds the old outcomes still believed",
        "client_sdk/replica/history.py",
        "            replica.own.put(own.name, Own(own.made, own.order, own.line))",
        "            pass",
        Change(
            "client_sdk/replica/history.py",
            '            replica.sent.put(name, replace(sent, position=0, held=""))',
            "            pass",
        ),
    ),
    defect(
        "envelopes are let go with the outcome",
        "client_sdk/replica/outcomes.py",
        "covered = 0 < sent.position <= safe and now_ms - sent.outcome_ms >= ENVELOPE_MS",
        "covered = 0 < sent.position",
    ),
    defect(
        "what was given to the network is called received",
        "client_sdk/custody.py",
        "Custody.SENT if own.name in given",
        "Custody.RECEIVED if own.name in given",
    ),
    defect(
        "what was given to the network is called on this tablet only",
        "client_sdk/exchange.py",
        "            self._note_given(request.names)\n",
        "",
    ),
)
