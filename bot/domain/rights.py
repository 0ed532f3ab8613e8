"""Roles, and what a role allows over which part of the tree.

A role is held over one unit, from a day to a day. Cell roles reach their own cell only; a committee
officer's or an administrator's reaches everything below their unit.
"""

from enum import StrEnum


class Role(StrEnum):
    """The roles a person can hold over a unit."""

    SECRETARY = "secretary"
    DEPUTY_SECRETARY = "deputy_secretary"
    CELL_COMMITTEE_MEMBER = "cell_committee_member"
    NOTE_TAKER = "note_taker"
    UPPER_MEMBER_IN_CHARGE = "upper_member_in_charge"
    COMMITTEE_OFFICER = "committee_officer"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """Who may use a command or press a choice; declared beside each of them.

    ANYONE: also somebody not linked yet. PERSON: anybody linked. MEMBER: a linked person who is asked
    and counted in a cell today. LEAD: leads the cell in question. WATCH: leads it, or is the upper
    member in charge of it, or an officer above it. INVITE: leads it, or is an officer above it.
    OFFICE: officer or administrator over the unit in question. ADMIN: administrator over it.
    """

    ANYONE = "anyone"
    PERSON = "person"
    MEMBER = "member"
    LEAD = "lead"
    WATCH = "watch"
    INVITE = "invite"
    OFFICE = "office"
    ADMIN = "admin"


LEADERS = frozenset({Role.SECRETARY, Role.DEPUTY_SECRETARY})
OFFICERS = frozenset({Role.COMMITTEE_OFFICER, Role.ADMINISTRATOR})

ROLES_FOR = {
    Right.LEAD: LEADERS,
    Right.WATCH: LEADERS | OFFICERS | {Role.UPPER_MEMBER_IN_CHARGE},
    Right.INVITE: LEADERS | OFFICERS,
    Right.OFFICE: OFFICERS,
    Right.ADMIN: frozenset({Role.ADMINISTRATOR}),
}
"""The roles that give a right, for the rights that need one."""

FOR_THE_CODE = {role: Right.ADMIN if role in OFFICERS else Right.INVITE for role in Role}
"""What it takes, over the unit of a role, to hand out the code of whoever holds it, to take it back, or to unlink their
account: no less than to give the role. Who holds a code can be its person."""

REACHES_DOWN = OFFICERS
"""Roles that are valid for every unit below the one they are held over."""
