"""Resources and instruments: the directory of who helps, the questionnaires, and files brought in with a preview."""

from base64 import b64decode, b64encode
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from casework import instruments as forms

from ...services.access import rights
from ...services.desk import resources, scores
from ...services.keeping import importing
from ...services.keeping.importing import Find, Taken
from ...services.keeping.spreadsheet import Fault
from ...services.log.book import Book
from ..desk import Refusal, desk
from ..forms import entry
from ..permissions import allowed
from ..sections import Section
from ..wording import Wording

PREVIEW_BYTES_MAX: Final = 700 * 1024
"""A file goes through the page and back, as text: so much fits into one request."""

bp = Blueprint("instruments", __name__)
section = Section(_l("Resources and forms"), "instruments.index", "form", group="agency")


class FileForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A file to look into."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class TakeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """The file that was looked into, once more."""

    called = HiddenField()
    content = HiddenField()


@bp.get("/instruments")
@allowed(rights.ENTER)
def index() -> str:
    """The questionnaires and the directory."""
    seat = desk()
    asking, found = seat.read(
        lambda session: (
            scores.asking(session, seat.sealer, seat.by.agency, None),
            resources.directory(session, seat.sealer, seat.by),
        )
    )
    return render_template(
        "instruments/index.html",
        definitions=asking.library.all(),
        shipped={(made.id, made.version) for made in forms.shipped().all()},
        found=found,
        words=Wording({}, asking.library),
        form=FileForm(),
    )


@bp.post("/instruments/preview")
@allowed(rights.ENTER)
def preview() -> ResponseReturnValue:
    """What a file would bring in, and what of it is refused; nothing is changed."""
    form = FileForm()
    if not form.validate_on_submit():
        flash(_("Choose a file."), "danger")
        return redirect(url_for("instruments.index"))
    name, data = str(form.file.data.filename), form.file.data.read()
    if len(data) > PREVIEW_BYTES_MAX:
        flash(
            _(
                "A file here has at most %(kib)s KiB; larger ones go by the command.",
                kib=PREVIEW_BYTES_MAX // 1024,
            ),
            "danger",
        )
        return redirect(url_for("instruments.index"))
    finds, faults = importing.read(name, data)
    take_form = TakeForm(formdata=None, called=name, content=b64encode(data).decode())
    return _previewed(finds, faults, take_form)


@bp.post("/instruments/take")
@allowed(rights.ENTER)
def take() -> ResponseReturnValue:
    """Bring in what was looked into; each refusal is named."""
    seat, form = desk(), TakeForm()
    try:
        data = b64decode(form.content.data or "", validate=True)
    except ValueError:
        data = b""
    finds, faults = importing.read(form.called.data or "", data)

    def act(book: Book) -> list[Taken]:
        importing.check_may_import(seat.by)
        return [importing.take(book, seat.by, find, seat.providers) for find in finds]

    done = seat.attempt(act)
    if isinstance(done, Refusal):
        return _previewed(finds, faults, form, done), 422
    new = sum(1 for taken in done if taken.new)
    flash(_("Brought in: %(new)s. Here already: %(known)s.", new=new, known=len(done) - new), "success")
    for fault in [taken.fault for taken in done if taken.fault is not None]:
        flash(str(fault), "warning")
    return redirect(url_for("instruments.index"))


@bp.route("/resources/new", methods=["GET", "POST"])
@bp.route("/resources/<id_>", methods=["GET", "POST"])
@allowed(rights.ENTER)
def resource(id_: str | None = None) -> ResponseReturnValue:
    """One entry of the directory."""
    seat = desk()
    now = None if id_ is None else seat.read(lambda s: resources.read(s, seat.sealer, seat.by, id_))
    form = _resource_form(now)
    refusal: Refusal | None = None
    if form.validate_on_submit():
        whole = entry.read(form, resources.TYPE, "whole", "whole", seat.zone)
        said = whole if isinstance(whole, dict) else {}
        seen = [name for name in (form.seen.data or "").split(",") if name]
        done = seat.attempt(lambda book: resources.write(book, seat.by, id_, said, seen, seat.providers))
        if not isinstance(done, Refusal):
            flash(_("Saved. Every tablet has it with its next sync."), "success")
            return redirect(url_for("instruments.index"))
        refusal = done
    fields = [name for name in form._fields if name.startswith("whole__")]
    page = render_template(
        "instruments/resource.html", form=form, refusal=refusal, now=now, fields=fields, words=Wording({})
    )
    return page, 200 if not form.is_submitted() else 409 if refusal and refusal.deeds else 422


def _resource_form(now: resources.Resource | None) -> Any:
    seat = desk()
    fields: dict[str, Any] = dict(entry.fields(resources.TYPE, "whole", "whole"))
    del fields["whole__version"]
    data: dict[str, Any] = {}
    if now is not None and not request.form:
        data = entry.typed(resources.TYPE, "whole", "whole", dict(now.whole), seat.zone)
        data["seen"] = ",".join(now.seen)
    return type("ResourceForm", (FlaskForm,), fields | {"seen": HiddenField()})(data=data)


def _previewed(finds: list[Find], faults: list[Fault], form: TakeForm, refusal: Refusal | None = None) -> str:
    return render_template("instruments/preview.html", finds=finds, faults=faults, form=form, refusal=refusal)
