"""The life of one import, and what its sender is shown before confirming it.

received ──► refused | faulty | same | ready ──► applied
             └───────── dropped ──────────┘            (another file was sent, or a day went by)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.member import Status
from bot.domain.roster import Column, Roster
from bot.domain.roster_known import Known, UnitRef
from bot.domain.roster_person import PersonPlan
from bot.domain.roster_plan import Plan, fingerprint

KEEP = timedelta(days=1)
"""How long a file waits for its confirmation; then it is deleted, with everything that was read from it."""
LEASE = timedelta(minutes=1)
"""How long a check may take before another begins: the one that began is dead."""
LAST_ATTEMPT = 3
"""A file whose check died as often is not looked at again."""

FIRST = 3
"""How many of a kind are named; all are counted."""


class ImportState(StrEnum):
    """Where an import stands. RECEIVED: to be checked; SAME: nothing would change."""

    RECEIVED = "received"
    REFUSED = "refused"
    FAULTY = "faulty"
    SAME = "same"
    READY = "ready"
    APPLIED = "applied"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Some:
    """How many there are of something, and the first of them: names and words, one tuple each."""

    count: int = 0
    first: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A plan as it is shown. Each `Some` says what its tuples hold; words of closed lists stand as their values."""

    lines: int
    new: Some  # name, cell; who was known only by a role, too
    committees: Some  # name
    cells: Some  # name, kind
    kinds: Some  # name, new kind
    changed: Some  # name, columns and (a column itself) status …
    given: Some  # name, role, unit
    ended: Some  # name, role, unit
    moved: Some  # name, from, to
    missing: Some  # name, cell
    unchanged: int
    staying: int  # people of the roster who are written when nobody moves
    silent_cells: int
    silent_members: int
    ignored: tuple[str, ...]
    plan: str  # its fingerprint

    def writes_without_moves(self) -> bool:
        """Whether there is anything to write when nobody moves."""
        return bool(self.staying or self.committees.count or self.cells.count or self.kinds.count)


def summarise(roster: Roster, known: Known, plan: Plan) -> Summary:
    """What the sender of a roster is shown of its plan."""
    names = _names(known, plan)
    new = [person for person in plan.people if _is_new(person)]
    changed = [person for person in plan.people if _is_changed(person)]
    return Summary(
        lines=roster.lines,
        new=_some((person.name, names[person.begins[0].cell]) for person in new),
        committees=_some((committee.name,) for committee in plan.committees),
        cells=_some((cell.name, cell.kind.value) for cell in plan.cells),
        kinds=_some((cell.name, cell.kind.value) for cell in plan.kinds),
        changed=_some((person.name, *_changes(person)) for person in changed),
        given=_some((one.name, grant.role, names[grant.unit]) for one in plan.people for grant in one.gives),
        ended=_some((one.name, held.role, names.get(held.unit, "")) for one in plan.people for held in one.takes),
        moved=_some(
            (one.name, names.get(one.moved_from, ""), names[one.begins[0].cell]) for one in plan.moved if one.moved_from
        ),
        missing=_some((one.name, names[one.cell]) for one in plan.missing),
        unchanged=plan.unchanged,
        staying=sum(1 for person in plan.people if person.moved_from is None and person.lines),
        silent_cells=len(plan.silent),
        silent_members=plan.silent_members,
        ignored=roster.ignored,
        plan=fingerprint(plan),
    )


def _names(known: Known, plan: Plan) -> Mapping[UnitRef, str]:
    names: dict[UnitRef, str] = {unit.id: unit.name for unit in known.units}
    names |= {cell.key: cell.name for cell in plan.cells}
    return names


def _is_new(person: PersonPlan) -> bool:
    """Somebody new, or who was known only by a role, as the first administrator is, and had no cell."""
    homes = any(begin.status is not Status.TEMPORARY_IN for begin in person.begins)
    return person.person is None or (homes and not person.ends)


def _is_changed(person: PersonPlan) -> bool:
    """Somebody known, who stays: their details or the kind of membership differ."""
    return not _is_new(person) and person.moved_from is None and bool(person.changes or person.begins)


def _changes(person: PersonPlan) -> tuple[str, ...]:
    return (*person.changes, *([Column.STATUS] if person.begins else []))


def _some(all_of_them: Iterable[tuple[str, ...]]) -> Some:
    found = list(all_of_them)
    return Some(len(found), tuple(found[:FIRST]))
