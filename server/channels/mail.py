"""
Mail by SMTP. It may come late or not at all, so it is labelled *not an alarm*.

The connection is encrypted and the certificate verified; only this machine itself is spoken to in the clear.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

from .channel import ChannelFailed, Letter

TIMEOUT_S: Final = 20
"""Seconds to wait for the mail server: longer ones would hold up those who are told after."""

NOT_AN_ALARM: Final = (
    "This e-mail is not an alarm. It may come late or not at all; nobody may rely on it alone.\n"
    "Este correo no es una alarma. Puede llegar tarde o no llegar; nadie debe confiar solo en él."
)
"""What stands under every letter."""

LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "::1"))
PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and the address that letters come from."""

    host: str
    port: int
    sender: str
    tls: bool = False
    """Whether the connection is encrypted from its beginning; else it becomes so before anything is said."""
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "mail"
    is_alarm: bool = False

    def send(self, letter: Letter) -> None:
        """
        Hand a letter over to the mail server.

        Raises:
            ChannelFailed: It did not take it.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, letter.to, letter.title
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{letter.text}\n\n-- \n{NOT_AN_ALARM}\n")
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelFailed(type(error).__name__) from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        with server:
            if not self.tls and self.host not in LOOPBACK:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server


def mail_of(url: str, sender: str) -> Mail | None:
    """
    The mail server of a setting such as `smtps://user:password@mail.example.org`; none where it is empty.

    Raises:
        ValueError: It is no such address, or nobody is named as the sender.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(
            "DOORSTEP_MAIL_URL must be smtp://host or smtps://host, with user:password@ and :port"
        )
    if "@" not in sender:
        raise ValueError("DOORSTEP_MAIL_FROM must be an e-mail address where there is a mail server")
    return Mail(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        sender,
        tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
