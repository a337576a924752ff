"""
Home: what a supervisor sees on Monday at half past eight. Each number is a query with a list behind it.

    home(session, sealer, by, now_ms=..., since_ms=...)       every number, in a fixed count of statements
    lines(session, sealer, by, "unassigned", moment)          the list behind one of them, by page

Numbers and where their lists are:

    since you left   flags (risk.flags(since=...)) · acts (risk.acts) · contacts (of those on duty) · deaths ·
                     admissions · messages
    needs me now     dangers (risk.flags) · conflicts (conflicts.listing) · late (late work) ·
                     review (review.queue) · unassigned · silent (register.tablets(only_silent=True)) ·
                     declined (hand-overs)
    today            visits · absent (visits whose worker is absent) · unclaimed (visits that nobody has) ·
                     duty (hours of the next seven days for which nobody is on duty, see `duty.gaps`)

`lines` answers for contacts, deaths, admissions, messages, unassigned, declined, visits, absent and unclaimed. A
number says how many, and how many of them are late or grave (`urgent`).
"""

from .lines import Line, lines
from .numbers import DUTY_DAYS, Home, Number, home, moment
from .selections import absent_on, conflicts, late_work
from .when import DAY_MS, Moment

__all__ = [
    "DAY_MS",
    "DUTY_DAYS",
    "Home",
    "Line",
    "Moment",
    "Number",
    "absent_on",
    "conflicts",
    "home",
    "late_work",
    "lines",
    "moment",
]
