"""A mail server on this machine that keeps what it is given, or refuses it: as much of RFC 5321 as smtplib speaks."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """Where letters arrive."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False
    refused: str = ""
    """An address for which nothing is taken."""

    def to(self) -> list[str]:
        """To whom letters came, in order."""
        return [str(letter["To"]) for letter in self.letters]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server for the length of a test."""
    box = Mailbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                word = line.split()[0].upper().decode() if line.split() else ""
                if word == "QUIT":
                    self._say("221 bye")
                    return
                if word == "DATA":
                    self._say("354 go on")
                    self._take()
                else:
                    ill = box.refusing or (box.refused and box.refused in line.decode())
                    self._say("550 no" if word == "RCPT" and ill else "250 fine")

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.decode())
            letter = message_from_string("".join(lines), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            box.letters.append(letter)
            self._say("250 taken")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
