"""Devices: the tablets one by one, a code for a new one, and letting wait, work again or revoke."""

from io import BytesIO

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import SelectField, StringField, validators

from ...services.access import agencies, devices, directory, enrolment, rights
from ...services.access.people import ADMINISTRATOR, SUPERVISOR
from ..desk import Refusal, desk
from ..permissions import DEVICE, allowed
from ..sections import Section

LABEL_CHARS_MAX = 60
PICTURE_SCALE = 5
STATES = {"suspend": devices.suspend, "confirm": devices.confirm, "revoke": devices.revoke}
KEEPERS = (ADMINISTRATOR, SUPERVISOR)

bp = Blueprint("devices", __name__)
section = Section(_l("Devices"), "devices.index", "tablet", group="agency")


class CodeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Whose tablet, and what people call it."""

    worker = SelectField(_l("Worker"), [validators.InputRequired(_l("Choose one."))])
    label = StringField(
        _l("Name of the tablet"), [validators.Optional(), validators.Length(max=LABEL_CHARS_MAX)]
    )


@bp.get("/devices")
@allowed(rights.DEVICES)
def index() -> str:
    """Every tablet that this person keeps."""
    return _list(_form())


@bp.post("/devices")
@allowed(rights.DEVICES, only=KEEPERS)
def invite() -> ResponseReturnValue:
    """A code for one tablet; it is on this page and nowhere else."""
    seat, form = desk(), _form()
    if not form.validate_on_submit():
        return _list(form), 422
    worker, label = form.worker.data, (form.label.data or "").strip() or None
    code = seat.attempt_write(
        lambda session: enrolment.invite(session, seat.sealer, seat.providers, seat.by, worker, label)
    )
    if isinstance(code, Refusal):
        return _list(form, code), 422
    called = dict(form.worker.choices)[worker]
    return render_template("devices/code.html", code=code, called=called, picture=_picture(code))


@bp.get("/devices/<device>")
@allowed(rights.DEVICES, about=DEVICE)
def show(device: str) -> str:
    """One tablet, with the six digits that it shows, too."""
    seat = desk()
    found = seat.read(lambda session: devices.device_of(session, seat.by.agency, device))
    about = seat.read(lambda session: agencies.agency_of(session, seat.by.agency))
    entries = seat.read(lambda session: directory.devices(session, seat.sealer, seat.by))
    digits = enrolment.fingerprint(seat.by.agency, about.public_key, found.public_key)
    entry = next(entry for entry in entries if entry.id == device)
    return render_template("devices/show.html", entry=entry, digits=digits)


@bp.post("/devices/<device>/<act>")
@allowed(rights.DEVICES, about=DEVICE)
def put(device: str, act: str) -> ResponseReturnValue:
    """Let a tablet wait, work again, or never again."""
    seat = desk()
    change = STATES.get(act)
    done = None if change is None else seat.attempt_write(lambda session: change(session, seat.by, device))
    if isinstance(done, Refusal) or done is None:
        flash(_("That cannot be done with this tablet now."), "danger")
    else:
        flash(_("Done."), "success")
    return redirect(url_for("devices.show", device=device))


def _form() -> CodeForm:
    seat = desk()
    staff = seat.read(lambda session: directory.staff(session, seat.sealer, seat.by))
    form = CodeForm(worker=request.args.get("worker", ""))
    form.worker.choices = [(entry.id, entry.name) for entry in staff if entry.state == "active"]
    return form


def _list(form: CodeForm, refusal: Refusal | None = None) -> str:
    seat = desk()
    found = seat.read(lambda session: directory.devices(session, seat.sealer, seat.by))
    tablets = [entry for entry in found if entry.kind == "tablet"]
    return render_template(
        "devices/index.html", found=tablets, form=form, refusal=refusal, keeps=seat.by.role in KEEPERS
    )


def _picture(code: str) -> Markup:
    """The code as a picture in the page itself: it has no address, so it stands in no log."""
    drawn = BytesIO()
    segno.make(code, error="m").save(
        drawn, kind="svg", scale=PICTURE_SCALE, border=3, light="#ffffff", dark="#000000", xmldecl=False
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  # drawn here, out of a code of ours
