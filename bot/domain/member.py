"""A membership: one person in one home cell from a day to a day, with a status.

Exempt members (miễn công tác và sinh hoạt) and suspended ones are asked nothing and leave every
denominator (domain.md §4, §5). Members temporarily out are asked where they temporarily are.
"""

from enum import StrEnum


class Status(StrEnum):
    """The kinds of membership."""

    OFFICIAL = "official"
    PROBATIONARY = "probationary"
    EXEMPT = "exempt"
    SUSPENDED = "suspended"
    TEMPORARY_IN = "temporary_in"
    TEMPORARY_OUT = "temporary_out"
    TRANSFERRED = "transferred"
    REMOVED = "removed"
    DECEASED = "deceased"


ASKED = frozenset({Status.OFFICIAL, Status.PROBATIONARY, Status.TEMPORARY_IN})
"""Statuses of those who are asked to pledge, report and answer notices, and who are counted."""

PRESENT = ASKED | {Status.EXEMPT, Status.SUSPENDED, Status.TEMPORARY_OUT}
"""Statuses of those who still belong to the cell."""


def is_asked(status: Status) -> bool:
    """Whether somebody with this status is asked and counted."""
    return status in ASKED
