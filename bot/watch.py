"""What the spine tells whoever counts: how an event ended, what became of a delivery, what came too
late.

The spine knows this and no library of figures; who counts is given at the roof (bot/metrics.py), or nobody.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.chat import Claimed, Outcome
from bot.outgoing import News


class Ending(StrEnum):
    """How the handling of an event ended."""

    HANDLED = "handled"
    REFUSED = "refused"
    INCIDENT = "incident"


@dataclass(slots=True)
class Handling:
    """One event on its way; whoever handles it says how it ended."""

    ending: Ending = Ending.HANDLED


class Watch(Protocol):
    """Somebody who counts."""

    def handling(self, account: str) -> AbstractContextManager[Handling]:
        """An event of the account is being handled. What is raised through here was not stored."""
        ...

    def delivered(self, row: Claimed, outcome: Outcome) -> None:
        """This became of a claimed row."""
        ...

    def heard(self, news: News) -> None:
        """This became known of an account."""
        ...

    def missed(self, kind: str, count: int) -> None:
        """So many steps or messages of a kind came too late to be said."""
        ...


class Unwatched:
    """Nobody counts."""

    @contextmanager
    def handling(self, account: str) -> Iterator[Handling]:
        yield Handling()

    def delivered(self, row: Claimed, outcome: Outcome) -> None:
        return

    def heard(self, news: News) -> None:
        return

    def missed(self, kind: str, count: int) -> None:
        return


UNWATCHED: Final[Watch] = Unwatched()
