"""The first page: what happened since you left, what needs you now, and today; each number opens its list."""

from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from ...services.access import rights
from ...services.desk import home as service
from ...services.desk.home import Home, Number
from ..desk import desk
from ..permissions import ACCOUNT, allowed
from ..sections import Section
from ..wording import Wording

bp = Blueprint("home", __name__)
section = Section(_l("Home"), "home.index", "home")

FIRST_TIME_MS: Final = 3 * 24 * 60 * 60 * 1000
"""How far back somebody looks who was never here: over a weekend."""

TITLES: Final = {
    "flags": _l("Dangers raised"),
    "acts": _l("Acts on dangers"),
    "contacts": _l("Contacts of those on duty"),
    "deaths": _l("Deaths reported"),
    "admissions": _l("Admissions"),
    "messages": _l("Messages to you"),
    "dangers": _l("Dangers nobody has acknowledged"),
    "conflicts": _l("Conflicts"),
    "late": _l("Late work"),
    "review": _l("Works to review"),
    "unassigned": _l("Episodes not assigned"),
    "silent": _l("Silent tablets"),
    "declined": _l("Hand-overs declined"),
    "visits": _l("Visits today"),
    "absent": _l("Visits of absent workers"),
    "unclaimed": _l("Visits nobody has"),
    "duty": _l("Hours without duty in seven days"),
}

URGENT: Final = {
    "flags": _l("high or imminent"),
    "dangers": _l("high or imminent"),
    "unassigned": _l("beyond the time for a first visit"),
    "duty": _l("of the first place"),
}

LISTED: Final = (
    "contacts",
    "deaths",
    "admissions",
    "messages",
    "unassigned",
    "declined",
    "visits",
    "absent",
    "unclaimed",
)
"""Numbers whose lists are pages of this section."""

SINCE: Final = {"flags": "risk.index", "acts": "risk.acts"}
"""Numbers whose lists are told from when on."""

ELSEWHERE: Final = {
    "dangers": ("risk.index", "waiting"),
    "conflicts": ("conflicts.index", None),
    "late": ("late.index", None),
    "review": ("review.index", None),
    "silent": ("register.index", "silent"),
    "duty": ("duty.index", None),
}
"""Numbers whose lists are sections of their own."""


@bp.get("/")
@allowed(ACCOUNT)
def index() -> str:
    """What happened, and what waits."""
    seat = desk()
    found: Home | None = None
    if rights.allows(seat.by, rights.REVIEW):
        since_ms = _since_ms()
        found = seat.read(
            lambda session: service.home(session, seat.sealer, seat.by, now_ms=seat.now_ms, since_ms=since_ms)
        )
    return render_template("home/index.html", found=found, titles=TITLES, urgent=URGENT, address=_address)


@bp.get("/waiting/<name>")
@allowed(rights.REVIEW)
def lines(name: str) -> str:
    """The list behind a number."""
    seat, cursor, since_ms = desk(), request.args.get("after"), _since_ms()
    page = seat.read(
        lambda session: service.lines(
            session,
            seat.sealer,
            seat.by,
            name,
            service.moment(session, seat.sealer, seat.by, now_ms=seat.now_ms, since_ms=since_ms),
            cursor=cursor,
        )
    )
    return render_template("home/lines.html", page=page, title=TITLES[name], which=name, words=Wording({}))


def _since_ms() -> int:
    seat = desk()
    return seat.left_ms if seat.left_ms is not None else seat.now_ms - FIRST_TIME_MS


def _address(number: Number) -> str:
    """Where the list behind a number is."""
    if number.name in LISTED:
        return url_for("home.lines", name=number.name)
    if number.name in SINCE:
        return url_for(SINCE[number.name], since=_since_ms())
    endpoint, shown = ELSEWHERE[number.name]
    return url_for(endpoint, show=shown)
