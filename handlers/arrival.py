"""Where somebody arrives who has a code: by a start link, or by typing it bare.

An invitation's code begins joining, a receipt's is checked. Who is linked most likely has a receipt in hand, even
when they leave out its BN; a guest an invitation.
"""

from collections.abc import Awaitable, Callable

from bot.domain.codes import Code, CodeFault, CodeKind, read_code, resembles_code
from bot.texts import join as texts
from handlers import receipts
from handlers.join import Join
from handlers.registry import Offer, Registry
from handlers.turn import Turn
from handlers.welcome import Welcome


class Arrival:
    """Sorts codes. `registry` is set once all offers are assembled; `greet` says hello to who has no code."""

    def __init__(self, greet: Callable[[Turn, str], Awaitable[None]]) -> None:
        self._greet = greet
        self._welcome = Welcome()
        self._join = Join(self._welcome)

    def offer(self) -> Offer:
        """What joining offers."""
        return self._join.offer()

    @property
    def registry(self) -> Registry | None:
        """Everything the bot offers: the welcome shows some of it."""
        return self._welcome.registry

    @registry.setter
    def registry(self, registry: Registry) -> None:
        self._welcome.registry = registry

    async def start(self, turn: Turn, code: str) -> None:
        """The chat was opened, with the code of a link or with none."""
        if not code.strip():
            await self._greet(turn, "")
            return
        read = read_code(code)
        if isinstance(read, Code):
            await self._arrive(turn, read)
        else:
            turn.answer(texts.not_a_code())

    async def typed_bare(self, turn: Turn, text: str) -> bool:
        """A text that is a code and nothing else, or nearly one; False when it is something else."""
        read = read_code(text)
        if read is CodeFault.MISTYPED and turn.who is not None:
            read = read_code(text, expected=CodeKind.RECEIPT)
        if isinstance(read, Code):
            await self._arrive(turn, read)
            return True
        if read is CodeFault.MISTYPED or (turn.who is None and resembles_code(text)):
            turn.answer(texts.mistyped())
            return True
        return False

    async def _arrive(self, turn: Turn, code: Code) -> None:
        match code.kind:
            case CodeKind.INVITATION:
                await self._join.enter(turn, code)
            case CodeKind.RECEIPT:
                await receipts.check(turn, code)
