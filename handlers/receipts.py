"""Receipts: a code for everything recorded, which anybody can check, learning only yes or no and when.

A code of something that was declared void answers no, like one that never was.
"""

from bot.domain.codes import RANDOM_BYTES, Code, CodeFault, CodeKind, make_code, read_code
from bot.domain.rights import Right
from bot.texts import receipts as texts
from handlers.declare import Command
from handlers.registry import Offer
from handlers.turn import House, Turn
from storage import receipts


def offer() -> Offer:
    """The command that checks a code."""
    return Offer(
        commands=(
            Command(name="kiemtra", right=Right.ANYONE, run=_command, about=texts.ABOUT_CHECK, also=texts.CHECK_WORDS),
        )
    )


def new_code(house: House) -> Code:
    """A new receipt's code. What is recorded keeps `code.compact`, and so does `receipts.add_receipt`."""
    return make_code(CodeKind.RECEIPT, house.random(RANDOM_BYTES))


def shown(stored: str) -> str:
    """A stored code as people see it: BN-7K9Q-BT3X-MF4H."""
    code = read_code(stored, expected=CodeKind.RECEIPT)
    assert isinstance(code, Code)
    return code.grouped


async def typed_bare(turn: Turn, text: str) -> bool:
    """Answer a text that is a receipt's code and nothing else; False when it is none."""
    code = read_code(text)
    if not isinstance(code, Code) or code.kind is not CodeKind.RECEIPT:
        return False
    await _check(turn, code)
    return True


async def _command(turn: Turn, rest: str) -> None:
    if not rest:
        turn.answer(texts.which_code())
        return
    code = read_code(rest, expected=CodeKind.RECEIPT)
    if code is CodeFault.MISTYPED:
        turn.answer(texts.is_mistyped())
    elif isinstance(code, CodeFault):
        turn.answer(texts.is_no_code())
    else:
        await _check(turn, code)


async def _check(turn: Turn, code: Code) -> None:
    found = await receipts.find_receipt(turn.tx, code.compact)
    if found is None:
        turn.answer(texts.is_unknown(code=code.grouped))
    else:
        turn.answer(texts.is_valid(code=code.grouped, recorded_at=found.recorded_at))
