"""Sync register and lost tablets: when each was last heard of, what it had not sent, and what a lost one held."""

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from ...services.access import rights
from ...services.desk import register
from ..desk import desk
from ..permissions import DEVICE, allowed
from ..sections import Section

bp = Blueprint("register", __name__)
section = Section(_l("Sync register"), "register.index", "sync")


@bp.get("/register")
@allowed(rights.TABLETS)
def index() -> str:
    """The tablets, the longest silent first."""
    seat, cursor = desk(), request.args.get("after")
    only = request.args.get("show") == "silent"
    page = seat.read(
        lambda session: register.tablets(
            session, seat.sealer, seat.by, now_ms=seat.now_ms, only_silent=only, cursor=cursor
        )
    )
    return render_template("register/index.html", page=page, only=only)


@bp.get("/register/<device>")
@allowed(rights.TABLETS, about=DEVICE)
def lost(device: str) -> str:
    """What a tablet held, for whoever assesses a breach, and what its worker has to write again."""
    seat, cursor = desk(), request.args.get("after")
    found = seat.read_about(
        "",
        "list:lost",
        lambda session: register.lost(
            session, seat.sealer, seat.by, device, now_ms=seat.now_ms, cursor=cursor
        ),
        record=device,
    )
    return render_template("register/lost.html", found=found, device=device)
