"""Receipts: a code for everything recorded, which anybody can check, learning only yes or no and when.

A code of something that was declared void answers no, like one that never was. Who guesses too often must wait, as
with invitations.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.codes import RANDOM_BYTES, Code, CodeFault, CodeKind, make_code, read_code
from bot.domain.rights import Right
from bot.texts import receipts as texts
from handlers import dialogue as engine
from handlers import guessing
from handlers.declare import Answer, Command, End, Go, Journey, Move, Question, Said, Stay, Step
from handlers.registry import Offer
from handlers.turn import House, Turn
from storage import receipts
from storage.dialogues import Dialogue


def offer() -> Offer:
    """The command that checks a code, and the question for one."""
    return Offer(
        commands=(
            Command(name="tracuu", right=Right.ANYONE, run=_command, about=texts.ABOUT_CHECK, also=texts.CHECK_WORDS),
        ),
        journeys=(_JOURNEY,),
    )


def new_code(house: House) -> Code:
    """A new receipt's code. What is recorded keeps `code.compact`, and so does `receipts.add_receipt`."""
    return make_code(CodeKind.RECEIPT, house.random(RANDOM_BYTES))


def shown(stored: str) -> str:
    """A stored code as people see it: BN-7K9Q-BT3X-MF4H."""
    code = read_code(stored, expected=CodeKind.RECEIPT)
    assert isinstance(code, Code)
    return code.grouped


async def check(turn: Turn, code: Code) -> None:
    """Say whether there is such a receipt, and of when; nothing of whose or what it says."""
    if said := await guessing.closed(turn):
        turn.answer(said)
        return
    found = await receipts.find_receipt(turn.tx, code.compact)
    if found is None:
        await guessing.wrong(turn)
        turn.answer(texts.is_unknown(code=code.grouped))
    else:
        turn.answer(texts.is_valid(code=code.grouped, recorded_at=found.recorded_at))


async def _command(turn: Turn, rest: str) -> None:
    if not rest:
        await engine.begin(turn, _JOURNEY, fresh=True)
        return
    code = read_code(rest, expected=CodeKind.RECEIPT)
    if isinstance(code, CodeFault):
        turn.answer(texts.not_read(_why(code)))
    else:
        await check(turn, code)


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="code")


async def _ask(_turn: Turn, _dialogue: Dialogue) -> Question:
    return Question(text=texts.which_code())


async def _take(turn: Turn, _dialogue: Dialogue, said: Answer) -> Move:
    code = read_code(said.text if isinstance(said, Said) else "", expected=CodeKind.RECEIPT)
    if isinstance(code, CodeFault):
        return Stay(_why(code))
    await check(turn, code)
    return End()


def _why(fault: CodeFault) -> str:
    match fault:
        case CodeFault.MISTYPED:
            return texts.is_mistyped()
        case CodeFault.NOT_A_CODE:
            return texts.is_no_code()


_JOURNEY = Journey(
    name="receipt",
    right=Right.ANYONE,
    title=texts.CHECK_TITLE,
    start=_start,
    steps={"code": Step(ask=_ask, take=_take)},
    keep=timedelta(days=1),
)
