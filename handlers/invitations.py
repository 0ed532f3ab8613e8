"""/phieumoi: who of a cell has not joined, the sheet to print for them, codes taken back, or one person alone.

For whoever leads the cell, and for officers above it, who choose the cell first. Who holds a role that is not theirs
to give is left out, and named. A sheet is made once: its dialogue ends with it, and a second press says so. The names
are looked up again when it is made.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.chat import Choice
from bot.domain.ids import PersonId, UnitId
from bot.domain.rights import Right
from bot.texts import common, elsewhere, plain
from bot.texts import invitations as texts
from handlers import choosing, invite_person, issuing, links
from handlers import dialogue as engine
from handlers.declare import (
    Answer,
    Args,
    Chose,
    Command,
    End,
    Go,
    Journey,
    Move,
    OnPage,
    Pick,
    Question,
    Stay,
    Step,
    number,
)
from handlers.invitation_sheet import INVITATION_SHEET, sheet
from handlers.registry import RUN, Offer, Task
from handlers.turn import Turn
from storage import invitations, organisation, people
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import Unit
from storage.people import Member

KEEP = timedelta(days=1)


def offer() -> Offer:
    """The command, its dialogues, the sheet, and the line in /toi."""
    person = invite_person.offer()
    return Offer(
        commands=(
            Command(name="phieumoi", right=Right.INVITE, run=_command, about=texts.ABOUT, also=texts.WORDS),
            *person.commands,
        ),
        actions=person.actions,
        journeys=(_WHICH_CELL, _CELL, *person.journeys),
        papers=(INVITATION_SHEET,),
        tasks=_tasks,
    )


async def _command(turn: Turn, _rest: str) -> None:
    cells = await _my_cells(turn)
    if not cells:
        turn.answer(texts.no_cells())
    elif len(cells) == 1:
        await engine.begin(turn, _CELL, str(cells[0].id), fresh=True)
    else:
        await engine.begin(turn, _WHICH_CELL, fresh=True)


async def _my_cells(turn: Turn) -> Sequence[Unit]:
    found = [
        cell
        for unit in await turn.units_with(Right.INVITE)
        for cell in await organisation.cells_below(turn.tx, unit.id)
    ]
    return list({cell.id: cell for cell in found}.values())


async def _tasks(turn: Turn) -> Sequence[Task]:
    """Those who lead a cell see how many of it have not joined; officers look when they want to."""
    if not await turn.may(Right.LEAD):
        return ()
    tasks = []
    for unit in await turn.units_with(Right.LEAD):
        missing = len(await _missing(turn.tx, unit.id))
        if missing:
            choice = Choice(texts.task_button(unit.name), f"{RUN}:phieumoi")
            tasks.append(Task(text=texts.task(unit.name, missing), choice=choice))
    return tasks


async def _missing(tx: Tx, unit: UnitId) -> Sequence[Member]:
    """Who of the cell is asked and counted, and has not joined."""
    return [member for member in await people.members_of(tx, unit) if not member.linked]


async def _live(tx: Tx, members: Sequence[Member]) -> int:
    return len(await invitations.live_of(tx, [member.person_id for member in members]))


# ------------------------------------------------------------------------------------ which cell


async def _start_which(turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    cells = [
        (cell.id, cell.name, texts.cell_note(len(await _missing(turn.tx, cell.id)))) for cell in await _my_cells(turn)
    ]
    return choosing.among_cells("cell", cells)


async def _chosen_cell(turn: Turn, _dialogue: Dialogue, cell: UnitId) -> Move:
    if not await turn.may(Right.INVITE, cell):
        turn.answer(common.not_allowed())
    else:
        await engine.begin(turn, _CELL, str(cell), fresh=True)
    return End()


# -------------------------------------------------------------------------------------- one cell


def _unit(dialogue: Dialogue) -> UnitId:
    return UnitId(int(dialogue.subject))


async def _unit_of(tx: Tx, args: Args) -> UnitId | None:
    name = number(args)
    unit = await organisation.unit_of(tx, UnitId(name)) if name is not None else None
    return unit.id if unit else None


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="cell")


async def _heading(turn: Turn, dialogue: Dialogue) -> str:
    unit = await organisation.unit_of(turn.tx, _unit(dialogue))
    return texts.heading(unit.name if unit else "")


async def _ask_cell(turn: Turn, dialogue: Dialogue) -> Question:
    members = await people.members_of(turn.tx, _unit(dialogue))
    missing = [member for member in members if not member.linked]
    others = await _others(turn, dialogue)
    mine = [member for member in missing if member.person_id not in others]
    live = await _live(turn.tx, await _mine(turn, dialogue))
    picks = [Pick(texts.make_for(len(mine)), "all")] if mine else []
    picks.append(Pick(texts.ONE, "one"))
    if live:
        picks.append(Pick(texts.REVOKE_ALL, "revoke"))
    return Question(
        title=await _heading(turn, dialogue),
        text=texts.cell_state(
            members=len(members),
            missing=len(missing),
            live=live,
            others=[member.full_name for member in missing if member.person_id in others],
        ),
        picks=tuple(picks),
    )


async def _everybody(tx: Tx, dialogue: Dialogue) -> Sequence[Member]:
    return await people.members_of(tx, _unit(dialogue), everybody=True)


async def _others(turn: Turn, dialogue: Dialogue) -> frozenset[PersonId]:
    """Whose codes and accounts are not for who asks: they hold a role that is not theirs to give."""
    found = await people.members_with_roles(turn.tx, _unit(dialogue))
    return frozenset([who.person_id for who in found if not await links.answers_for(turn.tx, turn.person, who)])


async def _mine(turn: Turn, dialogue: Dialogue) -> Sequence[Member]:
    others = await _others(turn, dialogue)
    return [member for member in await _everybody(turn.tx, dialogue) if member.person_id not in others]


async def _missing_of_mine(turn: Turn, dialogue: Dialogue) -> Sequence[Member]:
    others = await _others(turn, dialogue)
    return [member for member in await _missing(turn.tx, _unit(dialogue)) if member.person_id not in others]


async def _take_cell(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="one"):
            members = await _everybody(turn.tx, dialogue)
            notes = {member.person_id: texts.person_note() for member in members if not member.linked}
            return choosing.among_people("person", members, notes=notes)
        case Chose(value=value):
            return Go(step=value)
        case _:
            return Stay(common.use_choices())


async def _ask_all(turn: Turn, dialogue: Dialogue) -> Question:
    missing = await _missing_of_mine(turn, dialogue)
    return Question(
        title=await _heading(turn, dialogue),
        text=texts.confirm_all(choosing.names_apart(missing), live=await _live(turn.tx, missing)),
        picks=(Pick(texts.MAKE, "make"),),
    )


async def _take_all(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    missing = await _missing_of_mine(turn, dialogue)
    if not missing:
        turn.answer(texts.nobody_missing(await _heading(turn, dialogue)))
        return End()
    if not turn.house.can_carry_files(turn.address.account):
        # Codes that nobody ever reads would only take the place of those that are out.
        return OnPage(elsewhere.sheet_on_page(), otherwise=plain.no_sheet_here())
    whom = [member.person_id for member in missing]
    issued = await issuing.issue(turn.tx, turn.house, whom, issued_by=turn.person.person_id)
    turn.answer(
        texts.sheet(
            title=await _heading(turn, dialogue),
            count=len(issued.ids),
            last_day=issued.last_day,
            paper=sheet(issued.ids, _unit(dialogue)),
        )
    )
    return End()


async def _ask_revoke(turn: Turn, dialogue: Dialogue) -> Question:
    live = await _live(turn.tx, await _mine(turn, dialogue))
    return Question(
        title=await _heading(turn, dialogue), text=texts.confirm_revoke(live), picks=(Pick(texts.REVOKE, "revoke"),)
    )


async def _take_revoke(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    whom = [member.person_id for member in await _mine(turn, dialogue)]
    count = await issuing.revoke(turn.tx, whom, actor=turn.person.person_id)
    turn.answer(texts.revoked(count))
    return End()


async def _chosen_person(turn: Turn, _dialogue: Dialogue, person: PersonId) -> Move:
    unit = await invite_person.unit_of(turn.tx, (str(person),))
    if unit is not None and await turn.may(Right.INVITE, unit):
        await invite_person.begin(turn, person)
    else:
        # They left the cell after the list was shown.
        turn.answer(common.not_allowed())
    return End()


_WHICH_CELL = Journey(
    name="invite-where",
    right=Right.INVITE,
    title=texts.TITLE,
    start=_start_which,
    steps={"cell": choosing.cell_step(text=texts.which_cell(), then=_chosen_cell)},
    keep=KEEP,
)
_CELL = Journey(
    name="invite",
    right=Right.INVITE,
    over=_unit_of,
    title=texts.TITLE,
    start=_start,
    steps={
        "cell": Step(ask=_ask_cell, take=_take_cell),
        "all": Step(ask=_ask_all, take=_take_all),
        "revoke": Step(ask=_ask_revoke, take=_take_revoke),
        "person": choosing.person_step(text=texts.which_person(), then=_chosen_person),
    },
    keep=KEEP,
    ended=invite_person.done_before,
)
