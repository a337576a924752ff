"""A channel, what it carries, and what happens when it cannot."""

from dataclasses import dataclass
from typing import Protocol


class ChannelFailed(Exception):
    """The channel could not hand a letter over; `cause` is the kind of failure, without an address."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"a letter was not handed over: {cause}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told: neutral, for anybody may look over a shoulder."""

    to: str
    """The address in this channel."""
    title: str
    text: str


class Channel(Protocol):
    """One way to tell somebody something."""

    @property
    def name(self) -> str:
        """What notices call it."""

    @property
    def is_alarm(self) -> bool:
        """Whether it rings until somebody answers."""

    def send(self, letter: Letter) -> None:
        """
        Hand a letter over.

        Raises:
            ChannelFailed: It could not be handed over; it may be tried again.
        """
