"""What is always there: the chat opened, /trogiup by role, /toi, leaving a dialogue at any point.

/toi says what is mine: every open thing that the journeys know of for who asks, with the button to do it, and when
the bot will remind of it. Nobody sees anybody else's.
"""

from collections.abc import Mapping, Sequence

from bot.chat import Choice
from bot.domain.rights import Right
from bot.domain.words import fold
from bot.texts import always, common
from bot.texts.when import moment
from handlers import dialogue as engine
from handlers import moving
from handlers.declare import Command, Journey
from handlers.registry import RUN, Offer, Registry, Task, Tasks
from handlers.turn import Turn
from storage import dialogues

MOST_CHOICES = 4


class Always:
    """The commands that need to know all others. `registry` is set once all offers are assembled."""

    def __init__(self) -> None:
        self.registry: Registry | None = None

    def offer(self) -> Offer:
        """What is always offered."""
        return Offer(
            commands=(
                Command(
                    name="toi",
                    right=Right.PERSON,
                    run=self.mine,
                    about=always.ABOUT_ME,
                    also=("viec cua toi", "toi", "menu"),
                ),
                Command(
                    name="trogiup",
                    right=Right.ANYONE,
                    run=self.help,
                    about=always.ABOUT_HELP,
                    also=("tro giup", "giup", "help", "huong dan"),
                ),
                Command(name="help", right=Right.ANYONE, run=self.help),
                Command(
                    name="thoat",
                    right=Right.ANYONE,
                    run=self.leave,
                    about=always.ABOUT_STOP,
                    also=tuple(fold(word) for word in common.STOP_WORDS),
                ),
            )
        )

    @property
    def _all(self) -> Registry:
        assert self.registry is not None
        return self.registry

    async def start(self, turn: Turn, _code: str) -> None:
        """The chat was opened without a code that means anything."""
        if turn.who is None:
            turn.answer(always.greeting_guest(movement=turn.house.content.movement.name))
        else:
            await self.mine(turn, "")

    async def mine(self, turn: Turn, _rest: str) -> None:
        """What is open for who asks, and what the bot will remind of."""
        tasks = [*await _drafts(turn, self._all.journeys), *await _open(turn, self._all.tasks)]
        choices = tuple(task.choice for task in tasks if task.choice)[:MOST_CHOICES]
        reminders = [
            always.will_remind(when=moment(task.remind_at), what=task.text) for task in tasks if task.remind_at
        ]
        turn.answer(
            always.my_tasks(
                greeting=always.greeting_member(name=turn.person.full_name, cell=turn.person.cell_name),
                lines=[task.text for task in tasks],
                reminders=reminders,
                choices=choices or (Choice(always.ABOUT_HELP, f"{RUN}:trogiup"),),
            )
        )

    async def help(self, turn: Turn, _rest: str) -> None:
        """The commands that who asks may use."""
        lines = [(command.name, command.about) for command in await self._all.allowed(turn)]
        turn.answer(always.help_text(lines) if turn.who else always.help_guest(lines))

    async def leave(self, turn: Turn, _rest: str) -> None:
        """Put aside the dialogue that is open."""
        found = await dialogues.open_dialogue(turn.tx, turn.address)
        if found is None:
            turn.answer(common.nothing_to_stop())
        else:
            await engine.stop(turn, self._all.journeys, found)


async def _drafts(turn: Turn, journeys: Mapping[str, Journey]) -> Sequence[Task]:
    return [
        Task(
            text=always.unfinished_task(journeys[draft.journey].title),
            choice=Choice(f"{always.GO_ON_WITH} {journeys[draft.journey].title}", f"{engine.RESUME}:{draft.id}"),
        )
        for draft in await moving.drafts(turn)
    ]


async def _open(turn: Turn, tasks: Sequence[Tasks]) -> Sequence[Task]:
    return [task for ask in tasks for task in await ask(turn)]
