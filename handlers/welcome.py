"""The first words to somebody who has joined: what is open for them, and what their role can do, in a few buttons."""

from collections.abc import Sequence

from bot.chat import Choice, Message
from bot.domain.rights import Right
from bot.texts import always as always_texts
from bot.texts import join as texts
from handlers.registry import RUN, Registry
from handlers.turn import Turn

_FIRST = 3
_NARROWEST_FIRST = (Right.ADMIN, Right.OFFICE, Right.INVITE, Right.LEAD, Right.WATCH, Right.MEMBER)


class Welcome:
    """Needs to know all commands. `registry` is set once all offers are assembled."""

    def __init__(self) -> None:
        self.registry: Registry | None = None

    async def message(self, turn: Turn) -> Message:
        """The welcome of who spoke, who has just been linked."""
        who = turn.person
        return texts.welcome(
            name=who.full_name, cell=who.cell_name, at=turn.now, choices=await self._first_things(turn)
        )

    async def _first_things(self, turn: Turn) -> Sequence[Choice]:
        assert self.registry is not None
        tasks = [task.choice for ask in self.registry.tasks for task in await ask(turn) if task.choice]
        commands = sorted(
            (command for command in await self.registry.allowed(turn) if command.right in _NARROWEST_FIRST),
            key=lambda command: _NARROWEST_FIRST.index(command.right),
        )
        offered = [*tasks, *(Choice(command.about, f"{RUN}:{command.name}") for command in commands)]
        by_data = {choice.data: choice for choice in reversed(offered)}
        unlike = [by_data[data] for data in dict.fromkeys(choice.data for choice in offered)]
        return (*unlike[:_FIRST], Choice(always_texts.ABOUT_ME, f"{RUN}:toi"))
