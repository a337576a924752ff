"""
Who may open what: nothing, unless the route says so.

A route names an act of the table of rights (`services.rights`) with `@allowed(...)`; a route that names none is
answered with 403 to everybody, and a test fails. A route about somebody also names what its address is *about*:
the client, person or device of `<client>`, `<person>` or `<device>` must be one to whom this person may do the
act. Services check rights again, for they have other callers.

    @bp.get("/clients/<client>")
    @allowed(rights.READ, about=CLIENT)
    def show(client: str) -> str: ...

    @bp.post("/staff")
    @allowed(rights.STAFF, only=(ADMINISTRATOR,))
    def admit() -> str: ...

`only` and `also` are for what the table says in words: some may read what others change. Whoever knows clients by
initials only sees lists, and never opens a page of `READ` about one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

from ..errors import NotAssigned, UnknownDevice
from ..services.access import devices, rights
from ..services.access.people import ROLES, Person, person

View = TypeVar("View", bound=Callable[..., Any])

OPEN: Final = "open"
"""Anybody, also without an account."""

ACCOUNT: Final = "account"
"""Whoever is signed in, about themselves only."""


@dataclass(frozen=True, slots=True)
class About:
    """What an address is about, and whether somebody may do an act to that one."""

    part: str
    """The part of the address that holds the id."""

    check: Callable[[Session, Person, str, str], object]
    """Asks with session, person, act and id; raises `NotAssigned`."""

    exists: Callable[[Session, Person, str], object]
    """Whether there is one in the agency, for roles that may see all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one route declares."""

    act: str
    about: About | None = None
    only: tuple[str, ...] = ROLES
    also: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nobody needs to be signed in."""
        return self.act == OPEN

    @property
    def roles(self) -> frozenset[str]:
        """The roles to which the route is open at all."""
        if self.act in (OPEN, ACCOUNT):
            return frozenset(ROLES)
        closed = {"none", "initials"} if self.act == rights.READ and self.about is CLIENT else {"none"}
        may = {role for role, scope in rights.MATRIX[self.act].items() if scope not in closed}
        return frozenset(may & set(self.only) | set(self.also))


def _device(session: Session, by: Person, act: str, device: str) -> object:
    return rights.check_about_worker(session, by, act, _carrier(session, by, device))


def _carrier(session: Session, by: Person, device: str) -> str:
    """Who carries a tablet of the agency; to people an unknown one is refused like a foreign one."""
    try:
        worker = devices.device_of(session, by.agency, device).worker
    except UnknownDevice:
        worker = None
    if worker is None:
        raise NotAssigned("there is no such tablet in this agency")
    return worker


CLIENT: Final = About(
    "client",
    rights.check_about,
    lambda session, by, id_: rights.check_about(session, by, rights.READ, id_),
)
PERSON: Final = About(
    "person", rights.check_about_worker, lambda session, by, id_: person(session, by.agency, id_)
)
DEVICE: Final = About("device", _device, _carrier)

_DECLARED: Final = "doorstep_rule"

ELSEWHERE: Final[dict[str, Rule]] = {
    # Doors of tablets and machines: each request is signed, carries a code, or tells nothing about people.
    "sync.sync": Rule(OPEN),
    "enrolment.enrol_tablet": Rule(OPEN),
    "health.alive": Rule(OPEN),
    "health.ready": Rule(OPEN),
    "health.numbers": Rule(OPEN),
    "api-docs.openapi_json": Rule(OPEN),
    # Files of the page's look.
    "static": Rule(OPEN),
    "bootstrap.static": Rule(OPEN),
    # flask-security's own pages.
    "security.login": Rule(OPEN),
    "security.logout": Rule(OPEN),
    "security.two_factor_token_validation": Rule(OPEN),
    "security.two_factor_rescue": Rule(OPEN),
    "security.tf_select": Rule(OPEN),
    "security.mf_recovery": Rule(OPEN),
    "security.wan_signin": Rule(OPEN),
    "security.wan_signin_response": Rule(OPEN),
    "security.two_factor_setup": Rule(OPEN),
    "security.two_factor_setup_validate": Rule(ACCOUNT),
    "security.verify": Rule(ACCOUNT),
    "security.change_password": Rule(ACCOUNT),
    "security.mf_recovery_codes": Rule(ACCOUNT),
    "security.wan_register": Rule(ACCOUNT),
    "security.wan_register_response": Rule(ACCOUNT),
    "security.wan_delete": Rule(ACCOUNT),
    "security.wan_verify": Rule(ACCOUNT),
    "security.wan_verify_response": Rule(ACCOUNT),
}
"""Routes that libraries and the tablets' doors hang, each with its rule."""


def allowed(
    act: str, *, about: About | None = None, only: tuple[str, ...] = ROLES, also: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """
    Declare who may open a route.

    Args:
        act: An act of `rights.MATRIX`, or `OPEN` or `ACCOUNT`.
        about: What the address is about.
        only: Of the roles that the table gives the act, these alone.
        also: Further roles, which may see everything of the agency here.
    """
    assert act in rights.MATRIX or act in (OPEN, ACCOUNT), f"there is no act {act}"

    def declare(view: View) -> View:
        setattr(view, _DECLARED, Rule(act, about, only, also))
        return view

    return declare


def rule_of(endpoint: str, view: Callable[..., Any]) -> Rule | None:
    """What a route declares; none is no."""
    found = getattr(view, _DECLARED, None) or ELSEWHERE.get(endpoint)
    assert found is None or isinstance(found, Rule)
    return found


def check(session: Session, by: Person, rule: Rule, parts: dict[str, Any]) -> None:
    """
    Whether somebody may open a route with these parts in its address.

    Raises:
        NotAssigned: They may not.
    """
    if by.role not in rule.roles or by.state != "active":
        raise NotAssigned("this page is for others")
    if rule.about is None:
        return
    id_ = str(parts[rule.about.part])
    if by.role in rule.also:
        rule.about.exists(session, by, id_)
    else:
        rule.about.check(session, by, rule.act, id_)
