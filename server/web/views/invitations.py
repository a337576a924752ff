"""The first sign-in: an invitation code, a password, and then at once a second factor."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_security.proxies import _security
from flask_security.utils import hash_password
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, validators

from ...house import house
from ...services.access import invitations, people, rights
from ...services.access.people import ADMINISTRATOR
from ..desk import Refusal, desk, refusals
from ..permissions import OPEN, PERSON, allowed

bp = Blueprint("invitations", __name__)

CODE_CHARS_MAX = 60


class AcceptForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A code and a password, twice."""

    code = StringField(
        _l("Invitation code"),
        [
            validators.DataRequired(_l("Enter the code of your invitation.")),
            validators.Length(max=CODE_CHARS_MAX),
        ],
        filters=[lambda typed: (typed or "").strip()],
    )
    password = PasswordField(_l("New password"), [validators.DataRequired(_l("Enter a password."))])
    again = PasswordField(
        _l("New password once more"), [validators.EqualTo("password", _l("The two passwords differ."))]
    )


@bp.route("/welcome", methods=["GET", "POST"])
@allowed(OPEN)
def accept() -> ResponseReturnValue:
    """Use a code up, and go on to the second factor."""
    form = AcceptForm(code=request.args.get("code", ""))
    refusal: Refusal | None = None
    if form.validate_on_submit():
        wrong, password = _security.password_util.validate(form.password.data, False)
        if wrong:
            form.password.errors = wrong
        else:
            done = refusals(lambda: _accept(form.code.data, password))
            if not isinstance(done, Refusal):
                return done
            refusal = done
    return render_template(
        "invitations/accept.html", form=form, refusal=refusal
    ), 422 if form.is_submitted() else 200


@bp.post("/invitations/<person>")
@allowed(rights.STAFF, about=PERSON, only=(ADMINISTRATOR,))
def invite(person: str) -> str:
    """Invite somebody of the staff; the code is on this page and nowhere else."""
    seat = desk()
    made = seat.write(lambda session: invitations.invite(session, seat.providers, seat.by, person))
    called = seat.read(lambda session: people.name_of(session, seat.sealer, seat.by.agency, person))
    return render_template("invitations/invited.html", made=made, called=called)


def _accept(code: str, password: str) -> ResponseReturnValue:
    here = house()
    with here.database.writing() as session:
        someone = invitations.accept(session, here.providers, code, hash_password(password))
    account = _security.datastore.find_user(id=f"{someone.agency}/{someone.id}")
    assert account is not None, "the invitation made it"
    entered = _security.two_factor_plugins.tf_enter(account, False, "password", next_loc=None)
    assert entered is not None, "everybody needs a second factor"
    return entered
