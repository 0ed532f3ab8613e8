"""What all lists of cells and of their members share: pages, ways on, reminding who is missing, many cells."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.chat import Choice, Message
from bot.domain.ids import UnitId
from bot.domain.organisation import UnitKind
from bot.domain.reminder import hold
from bot.domain.rights import Right
from bot.texts import cell_lists as texts
from bot.texts import choosing as choosing_texts
from handlers.choosing import PAGE
from handlers.registry import RUN
from handlers.rounds_of import RoundsOf
from handlers.turn import Turn
from storage import organisation, outbox, rounds
from storage.organisation import Unit
from storage.people import Member
from storage.rounds import Round


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 0."""

    number: int
    pages: int
    lines: Sequence[str]


def page_at(lines: Sequence[str], number: int) -> Page:
    """The page with this number, or the last one when the list has become shorter."""
    pages = max(1, -(-len(lines) // PAGE))
    number = min(number, pages - 1)
    return Page(number, pages, lines[number * PAGE : (number + 1) * PAGE])


async def ways_on(turn: Turn, page: Page, *, verb: str, here: str, command: str) -> list[Choice]:
    """The ways from one page to another, to the newest state, and to other cells for who watches several. `here` is
    `round:cell`, `command` lists the cells."""
    choices = [Choice(choosing_texts.EARLIER, f"{verb}:{here}:{page.number - 1}", nav=True)] if page.number > 0 else []
    if page.number + 1 < page.pages:
        choices.append(Choice(choosing_texts.LATER, f"{verb}:{here}:{page.number + 1}", nav=True))
    choices.append(Choice(texts.REFRESH, f"{verb}:{here}:{page.number}", nav=True))
    if await turn.may(Right.OFFICE) or len(await turn.units_with(Right.WATCH)) > 1:
        choices.append(Choice(texts.OTHER_CELLS, f"{RUN}:{command}", nav=True))
    return choices


async def remind(turn: Turn, missing: Sequence[Member], message: Message, *, key: str) -> texts.Reminded:
    """Say it to everybody who is missing and can be reached but to who asks, once a day and person, not at night."""
    others = [member for member in missing if member.person_id != turn.person.person_id]
    key = f"{key}:{turn.today}"
    reachable = [member.person_id for member in others if member.reachable]
    known = await outbox.said(turn.tx, [f"{key}:{person}" for person in reachable])
    fresh = [person for person in reachable if f"{key}:{person}" not in known]
    at = hold(turn.now, turn.house.content.calendar.rest)
    await turn.tell_all(fresh, message, key=key, due_at=at)
    return texts.Reminded(
        told=len(fresh),
        already=len(known),
        unreachable=[member.full_name for member in others if not member.reachable],
        self_missing=len(others) < len(missing),
        waits_until=at if at > turn.now else None,
    )


# ------------------------------------------------------------------------------------ many cells


class _State(Protocol):
    @property
    def missing(self) -> int: ...


class CellCounts(Protocol):
    """How far one cell is."""

    @property
    def cell_id(self) -> UnitId: ...
    @property
    def state(self) -> _State: ...


C = TypeVar("C", bound=CellCounts)


async def watched(
    turn: Turn, kind: RoundsOf, count: Callable[[Round, UnitId], Awaitable[Sequence[C]]]
) -> Sequence[tuple[Round, C]]:
    """Every cell that who asks leads or watches, once, with its round and what `count` says of it; the most missing
    first."""
    cells: dict[UnitId, tuple[Round, C]] = {}
    for unit in await turn.units_with(Right.WATCH):
        for found, top in await rounds_for(turn, kind, unit):
            for cell in await count(found, top):
                cells.setdefault(cell.cell_id, (found, cell))
    return sorted(cells.values(), key=lambda pair: (-pair[1].state.missing, pair[1].cell_id))


async def rounds_for(turn: Turn, kind: RoundsOf, unit: Unit) -> Sequence[tuple[Round, UnitId]]:
    """The rounds that ask the members of a unit's cells, each with the unit below which to count: the round over the
    unit; where there is none, the newest of every unit below it that has rounds of its own."""
    if unit.kind is not UnitKind.CELL and not await turn.may(Right.OFFICE, unit.id):
        return []  # in charge of a committee, not of its cells
    above = [(found, unit.id) for found in await kind.over(turn.tx, unit.id)]
    if above or unit.kind is UnitKind.CELL:
        return above
    below = [one.id for one in await organisation.units_below(turn.tx, unit.id)]
    newest: dict[UnitId, Round] = {}
    for found in await rounds.newest_rounds(turn.tx, kind.kind, below):
        newest.setdefault(found.unit_id, found)
    return [(found, top) for top, found in newest.items()]
