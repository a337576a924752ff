"""
Deciding: putting one's name to a record, choosing between rivals, taking a record back or in again.
"""

from typing import Final

import click

import casework

from . import finding
from .access import Session, tablet_command
from .entering import read_value
from .screen import tell


@tablet_command("sign")
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.option("--title", help="As which you sign, such as LCSW.")
def sign(session: Session, record_type: str, id_: str, title: str | None) -> None:
    """Sign what a record shows. What must be said afterwards is an addendum."""
    with session.tablet() as tablet:
        item = finding.record(tablet, record_type, id_)
        with tablet.edit(item, "signed") as change:
            change.sign(item, title=title)
        signed = tablet.get(item.type, item.id)
    told = {"type": item.type, "id": item.id, "custody": signed.custody.value}
    tell(session, told, [f"Signed: {item.type} {item.id} ({signed.custody.value})"])


@tablet_command("settle", takes_values=True)
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.argument("unit")
@click.argument("value")
@click.option("--reason", required=True, help="Why this value and no other.")
def settle(session: Session, record_type: str, id_: str, unit: str, value: str, reason: str) -> None:
    """Decide between the rivals of a UNIT: the VALUE replaces every one that is shown here."""
    with session.tablet() as tablet:
        item = finding.record(tablet, record_type, id_)
        with tablet.edit(item) as change:
            change.settle(item, unit, read_value(item.type, unit, value), reason=reason)
        custody = tablet.get(item.type, item.id).custody.value
    label = casework.label(item.type, unit, language=session.language)
    told = {"type": item.type, "id": item.id, "unit": unit, "custody": custody}
    tell(session, told, [f"Settled: {label} of {item.type} {item.id} ({custody})"])


@tablet_command("retract")
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, type=click.Choice(sorted(casework.retracting.REASONS)))
def retract(session: Session, record_type: str, id_: str, reason: str) -> None:
    """Say that a record does not count. It stays in the history."""
    with session.tablet() as tablet:
        item = finding.record(tablet, record_type, id_)
        with tablet.edit(item) as change:
            change.retract(item, reason)
    tell(session, {"type": item.type, "id": item.id}, [f"Retracted: {item.type} {item.id}"])


@tablet_command("revive")
@click.argument("record_type", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.option("--reason", help="Why, in a few words.")
def revive(session: Session, record_type: str, id_: str, reason: str | None) -> None:
    """Say that a retracted record counts again."""
    with session.tablet() as tablet:
        item = finding.record(tablet, record_type, id_)
        with tablet.edit(item, reason) as change:
            change.revive(item)
    what = "Counts again" if change.saved else "Had not been retracted"
    told = {"type": item.type, "id": item.id, "saved": change.saved}
    tell(session, told, [f"{what}: {item.type} {item.id}"])


COMMANDS: Final = (sign, settle, retract, revive)
