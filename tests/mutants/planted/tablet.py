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
        "            with self._turn(), self._replica.transaction():\n"
        "                self._replica.given.value = Given(names)",
        "            with self._turn(), self._replica.transaction():\n"
        "                self._replica.given.value = Given(names)\n"
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
            "        if outcome.at_ms is not None:\n            for key in own.records:",
            "        if not outcome.held:\n            for key in own.records:",
        ),
    ),
    defect(
        "held work hides from its author",
        "client_sdk/replica/rows.py",
        "        return not self.decision",
        "        return not self.decision and not self.held",
        Change(
            "client_sdk/replica/outcomes.py",
            "        if outcome.at_ms is not None:\n            for key in own.records:",
            "        if outcome.held:\n            for key in own.records:",
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
            "about, shown=True, entering=False, leaving=False, staged=False, whole_at=max(head, about.whole_at)",
            "about, shown=True, entering=False, staged=False, whole_at=max(head, about.whole_at)",
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
        "            _forget_outcome(replica, own)",
        "            pass",
    ),
    defect(
        "envelopes are let go with the outcome",
        "client_sdk/replica/outcomes.py",
        "covered = 0 < sent.position <= safe and now_ms - sent.outcome_ms >= ENVELOPE_MS",
        "covered = 0 < sent.position",
    ),
)
