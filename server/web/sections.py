"""
Sections: what stands in the navigation, in which order, and who finds it there.

A section is one module in `views/` with a blueprint `bp` and, where it has an entry in the navigation, a `section`.
Its name must stand in `ORDER`; nothing else has to be told that it exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from flask import Blueprint, Flask
from flask_babel import LazyString
from sqlalchemy.orm import Session

from ..services.access.people import Person
from . import permissions, views

ORDER: Final = (
    "home",
    "clients",
    "intake",
    "schedule",
    "review",
    "conflicts",
    "late",
    "risk",
    "caseload",
    "register",
    "devices",
    "staff",
    "duty",
    "instruments",
    "settings",
    "audit",
    # Without an entry of their own.
    "scores",
    "copies",
    "account",
    "invitations",
    "provider",
    "look",
)
"""Modules of `views/`, in the order of the navigation."""

PART_OF: Final = {"scores": "clients", "copies": "clients"}
"""{module: the section whose entry is marked while one of its pages is open}."""

Count = Callable[[Session, Person], int]
"""How much waits behind an entry for this person; asked at most every half minute."""


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation."""

    title: LazyString
    entry: str
    """The endpoint that it opens; whose rule says who sees the entry."""

    icon: str
    """The id of a symbol in `static/icons.svg`."""

    group: str = "work"
    """`work`: people's daily work; `agency`: what is kept now and then."""

    count: Count | None = None


def register(app: Flask) -> list[tuple[str, Section]]:
    """Hang every section's pages; answers with those that have an entry, in order."""
    names = [module.name for module in iter_modules(views.__path__)]
    unknown = sorted(set(names) - set(ORDER))
    assert not unknown, f"{unknown} must stand in ORDER"
    entries: list[tuple[str, Section]] = []
    for name in sorted(names, key=ORDER.index):
        module = import_module(f"{views.__name__}.{name}")
        assert isinstance(module.bp, Blueprint), f"{name} has no blueprint"
        assert module.bp.name == name, f"the blueprint of {name} has another name"
        app.register_blueprint(module.bp)
        section = getattr(module, "section", None)
        if isinstance(section, Section):
            entries.append((name, section))
    return entries


def seen_by(app: Flask, entries: list[tuple[str, Section]], by: Person) -> list[tuple[str, Section]]:
    """The entries that this person may open."""
    return [(name, section) for name, section in entries if _opens(app, section, by)]


def _opens(app: Flask, section: Section, by: Person) -> bool:
    rule = permissions.rule_of(section.entry, app.view_functions[section.entry])
    return rule is not None and by.role in rule.roles
