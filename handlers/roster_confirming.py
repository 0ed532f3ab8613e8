"""A roster that was sent: what came of its check, and the confirmation.

Nothing is written before the confirmation, and nothing at all while one line has a fault. What is confirmed is
planned anew in the transaction that writes it: if it differs from what was shown, it is shown again instead.
"""

from bot.chat import File
from bot.domain.ids import UnitId
from bot.domain.rights import Right
from bot.domain.roster import Column, FileFault, RosterRefused
from bot.domain.roster_import import KEEP, ImportState, Summary
from bot.domain.words import clean_name
from bot.texts import common
from bot.texts import roster_import as texts
from handlers.declare import Answer, Chose, End, Gave, Go, Move, Pick, Question, Stay
from handlers.registry import RUN
from handlers.roster_applying import Proposal, propose_now, write
from handlers.roster_checking import WAITING
from handlers.roster_papers import marked
from handlers.turn import Turn
from storage import files, imports
from storage.dialogues import Dialogue
from storage.imports import Import
from storage.organisation import Unit, unit_of

_NAME_LIMIT = 100
_STAY = "stay"
_MOVE = "move"


async def committee(turn: Turn, dialogue: Dialogue) -> Unit:
    """The committee that the roster is for."""
    unit = await unit_of(turn.tx, UnitId(int(dialogue.subject)))
    assert unit is not None, "the journey's right was checked over this unit"
    return unit


async def receive(turn: Turn, dialogue: Dialogue, answer: Gave) -> Move:
    """Store the file; it is checked right after this transaction. One that was sent before is dropped."""
    assert answer.file.content is not None, "the engine refuses a file without content"
    before = await imports.of_dialogue(turn.tx, dialogue.id)
    if before is not None and before.file_id is not None:
        await imports.drop(turn.tx, before)
    name = clean_name(answer.file.name)[:_NAME_LIMIT] or "?"
    person = turn.person.person_id
    file = File(name=name, mime="application/octet-stream", content=answer.file.content)
    kept = await files.add_file(turn.tx, file, created_by=person, keep=KEEP)
    unit = await committee(turn, dialogue)
    begun = await imports.add(turn.tx, unit=unit.id, created_by=person, file=kept, dialogue=dialogue.id)
    turn.hurry()
    # A screen of its own: the buttons of an earlier file are not this one's.
    return Go(step=WAITING, at=begun, keep={"name": name})


async def ask_sent(turn: Turn, dialogue: Dialogue) -> Question:
    """Where the file that was sent stands."""
    found = await imports.of_dialogue(turn.tx, dialogue.id)
    assert found is not None, "the step is entered with an import"
    match found.state:
        case ImportState.RECEIVED:
            return Question(text=texts.checking(dialogue.answers["name"]))
        case ImportState.REFUSED:
            return Question(text=texts.refused(_why(found)))
        case ImportState.FAULTY:
            assert found.roster is not None
            return Question(text=texts.fix_and_send(faulty_lines=found.roster.faulty_lines))
        case ImportState.READY:
            assert found.summary is not None
            unit = await committee(turn, dialogue)
            return Question(
                title=texts.ready_title(unit.name), text=texts.ready(found.summary), picks=_picks(found.summary)
            )
        case _:
            return Question(text=texts.gone())


def _why(found: Import) -> RosterRefused:
    fault, _, column = (found.refused or "").partition(" ")
    return RosterRefused(FileFault(fault), Column(column) if column else None)


def _picks(summary: Summary) -> tuple[Pick, ...]:
    """The confirmations. Their values name the plan: a button of an older one confirms nothing."""
    stay = Pick(texts.apply_label(summary), f"{_STAY}-{summary.plan[:8]}")
    move = Pick(texts.moves_label(summary), f"{_MOVE}-{summary.plan[:8]}")
    return (*([stay] if summary.writes_without_moves() else []), *([move] if summary.moved.count else []))


async def take_sent(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    """Another file, or the confirmation."""
    match answer:
        case Gave():
            return await receive(turn, dialogue, answer)
        case Chose(value=value):
            return await _confirm(turn, dialogue, with_moves=value.startswith(_MOVE))
        case _:
            found = await imports.of_dialogue(turn.tx, dialogue.id)
            ready = found is not None and found.state is ImportState.READY
            return Stay(common.use_choices() if ready else common.send_file())


async def _confirm(turn: Turn, dialogue: Dialogue, *, with_moves: bool) -> Move:
    newest = await imports.of_dialogue(turn.tx, dialogue.id)
    found = await imports.lock(turn.tx, newest.id) if newest else None
    if found is not None and found.applied_at is not None:
        turn.answer(texts.applied_before(number=found.id, at=found.applied_at))
        return End()
    if found is None or found.state is not ImportState.READY or found.roster is None or found.summary is None:
        return Stay(common.answered_already())
    unit = await committee(turn, dialogue)
    may_give = await turn.may(Right.ADMIN, unit.id)
    proposal = await propose_now(turn.tx, unit.id, found.roster, may_give_officers=may_give)
    if proposal.summary is None or proposal.summary.plan != found.summary.plan:
        return await _show_again(turn, dialogue, found, proposal)
    person = turn.person.person_id
    written = await write(turn.tx, proposal, number=found.id, actor=person, with_moves=with_moves)
    await imports.applied(turn.tx, found, written)
    left = 0 if with_moves else proposal.summary.moved.count
    turn.answer(
        texts.applied(written, unit=unit.name, number=found.id, at=turn.now, moves_left=left, invite=f"{RUN}:phieumoi")
    )
    return End()


async def _show_again(turn: Turn, dialogue: Dialogue, found: Import, proposal: Proposal) -> Move:
    """Something changed since it was shown: nothing is written, and it is shown as it is now."""
    if proposal.summary is None:
        await imports.checked(turn.tx, found, ImportState.FAULTY, roster=proposal.roster)
        turn.answer(marked(found, proposal.roster))
    elif proposal.plan.changes_nothing():
        await imports.nothing_to_write(turn.tx, found, proposal.summary)
        turn.answer(texts.same(proposal.summary))
        return End()
    else:
        await imports.checked(turn.tx, found, ImportState.READY, roster=proposal.roster, summary=proposal.summary)
    return Stay(texts.changed_meanwhile())


async def ended(turn: Turn, subject: str) -> bool:
    """An old button: what came of the newest import that they sent for this committee."""
    found = await imports.newest_of(turn.tx, UnitId(int(subject)), turn.person.person_id)
    if found is None:
        return False
    if found.applied_at is not None:
        turn.answer(texts.applied_before(number=found.id, at=found.applied_at))
    elif found.state is ImportState.SAME and found.summary is not None:
        turn.answer(texts.same(found.summary))
    else:
        turn.answer(texts.not_applied(found.id))
    return True
