"""
Access: how a command gets its tablet, and how what goes wrong is told.

A command is given a *session*: where the tablet's folder is, and whether a person or a program reads the
answer. The secret comes from the environment or is asked for unseen; it is never an argument, which other
users of the machine could read.
"""

import functools
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeAlias

import click

from casework import CaseworkError, UnknownField
from sync import SyncError

from ..client import Tablet
from ..clock import Providers
from ..errors import ClientError, Refused
from ..vault import DeviceSecretInFile, DeviceSecrets, FileSecrets, exists

SECRET_VARIABLE: Final = "DOORSTEP_SECRET"  # noqa: S105  # the name of a variable
STORE_VARIABLE: Final = "DOORSTEP_TABLET"
STORE_NAME: Final = "tablet"

P = ParamSpec("P")
Made: TypeAlias = Callable[..., Tablet]


@dataclass(frozen=True, slots=True)
class Access:
    """What a program that runs these commands may replace: the ways to a tablet, and the machine."""

    enrol: Made = Tablet.enrol
    unlock: Made = Tablet.unlock
    providers: Providers = field(default_factory=Providers)


@dataclass(frozen=True, slots=True)
class Session:
    """One command's run."""

    access: Access
    folder: Path
    as_json: bool
    language: str
    secrets_folder: Path | None

    @contextmanager
    def tablet(self) -> Iterator[Tablet]:
        """The unlocked tablet; it is locked when the block ends, however it ends."""
        with self.opened_with(self.asked_secret()) as tablet:
            yield tablet

    def asked_secret(self) -> str:
        """
        The secret of the tablet that is in this folder.

        Raises:
            Refused: There is none; nobody is asked for a secret then.
        """
        if not exists(self.folder):
            raise Refused("there is no tablet in this folder: enrol one, or name another by --store")
        return secret()

    def opened_with(self, opening: str) -> Tablet:
        """The tablet, unlocked by a secret; a context manager that locks it."""
        return self.access.unlock(self.folder, secret=opening, **self.machine())

    def machine(self) -> dict[str, Any]:
        """What enrolling and unlocking are told of the machine."""
        return {"providers": self.access.providers, "device_secrets": self._device_secrets()}

    def _device_secrets(self) -> DeviceSecrets | None:
        if self.secrets_folder is None:
            return None
        with warnings.catch_warnings():
            # Whoever set the option has read that it is weaker.
            warnings.simplefilter("ignore", DeviceSecretInFile)
            return FileSecrets(self.secrets_folder, accept_risk=True)


def secret(*, new: bool = False) -> str:
    """The PIN or passphrase; a new one is asked for twice."""
    return os.environ.get(SECRET_VARIABLE) or prompted("PIN or passphrase", new=new)


def prompted(what: str, *, new: bool = False) -> str:
    """What somebody types unseen; something new is asked for twice."""
    asked: str = click.prompt(what, hide_input=True, confirmation_prompt=new, err=True)
    return asked


def tablet_command(
    name: str, *, takes_values: bool = False
) -> Callable[[Callable[..., None]], click.Command]:
    """
    A command of the tablet: its function is given a session, and its errors are one line each.

    Args:
        name: As it is typed.
        takes_values: One of its arguments is a value, which may begin with a hyphen as a longitude does.
    """
    settings = {"ignore_unknown_options": takes_values}

    def decorate(work: Callable[..., None]) -> click.Command:
        @functools.wraps(work)
        def run(**given: Any) -> None:
            with one_line_errors():
                work(_session(given), **given)

        return click.command(name, context_settings=settings)(_common(run))

    return decorate


@contextmanager
def one_line_errors() -> Iterator[None]:
    """What our rooms refuse becomes one line on standard error, and exit code 1."""
    try:
        yield
    except UnknownField as error:
        raise click.ClickException(f"{error}: `fields` lists what there is") from error
    except (ClientError, CaseworkError, SyncError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        # Its own text would name a file, and a file's name may be a person's.
        raise click.ClickException(
            f"the machine refused: {error.strerror or type(error).__name__}"
        ) from error


def _common(run: Callable[P, None]) -> Callable[P, None]:
    options = (
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
        click.option(
            "--store",
            type=click.Path(path_type=Path, file_okay=False),
            envvar=STORE_VARIABLE,
            help=f"The tablet's folder; {STORE_VARIABLE} in the environment.",
        ),
        click.option(
            "--language", envvar="DOORSTEP_LANGUAGE", default="en", help="Of labels and questions: en or es."
        ),
        click.option(
            "--device-secret-folder",
            "secrets_folder",
            type=click.Path(path_type=Path, file_okay=False),
            envvar="DOORSTEP_DEVICE_SECRET_FOLDER",
            help="Keep a PIN's device secret in files here, for a machine without a keyring. Weaker.",
        ),
    )
    for option in reversed(options):
        run = option(run)
    return run


def _session(given: dict[str, Any]) -> Session:
    access = click.get_current_context().find_object(Access) or Access()
    return Session(
        access=access,
        folder=given.pop("store") or access.providers.file_root / STORE_NAME,
        as_json=given.pop("as_json"),
        language=given.pop("language"),
        secrets_folder=given.pop("secrets_folder"),
    )
