"""The doors: our bots as people find them. Which of them is whose is decided by handlers/doors.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One of our bots, or the page, as people know it.

    `messenger` is what they call the place ("Zalo"); `unit` the part of the tree that it is for, as the settings name
    it (empty: everybody); `name` how it is found there; `link` opens the chat, and `start` does so when a code is
    written behind it. What is not known is empty.
    """

    account: str
    messenger: str
    unit: str = ""
    name: str = ""
    link: str = ""
    start: str = ""

    def start_link(self, code: str) -> str | None:
        """The link that opens the chat and hands the code over."""
        return f"{self.start}{code}" if self.start else None


Doors = Callable[[], Sequence[Door]]
"""Those that are open now; they may change while the program runs."""


def no_doors() -> Sequence[Door]:
    """Where nobody outside can come in: commands, tests."""
    return ()
