"""Guessing of codes is slowed down: per address, and in all.

A guess is a code that is well formed and that nobody was ever given. A code whose check letter is wrong was mistyped:
it cannot be right, is not looked up, and does not count. Who guesses too often is told when to try again, and until
then no code of theirs is looked at, right or wrong. What is remembered of a guess is a keyed hash of the address and
the instant, for an hour.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""How long a guess counts, and how long it is remembered."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many guesses within the window; then none until the oldest of them has left it."""

    guesses: int

    def closed_until(self, earliest: datetime | None, *, now: datetime) -> datetime | None:
        """When the next code is looked at; None: now. `earliest` is the instant of the guess that is `guesses` back
        from the newest, None when there are fewer."""
        if earliest is None or earliest + WINDOW <= now:
            return None
        return earliest + WINDOW


PER_ADDRESS = Limit(5)
PER_PLACE = Limit(20)
"""On the page: a village's telephones may share one address of the internet."""
IN_ALL = Limit(200)


def guesser(account: str, chat: str, *, pepper: bytes) -> str:
    """What is kept instead of an address: 64 hexadecimal digits."""
    if not pepper:
        raise ValueError("an address is not hashed without a pepper")
    return hmac.digest(pepper, f"guesser:{account}\0{chat}".encode(), "sha256").hex()
