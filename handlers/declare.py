"""How a journey declares what it offers: commands, choices and dialogues, each with who may beside it.

The router checks the right on the server at every event; a button is not a permission. `over` finds the unit that a
choice's arguments speak of, so that a right over one part of the tree is worth nothing in another; None means that
the arguments name nothing that exists, and the person is told that the button is no longer valid.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.chat import FileSent, Message, Paper
from bot.domain.ids import UnitId
from bot.domain.rights import Right
from handlers.turn import Turn
from storage.database import Tx
from storage.dialogues import Dialogue

Args = tuple[str, ...]
Over = Callable[[Tx, Args], Awaitable[UnitId | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to type: `/camket`, or one of its other names in words. `about` is its line in menus and help;
    empty: not listed. `run` is given what was typed behind the name. `likely`: whether it may be offered to somebody
    whose words were not understood. `before`: words behind which more may be typed at once ("vắng vì ốm")."""

    name: str
    right: Right
    run: Callable[[Turn, str], Awaitable[None]]
    about: str = ""
    also: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    likely: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to press. Its data is `verb:argument:…`; `run` is given the arguments."""

    verb: str
    right: Right
    run: Callable[[Turn, Args], Awaitable[None]]
    over: Over | None = None


# ------------------------------------------------------------------------------------- dialogues


@dataclass(frozen=True, slots=True)
class Said:
    """An answer typed in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Chose:
    """A pick of the question, by its value."""

    value: str


@dataclass(frozen=True, slots=True)
class Gave:
    """A file."""

    file: FileSent


Answer = Said | Chose | Gave


@dataclass(frozen=True, slots=True)
class Pick:
    """A closed answer: its label, and the short ASCII value that `take` is given. `plain` ones have no number
    (to skip, to go on): for questions whose own answer is a number."""

    label: str
    value: str
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a step asks. The engine adds the ways back and out, and makes it a message. `apart`: a message of its
    own, so that the one before it stays to be read."""

    text: str
    title: str = ""
    picks: tuple[Pick, ...] = ()
    paper: Paper | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """On to a step; `at` tells apart the screens of one step (question 3); `keep` goes into the draft; `said` stands
    before the next question, in the same message."""

    step: str
    at: int = 0
    keep: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """The answer does not do; why, before the same question again."""

    why: str


@dataclass(frozen=True, slots=True)
class OnPage:
    """It cannot go on here (a file is to come of it): `why`, and the link with which it goes on on the page. Where
    there is no page it is over, and `otherwise` is said."""

    why: str
    otherwise: Message


@dataclass(frozen=True, slots=True)
class End:
    """The dialogue is over. What there is to say was said with `turn.answer`."""


Move = Go | Stay | OnPage | End


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One screen: what it asks and what it makes of the answer. `file_limit`: bytes of a file that it takes. `typed`:
    the step where there are no buttons, if it is another one there (several questions in one message). `values`: those
    of all its picks, where they are always the same: then what is pressed is known without asking the question again.
    """

    ask: Callable[[Turn, Dialogue], Awaitable[Question]]
    take: Callable[[Turn, Dialogue, Answer], Awaitable[Move]]
    file_limit: int = 0
    values: frozenset[str] | None = None
    typed: "Step | None" = None


async def _no_version(_turn: Turn, _subject: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A dialogue of named steps about a subject (`"12"`: the round's id).

    `start` gives the first move; with the answers of an older form it keeps what still fits. `version` names the
    form as it is now: when it changed meanwhile, the person is told and starts again. `title` names the journey
    in sentences ("bản cam kết"). `over` finds the subject's unit for the right; None: the right alone decides.
    `long`: where everything is typed, the page is offered too.
    `ended` answers a button of a dialogue that has ended (shows the receipt again) and says whether it did."""

    name: str
    right: Right
    title: str
    start: Callable[[Turn, str, Mapping[str, Any] | None], Awaitable[Go]]
    steps: Mapping[str, Step]
    over: Over | None = None
    version: Callable[[Turn, str], Awaitable[str]] = _no_version
    keep: timedelta = timedelta(days=30)
    long: bool = False
    ended: Callable[[Turn, str], Awaitable[bool]] | None = None


def say(text: str, *, title: str = "") -> Message:
    """A message of words only."""
    return Message(text=text, title=title)


def number(args: Args, place: int = 0) -> int | None:
    """The argument at `place` as an id; None when it is not one (a forged button)."""
    if place >= len(args) or not (args[place].isascii() and args[place].isdigit()) or len(args[place]) > 15:
        return None
    return int(args[place])
