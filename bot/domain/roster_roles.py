"""Roles that a roster gives and ends. It never gives or ends the role of administrator.

The roles of a line hold over the line's own cell; that of a committee officer over the committee that the roster is
for, and only a sender who may give it ends it. A cell has one secretary: who is named ends the role of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.ids import PersonId, UnitId
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, RosterRow, RowFault
from bot.domain.roster_known import Known, KnownPerson, KnownRole
from bot.domain.roster_person import Grant, PersonPlan
from bot.domain.roster_units import PlacedUnits, watched_cells

OF_A_CELL = frozenset({Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.CELL_COMMITTEE_MEMBER, Role.NOTE_TAKER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the roster says of roles at all, and what the sender may give. `inside`: the units of this part."""

    known: Known
    inside: frozenset[UnitId]
    columns: frozenset[Column]
    may_give_officers: bool


@dataclass(frozen=True, slots=True)
class Roles:
    """What becomes of a person's roles."""

    gives: tuple[Grant, ...]
    takes: tuple[KnownRole, ...]
    faults: tuple[RowFault, ...]


def plan_roles(
    rows: Sequence[RosterRow],
    person: KnownPerson | None,
    placed: PlacedUnits,
    rules: Rules,
    *,
    moved_from: UnitId | None,
) -> Roles:
    """What the rows of one person make of their roles."""
    wanted: list[Grant] = []
    faults: list[RowFault] = []
    for row in rows:
        cell = placed.lines[row.line]
        over_cell = [Grant(role, cell) for role in row.roles if role in OF_A_CELL]
        over_all = [Grant(role, rules.known.unit) for role in row.roles if role not in OF_A_CELL]
        watched, unclear = watched_cells(row, placed, rules.known)
        wanted += [*over_cell, *over_all, *(Grant(Role.UPPER_MEMBER_IN_CHARGE, unit) for unit in watched)]
        faults += unclear
    held = {Grant(one.role, one.unit) for one in person.roles} if person else set()
    gives = tuple(grant for grant in dict.fromkeys(wanted) if grant not in held)
    if not rules.may_give_officers and any(grant.role is Role.COMMITTEE_OFFICER for grant in gives):
        line = next(row.line for row in rows if Role.COMMITTEE_OFFICER in row.roles)
        faults.append(RowFault(line, Column.ROLES, Fault.NOT_TO_GIVE))
    cells = {placed.lines[row.line] for row in rows}
    takes = [
        one
        for one in (person.roles if person else ())
        if Grant(one.role, one.unit) not in wanted and _may_end(one, rules, own=one.unit in cells, left=moved_from)
    ]
    return Roles(gives, tuple(takes), tuple(faults))


def _may_end(held: KnownRole, rules: Rules, *, own: bool, left: UnitId | None) -> bool:
    """Whether a roster that does not name the role ends it."""
    if held.role in OF_A_CELL:
        return held.unit == left or (own and Column.ROLES in rules.columns)
    if held.role is Role.COMMITTEE_OFFICER:
        return held.unit == rules.known.unit and rules.may_give_officers and Column.ROLES in rules.columns
    if held.role is Role.UPPER_MEMBER_IN_CHARGE:
        return Column.IN_CHARGE_OF in rules.columns and held.unit in rules.inside
    return False


def replaced_secretaries(plans: Sequence[PersonPlan], known: Known) -> list[PersonPlan]:
    """The plans, with the end of the role for whoever was the secretary of a cell that is given another."""
    found = list(plans)
    places = {plan.person: at for at, plan in enumerate(found) if plan.person is not None}
    named: dict[object, PersonId | None] = {
        grant.unit: plan.person for plan in plans for grant in plan.gives if grant.role is Role.SECRETARY
    }
    for person in known.people:
        for held in person.roles:
            if held.role is not Role.SECRETARY or named.get(held.unit, person.id) == person.id:
                continue
            at = places.get(person.id)
            if at is None:
                found.append(PersonPlan(lines=(), person=person.id, name=person.full_name, takes=(held,)))
                places[person.id] = len(found) - 1
            elif held not in found[at].takes:
                found[at] = replace(found[at], takes=(*found[at].takes, held))
    return found
