"""
Conditions that the lists of the caseload share: who is assigned, who is in care, when somebody last spoke with a
client, and which days a month has.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session

from ....db import table_of
from ....tables.fact import FactRow
from ...access.people import Person
from .. import days, listing
from ..days import Days

VISITED: Final = ("made", "partial")
"""Outcomes of a visit on which somebody was seen."""

OVER: Final = ("discharged", "declined")
"""States of an episode in which nobody visits any more."""

_fact = table_of(FactRow)


def in_care(agency: str, client: ColumnElement[str]) -> ColumnElement[bool]:
    """That a client lives, and that the episodes are not all over."""
    episode = _fact.alias("episode")
    here = (episode.c.agency == agency) & (episode.c.subject == client) & (episode.c.kind == "episode")
    over = exists(select(episode.c.id).where(here, episode.c.code.in_(OVER)))
    going_on = exists(select(episode.c.id).where(here, episode.c.code.not_in(OVER)))
    return is_active(agency, client) & (~over | going_on)


def last_contact(agency: str, client: ColumnElement[str]) -> ColumnElement[str]:
    """When somebody last spoke with a client: a visit that was made, or a contact that reached."""
    newest = [
        func.coalesce(select(one.c.at).where(here).order_by(one.c.at.desc()).limit(1).scalar_subquery(), "")
        for one, here in spoken(agency, client)
    ]
    return case((newest[0] >= newest[1], newest[0]), else_=newest[1])


def spoken(agency: str, client: ColumnElement[str]) -> list[tuple[Any, ColumnElement[bool]]]:
    """The two ways to have spoken with a client, each (rows of facts, which of them): the index finds the newest."""
    visit, contact = _fact.alias("spoken_visit"), _fact.alias("spoken_contact")
    made = (visit.c.kind == "visit") & visit.c.code.in_(VISITED)
    reached = (contact.c.kind == "contact") & (contact.c.code == "reached")
    return [
        (visit, (visit.c.agency == agency) & (visit.c.subject == client) & made),
        (contact, (contact.c.agency == agency) & (contact.c.subject == client) & reached),
    ]


def is_assigned(agency: str) -> ColumnElement[bool]:
    """The facts that somebody is assigned to a client."""
    return listing.facts(agency, "assigned") & (_fact.c.code == "assigned")


def is_active(agency: str, client: ColumnElement[str]) -> ColumnElement[bool]:
    """That a client is in the agency's care."""
    about = _fact.alias("about")
    here = (about.c.agency == agency) & (about.c.subject == client) & (about.c.kind == "client")
    return exists(select(about.c.id).where(here, about.c.code == "active"))


def month_of(session: Session, by: Person, now_ms: int) -> Days:
    """The month in which this moment lies, where the agency is."""
    zone = days.zone_of(session, by.agency)
    return days.month(zone, days.today(zone, now_ms).first)
