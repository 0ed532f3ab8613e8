"""A roster that was sent is read and checked outside any transaction, and its sender told what came of it.

The check is a dated fact: due as soon as the file is stored, claimed under a lease, done again by whoever comes next
when the one that began it died. After a day an import that nobody confirmed is forgotten, with its file.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Choice
from bot.domain.ids import ImportId
from bot.domain.rights import Right
from bot.domain.roster import FileFault, Roster, RosterRefused
from bot.domain.roster_import import LAST_ATTEMPT, ImportState, Summary
from bot.texts import common
from bot.texts import roster_import as texts
from handlers import dialogue as engine
from handlers.declare import Journey
from handlers.roster_applying import codes_of, propose
from handlers.roster_papers import marked
from handlers.tick import Coming, Do, Due
from handlers.turn import Act, Turn, allows
from storage import dialogues, imports
from storage.database import Database, Tx
from storage.dialogues import Dialogue
from storage.files import load_file
from storage.imports import Import
from storage.organisation import today
from storage.people import who_at, who_is
from storage.roster_known import read_known

WAITING = "sent"
"""The step of the dialogue that waits for what comes of a check, and then asks for the confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a check."""

    state: ImportState
    refused: RosterRefused | None = None
    roster: Roster | None = None
    summary: Summary | None = None


def due(journey: Journey) -> Due:
    """Imports as dated facts; `journey` is the dialogue that sends the files."""

    async def prepare(database: Database, fact: int) -> Do | None:
        checked = await _check(database, ImportId(fact))
        if checked is None:
            return None

        async def told(act: Act, fact: int) -> None:
            await _store(act, ImportId(fact), checked, journey)

        return told

    return Due(name="import", find=imports.due_imports, act=_forget, coming=_nothing, prepare=prepare)


async def _nothing(_tx: Tx) -> Sequence[Coming]:
    return ()


async def _forget(act: Act, fact: int) -> None:
    """Nobody confirmed it for a day."""
    found = await imports.lock(act.tx, ImportId(fact))
    if found is not None and found.is_over_at(act.now):
        await imports.drop(act.tx, found)


async def _check(database: Database, number: ImportId) -> Checked | None:
    """Read and plan the roster, off the event loop; None when there is nothing to check."""
    async with database.write() as tx:
        found = await imports.begin_check(tx, number)
        if found is None or found.is_over_at(tx.now):
            return None
        file = await load_file(tx, found.file_id) if found.file_id is not None else None
        day = today(tx)
    if file is None or found.attempts > LAST_ATTEMPT:
        return Checked(state=ImportState.REFUSED, refused=RosterRefused(FileFault.BROKEN))
    from bot.documents.roster_reading import read_roster

    try:
        roster = await asyncio.to_thread(read_roster, file.content, today=day)
    except RosterRefused as refused:
        return Checked(state=ImportState.REFUSED, refused=refused)
    async with database.read() as tx:
        known = await read_known(tx, found.unit_id, codes=set(codes_of(roster)))
        who = await who_is(tx, found.created_by) if found.created_by is not None else None
        may_give = await allows(tx, who, Right.ADMIN, found.unit_id)
    proposal = await asyncio.to_thread(propose, roster, known, may_give_officers=may_give)
    if proposal.summary is None:
        return Checked(state=ImportState.FAULTY, roster=proposal.roster)
    state = ImportState.SAME if proposal.plan.changes_nothing() else ImportState.READY
    return Checked(state=state, roster=proposal.roster, summary=proposal.summary)


async def _store(act: Act, number: ImportId, checked: Checked, journey: Journey) -> None:
    """Keep what came of the check and tell the sender, if the dialogue still waits for it."""
    found = await imports.lock(act.tx, number)
    if found is None or found.state is not ImportState.RECEIVED:
        return
    waiting = await _sender(act, found)
    if waiting is None:
        await imports.drop(act.tx, found)
        return
    turn, dialogue = waiting
    match checked.state:
        case ImportState.SAME:
            assert checked.summary is not None
            await imports.nothing_to_write(act.tx, found, checked.summary)
            await dialogues.end(act.tx, dialogue.id)
            turn.answer(texts.same(checked.summary))
        case _:
            refused = str(checked.refused) if checked.refused else None
            await imports.checked(
                act.tx, found, checked.state, refused=refused, roster=checked.roster, summary=checked.summary
            )
            await _tell(turn, dialogue, checked, found, journey)
    await turn.flush()


async def _sender(act: Act, found: Import) -> tuple[Turn, Dialogue] | None:
    """A turn for who sent the file, at the dialogue that waits for the answer; None when it waits no more, or they, or
    their right, are gone."""
    place = await dialogues.dialogue_anywhere(act.tx, found.dialogue_id) if found.dialogue_id is not None else None
    if place is None:
        return None
    address, dialogue = place
    if dialogue.step != WAITING:
        return None
    who = await who_at(act.tx, address)
    if who is None or who.person_id != found.created_by:
        return None
    if not await allows(act.tx, who, Right.OFFICE, found.unit_id):
        return None
    return Turn(act.tx, act.house, address=address, who=who), dialogue


async def _tell(turn: Turn, dialogue: Dialogue, checked: Checked, found: Import, journey: Journey) -> None:
    if checked.state is ImportState.FAULTY:
        assert checked.roster is not None
        turn.answer(marked(found, checked.roster))
    elif dialogue.open:
        await engine.ask_again(turn, journey, dialogue)
    else:
        turn.answer(texts.checked_meanwhile(Choice(common.GO_ON, f"{engine.RESUME}:{dialogue.id}")))
