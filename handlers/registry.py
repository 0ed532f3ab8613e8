"""Everything the bot offers, put together from the journeys' own declarations."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, TypeVar

from bot.chat import Choice, File
from bot.domain.words import agrees, fold
from handlers.declare import Action, Command, Journey
from handlers.tick import Due
from handlers.turn import House, Turn
from storage.database import Tx

LIKELIEST = 3
RUN = "run"
"""The verb of a choice that runs a command: its right is the command's own, checked again when it is pressed."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that is open for a person: a line that says so, the button to do it, and when the bot will
    remind of it (None: it will not)."""

    text: str
    choice: Choice | None = None
    remind_at: datetime | None = None


Tasks = Callable[[Turn], Awaitable[Sequence[Task]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperMaker:
    """How a kind of paper is made: `gather` reads plain values from storage, `draw` makes the file of them off the
    event loop. Neither runs inside the transaction that asked for the paper."""

    kind: str
    gather: Callable[[Tx, House, Mapping[str, str | int | None]], Awaitable[Any]]
    draw: Callable[[Any], File]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one journey file offers. `tasks` says what is open for who asks (/toi)."""

    commands: tuple[Command, ...] = ()
    actions: tuple[Action, ...] = ()
    journeys: tuple[Journey, ...] = ()
    papers: tuple[PaperMaker, ...] = ()
    dues: tuple[Due, ...] = ()
    tasks: Tasks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All offers by name. `start` opens the chat, with the code of a start link or none; `other_text` may make
    sense of a text that is no command (a code typed bare) and says whether it did."""

    commands: Mapping[str, Command]
    actions: Mapping[str, Action]
    journeys: Mapping[str, Journey]
    papers: Mapping[str, PaperMaker]
    dues: tuple[Due, ...]
    tasks: tuple[Tasks, ...]
    start: Callable[[Turn, str], Awaitable[None]]
    other_text: Callable[[Turn, str], Awaitable[bool]]

    def by_words(self, folded: str) -> Command | None:
        """The command that a whole text names in words."""
        for command in self.commands.values():
            if folded == command.name or folded in command.also:
                return command
        return None

    def named(self, text: str) -> tuple[str, str] | None:
        """The command that a text names in words, and what was typed behind them."""
        if command := self.by_words(fold(text)):
            return command.name, ""
        words = text.split()
        for command in self.commands.values():
            for begin in sorted(command.before, key=len, reverse=True):
                count = len(begin.split())
                if len(words) > count and agrees(" ".join(words[:count]), begin):
                    return command.name, " ".join(words[count:])
        return None

    async def allowed(self, turn: Turn) -> Sequence[Command]:
        """The listed commands that who spoke may use, in the order they were declared."""
        return [command for command in self.commands.values() if command.about and await turn.may(command.right)]

    async def likeliest(self, turn: Turn, text: str) -> Sequence[Choice]:
        """The three listed commands that a text which was not understood most likely means."""
        word = fold(text)[:60]
        likely = [command for command in await self.allowed(turn) if command.likely]
        ranked = sorted(likely, key=lambda command: -_likeness(word, command))
        return [Choice(command.about, f"{RUN}:{command.name}") for command in ranked[:LIKELIEST]]


def _likeness(word: str, command: Command) -> float:
    names = (command.name, *command.also, fold(command.about))
    best = max(SequenceMatcher(None, word, name).ratio() for name in names)
    # Below this it is chance: then the declared order decides.
    return best if best >= 0.5 else 0.0


def assemble(
    offers: Iterable[Offer],
    *,
    start: Callable[[Turn, str], Awaitable[None]],
    other_text: Callable[[Turn, str], Awaitable[bool]],
) -> Registry:
    """One registry of all offers; a name declared twice is a mistake of ours and raises."""
    offers = list(offers)
    commands = _by_name([(command.name, command) for offer in offers for command in offer.commands])
    actions = _by_name([(action.verb, action) for offer in offers for action in offer.actions])
    journeys = _by_name([(journey.name, journey) for offer in offers for journey in offer.journeys])
    return Registry(
        commands=commands,
        actions=actions,
        journeys=journeys,
        papers=_by_name([(paper.kind, paper) for offer in offers for paper in offer.papers]),
        dues=tuple(due for offer in offers for due in offer.dues),
        tasks=tuple(offer.tasks for offer in offers if offer.tasks is not None),
        start=start,
        other_text=other_text,
    )


def _by_name(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, thing in pairs:
        if name in found:
            raise ValueError(f"declared twice: {name}")
        found[name] = thing
    return found
