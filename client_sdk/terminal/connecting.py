"""
Connecting: becoming a tablet of an agency, and exchanging work with its server.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from ..exchange import Progress
from .access import Session, secret, tablet_command
from .screen import tell

KIB: Final = 1024
RENEWED: Final = "\r\x1b[K"
"""Back to the beginning of the line, and the line emptied."""


@tablet_command("enrol")
@click.argument("server")
@click.argument("code")
@click.option("--label", help="What the office calls this tablet.")
@click.option("--plain-http", is_flag=True, help="Allow http:// to this machine.")
@click.option(
    "--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The agency's own CA."
)
def enrol(
    session: Session, server: str, code: str, label: str | None, plain_http: bool, ca: Path | None
) -> None:
    """Make the folder a tablet of the agency at SERVER, by the one-time CODE. Once, online."""
    with session.access.enrol(
        session.folder,
        server=server,
        code=code,
        secret=secret(new=True),
        label=label,
        authority_pem=None if ca is None else ca.read_text(encoding="ascii", errors="replace"),
        plain_http=plain_http,
        **session.machine(),
    ) as tablet:
        who = tablet.identity
    told = {
        "agency": who.agency_name,
        "worker": who.worker,
        "role": who.role,
        "device": who.device,
        "fingerprint": who.fingerprint,
    }
    check = f"Fingerprint {who.fingerprint}: the office must see the same."
    tell(session, told, [f"Enrolled with {who.agency_name}.", check])


@tablet_command("enrol-again")
@click.argument("code")
@click.option("--label", help="What the office calls this tablet.")
def enrol_again(session: Session, code: str, label: str | None) -> None:
    """Go on under a new device key, by another one-time CODE for the same worker."""
    with session.tablet() as tablet:
        issued, fingerprint = tablet.enrol_again(code, label=label), tablet.identity.fingerprint
    told = {"issued_anew": issued, "fingerprint": fingerprint}
    tell(session, told, [f"Enrolled again. Unsent saves issued anew: {issued}. Fingerprint {fingerprint}."])


@tablet_command("sync")
def sync(session: Session) -> None:
    """Send what is here and get what is new. It may be broken off at any time, and goes on from there."""
    with session.tablet() as tablet:
        with _progress_line() as progress:
            done = tablet.sync(progress)
        status = tablet.status()
    lines = [_sentence(done)]
    if not done.complete:
        lines.append("Not everything went through yet: sync again.")
    if done.enrol_again:
        lines.append("The server takes no more from this tablet: ask for a code, then enrol-again.")
    if status.held:
        lines.append(f"A person decides about {status.held} of your saves: see pending.")
    tell(session, {**asdict(done), "held": status.held}, lines)


@contextmanager
def _progress_line() -> Iterator[Callable[[Progress], None] | None]:
    """One line on a terminal's standard error that each message renews, gone at the end; none for a program."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield lambda progress: click.echo(f"{RENEWED}{_sentence(progress)}", nl=False, err=True)
    finally:
        click.echo(RENEWED, nl=False, err=True)


def _sentence(progress: Progress) -> str:
    size = (progress.bytes_up + progress.bytes_down + KIB - 1) // KIB
    return (
        f"Sent {progress.sent}, waiting {progress.waiting}, received {progress.received}"
        f" (round trips: {progress.round_trips}; {size} KiB)."
    )


COMMANDS: Final = (enrol, enrol_again, sync)
