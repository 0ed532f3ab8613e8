"""What the chat and the command line do alike with a checked roster: plan it, and write it.

Planning in the transaction that writes is what counts: what was shown before may be older than what is known now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.ids import ImportId, PersonId, UnitId
from bot.domain.roster import Column, Roster
from bot.domain.roster_import import Summary, summarise
from bot.domain.roster_known import Known, KnownPerson
from bot.domain.roster_person import PersonPlan
from bot.domain.roster_plan import Plan, make_plan, without_moves
from storage import audit, organisation
from storage.database import Tx
from storage.roster_known import read_known
from storage.roster_writing import Written, write_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A roster, what it is held against, and what it would change. A plan with faults is not summarised."""

    roster: Roster
    known: Known
    plan: Plan
    summary: Summary | None
    may_give_officers: bool


def propose(roster: Roster, known: Known, *, may_give_officers: bool) -> Proposal:
    """Plan a roster. The faults of the plan are added to those of the file."""
    plan = make_plan(roster, known, may_give_officers=may_give_officers)
    both = dict.fromkeys((*roster.faults, *plan.faults))
    faults = sorted(both, key=lambda fault: (fault.line, list(Column).index(fault.column)))
    roster = replace(roster, faults=tuple(faults))
    return Proposal(
        roster=roster,
        known=known,
        plan=plan,
        summary=None if faults else summarise(roster, known, plan),
        may_give_officers=may_give_officers,
    )


def codes_of(roster: Roster) -> Iterable[str]:
    """The member codes that the roster names."""
    return {row.member_code for row in roster.rows if row.member_code}


async def propose_now(tx: Tx, unit: UnitId, roster: Roster, *, may_give_officers: bool) -> Proposal:
    """Plan the roster in the transaction that will write it: nobody else writes below the committee meanwhile."""
    await organisation.hold(tx, unit)
    known = await read_known(tx, unit, codes=set(codes_of(roster)))
    return propose(replace(roster, faults=()), known, may_give_officers=may_give_officers)


async def write(tx: Tx, proposal: Proposal, *, number: ImportId, actor: PersonId | None, with_moves: bool) -> Summary:
    """Write what the proposal says, without the moves if those are not agreed to; what was written."""
    assert proposal.summary is not None, "a roster with faults is not written"
    if proposal.plan.moved and not with_moves:
        stay = without_moves(proposal.roster, proposal.plan)
        proposal = propose(stay, proposal.known, may_give_officers=proposal.may_give_officers)
    summary = proposal.summary
    assert summary is not None, "fewer rows of a roster without faults have none"
    written = await write_plan(tx, proposal.plan, top=proposal.known.unit)
    await _record(tx, proposal, summary, written, number=number, actor=actor)
    return summary


async def _record(
    tx: Tx, proposal: Proposal, summary: Summary, written: Written, *, number: ImportId, actor: PersonId | None
) -> None:
    """One row for the import, one for everybody known whose details or place changed, one for every role."""
    await audit.record(
        tx,
        actor=actor,
        action="roster.imported",
        subject=f"import:{number}",
        unit=proposal.known.unit,
        new=summary.new.count,
        changed=summary.changed.count,
        moved=summary.moved.count,
        cells=summary.cells.count,
    )
    before = {person.id: person for person in proposal.known.people}
    of = list(zip(written.people, proposal.plan.people, strict=True))
    changed = [
        (f"person:{person}", {"import": number, **_changes(before[person], one, written)})
        for person, one in of
        if one.person is not None and (one.changes or one.begins or one.ends)
    ]
    given = [
        (f"person:{person}", {"import": number, "role": grant.role.value, "unit": written.unit(grant.unit)})
        for person, one in of
        for grant in one.gives
    ]
    ended = [
        (f"person:{person}", {"import": number, "role": held.role.value, "unit": held.unit})
        for person, one in of
        for held in one.takes
    ]
    for action, entries in (("person.changed", changed), ("role.given", given), ("role.ended", ended)):
        await audit.record_many(tx, actor=actor, action=action, entries=entries)


def _changes(before: KnownPerson, one: PersonPlan, written: Written) -> Mapping[str, Any]:
    """What was and what is: details are overwritten, so their history is here."""
    found: dict[str, Any] = dict(_details(before, one))
    if one.ends or one.begins:
        found["left"] = [[place.cell, place.status.value] for place in one.ends]
        found["joined"] = [[written.unit(begin.cell), begin.status.value] for begin in one.begins]
    return found


def _details(before: KnownPerson, one: PersonPlan) -> Iterator[tuple[str, Any]]:
    if one.details is None:
        return
    for name in ("full_name", "birth_year", "birth_date", "member_code", "joined_on", "official_on"):
        was, becomes = getattr(before, name), getattr(one.details, name)
        if was != becomes:
            yield name, [None if value is None else str(value) for value in (was, becomes)]
