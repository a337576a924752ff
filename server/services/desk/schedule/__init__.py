"""
Schedule: the week by worker, intake, planning, and cover for those who are absent.

    week(session, sealer, by, day)                      a line a worker: visits, absences, cover, by days
    open_episode(book, by, client, units, providers)    takes a referral in
    plan(book, by, client, worker, units, ...)          plans a visit, of one or of two together
    cover(book, by, absent, receiver, days, ...)        the visits of somebody absent go to another, in one act

A client is registered by `registry.register` and assigned by `office.assign`; what waits to be assigned is
`home.lines("unassigned")`. Cover is a grant that begins and ends by itself: for its days the receiver sees the
whole client, and each visit of those days is planned anew for the receiver. A visit that somebody has begun is
never moved. Who is responsible does not change: that is a hand-over.
"""

from .company import needs_two
from .covering import COVER_DAYS_MAX, COVER_VISITS_MAX, Covered, cover
from .planning import open_episode, plan
from .week import VISITING, WORKERS, Absence, Cover, Visit, WorkerWeek, planned_of, week

__all__ = [
    "COVER_DAYS_MAX",
    "COVER_VISITS_MAX",
    "VISITING",
    "WORKERS",
    "Absence",
    "Cover",
    "Covered",
    "Visit",
    "WorkerWeek",
    "cover",
    "needs_two",
    "open_episode",
    "plan",
    "planned_of",
    "week",
]
