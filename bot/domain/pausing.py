"""When an account that fails is left alone for a while, and when it is asked again.

Failures count one after the other, each in another chat than the one before it: one chat that fails says nothing of
the account. A pause that did not help is followed by a longer one; after each, one message is tried.
"""

from datetime import timedelta

FAILURES = 10
"""So many in a row, and the account pauses."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)


def is_enough(failures: int) -> bool:
    """Whether the account has failed often enough to pause."""
    return failures >= FAILURES


def pause(pauses: int) -> timedelta:
    """How long the next pause is, after so many."""
    return min(FIRST_PAUSE * (1 << min(pauses, 20)), LONGEST_PAUSE)
