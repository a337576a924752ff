"""
What an operator decides, and what the outside world gives.

*Settings* come from environment variables named `DOORSTEP_<FIELD>` in capitals; each says what it is for.
*Providers* are clock, randomness, patience and disk: nothing else in this room asks the machine for them.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

PREFIX: Final = "DOORSTEP_"

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Hosts that nobody else reaches."""

ServerName = Literal["waitress", "gunicorn"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one derivation of a key from a secret costs (Argon2id)."""

    memory_kib: int = 65536
    """Memory in KiB: 64 MiB is what OWASP's second choice asks for twice over."""

    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Providers:
    """What the outside world gives; tests and the simulator give their own."""

    now_ms: Callable[[], int]
    """The time, in milliseconds since 1970, UTC."""

    entropy: Callable[[int], bytes]
    """So many random bytes."""

    sleep_s: Callable[[float], None]
    """Waits so many seconds; a simulator moves its clock instead."""

    monotonic_s: Callable[[], float]
    """A clock that nobody sets, in seconds, to tell how long something took."""

    file_root: Path
    """The folder under which this server may write files."""

    kdf_cost: KdfCost = KdfCost()

    @classmethod
    def of_machine(cls, file_root: Path) -> "Providers":
        """The real clock and the operating system's randomness."""
        return cls(
            now_ms=lambda: time.time_ns() // 1_000_000,
            entropy=os.urandom,
            sleep_s=time.sleep,
            monotonic_s=time.monotonic,
            file_root=file_root,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; `Settings.of_environment()` reads them."""

    home: Path = Path("doorstep-data")
    """The folder for the files of this server: the SQLite databases, the master key, attachments."""

    database_url: str = ""
    """URL of the database, `sqlite:///…` or `postgresql+psycopg://…`. Empty: `home/doorstep.sqlite`."""

    keys_url: str = ""
    """URL of the key store, which lies apart from the database and its backups. Empty: `home/keys.sqlite`."""

    master_key: str = field(default="", repr=False)
    """The master key as base64url of 32 bytes. Empty: the file `master_key_file`."""

    master_key_file: str = ""
    """A file that holds the master key as base64url. Empty: `home/master.key`."""

    kms: str = ""
    """A hook `module:function` that returns a `MasterKey`, for a key management service. Empty: none."""

    host: str = "127.0.0.1"
    """The address to listen at."""

    port: int = 8000
    """The port to listen at; 0 takes a free one."""

    server: ServerName = "waitress"
    """`waitress` (one process, also on Windows) or `gunicorn` (several processes)."""

    workers: int = 2
    """Processes of gunicorn. With more than one, rate limits need a shared `rate_storage`."""

    threads: int = 8
    """Threads of each process."""

    proxies: int = 0
    """Reverse proxies in front whose `X-Forwarded-For` and `-Proto` are to be believed; 0 believes none."""

    plain_http: bool = False
    """`yes` lets browsers keep cookies over plain HTTP, for a demo: the host must be this machine itself."""

    pool_size: int = 10
    """Connections to the database that a process keeps."""

    busy_timeout_ms: int = 10_000
    """Milliseconds to wait for SQLite's write lock before answering 503."""

    enrolment_rate: str = "20 per minute"
    """Enrolment attempts allowed to one address."""

    sign_in_rate: str = "10 per 15 minutes"
    """Failed sign-ins to one account: from all browsers together that are new to it, and from each known one."""

    sign_in_address_rate: str = "100 per 15 minutes"
    """Failed sign-ins from one address, whatever the accounts: an office may share one."""

    site_url: str = ""
    """The address at which people sign in, `https://…`, for letters that ask them to. Empty: it is not told."""

    mail_url: str = field(default="", repr=False)
    """The mail server: `smtps://user:password@host` or `smtp://host` (STARTTLS). Empty: no letters are sent."""

    mail_from: str = ""
    """The address that letters come from; needed where there is a mail server."""

    oidc_issuer: str = ""
    """The issuer of an OpenID provider, `https://…`, which stands for the password. Empty: none."""

    oidc_client_id: str = ""
    """What this server is called at the provider."""

    oidc_client_secret: str = field(default="", repr=False)
    """The secret that the provider gave to it."""

    oidc_name: str = "single sign-on"
    """What people call the provider, as the button says it."""

    rate_storage: str = "memory://"
    """Where rates are counted: `memory://` in each process by itself, `redis://…` in all together."""

    metrics_token: str = field(default="", repr=False)
    """If set, `/metrics` asks for it as a bearer token. It holds counts by route, nothing about people."""

    log_level: LogLevel = "info"
    """The least level that is logged: `debug`, `info`, `warning` or `error`."""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """
        Read `DOORSTEP_*`; what is not set keeps its default.

        Raises:
            ValueError: A number is not one, a choice is unknown, or two do not go together; the setting is named.
        """
        given = {
            f.name: _read(f.name, f.type, environment[PREFIX + f.name.upper()])
            for f in fields(cls)
            if PREFIX + f.name.upper() in environment
        }
        settings = cls(**given)
        settings.check()
        return settings

    def check(self) -> None:
        """
        Hold settings against each other.

        Raises:
            ValueError: Cookies over plain HTTP, and a host that others reach.
        """
        if self.plain_http and self.host not in LOOPBACK:
            raise ValueError(f"{PREFIX}PLAIN_HTTP is for {PREFIX}HOST=127.0.0.1 only")

    @property
    def database(self) -> str:
        """The URL of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'doorstep.sqlite'}"

    @property
    def keys(self) -> str:
        """The URL of the key store, with the default filled in."""
        return self.keys_url or f"sqlite:///{self.home / 'keys.sqlite'}"

    @property
    def master_file(self) -> Path:
        """The file of the master key, with the default filled in."""
        return Path(self.master_key_file) if self.master_key_file else self.home / "master.key"


def _read(name: str, kind: Any, text: str) -> Any:
    if kind is int:
        if not text.isascii() or not text.isdecimal():
            raise ValueError(f"{PREFIX}{name.upper()} must be a whole number")
        return int(text)
    if kind is bool:
        if text not in ("yes", "no"):
            raise ValueError(f"{PREFIX}{name.upper()} must be yes or no")
        return text == "yes"
    choices = get_args(kind)
    if choices and text not in choices:
        raise ValueError(f"{PREFIX}{name.upper()} must be one of {', '.join(choices)}")
    return Path(text) if kind is Path else text
