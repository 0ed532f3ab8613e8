"""Choosing one person out of a list, as one step of a dialogue: by list number, or by part of a name.

    steps={"who": choosing.step(text=..., then=_chosen), ...}       # declares the step
    return choosing.go("who", await people.members_of(tx, cell))    # enters it, from `start` or another step

The list is frozen in the draft when the step is entered, so that number 7 stays the person who was shown as number 7,
however others act meanwhile. It may be days old when somebody is chosen: `then` checks again what must hold now, and
names the person before anything is recorded.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import PersonId
from bot.domain.words import clean_name, fold, nfc
from bot.texts import choosing as texts
from bot.texts import common
from handlers.declare import Answer, Chose, Gave, Go, Move, Pick, Question, Said, Stay, Step
from handlers.turn import Turn
from storage.dialogues import Dialogue
from storage.people import Member

PAGE = 10
_FOUND = 100
"""Screens from this one on show only those whose name was typed."""
_EARLIER = "earlier"
_LATER = "later"
_TYPED_SHOWN = 40

Then = Callable[[Turn, Dialogue, PersonId], Awaitable[Move]]
Picked = Callable[[Turn, Dialogue, str], Awaitable[Move]]
Lead = Callable[[Turn, Dialogue], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: its number from 1, who it is, and how they are shown."""

    number: int
    person: PersonId
    name: str
    label: str


def go(step: str, members: Iterable[Member], *, keep: Mapping[str, Any] | None = None) -> Go:
    """On to the step that lists these people, in their order. `keep` goes into the draft as well."""
    members = list(members)
    names = Counter(fold(member.full_name) for member in members)
    rows = [
        [member.person_id, member.full_name, _label(member, alone=names[fold(member.full_name)] == 1)]
        for member in members
    ]
    return Go(step=step, keep={**(keep or {}), _people_key(step): rows})


def step(
    *, text: str | Lead, then: Then, title: str = "", picks: tuple[Pick, ...] = (), picked: Picked | None = None
) -> Step:
    """The step. `text` asks for whom; `then` is given the person. More answers than people: `picks`, which must be
    `plain` (digits belong to the list) and go to `picked`."""
    assert all(pick.plain for pick in picks)

    async def ask(turn: Turn, dialogue: Dialogue) -> Question:
        lead = text if isinstance(text, str) else await text(turn, dialogue)
        return _question(dialogue, lead, title=title, picks=picks)

    async def take(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        match said:
            case Chose(value=value) if value in (_EARLIER, _LATER):
                return Go(step=dialogue.step, at=_at(dialogue) + (1 if value == _LATER else -1))
            case Chose(value=value):
                assert picked is not None
                return await picked(turn, dialogue, value)
            case Gave():
                return Stay(common.write_text())
            case Said(text=typed):
                found = _find(dialogue, typed)
                return found if isinstance(found, Go | Stay) else await then(turn, dialogue, found)

    return Step(ask=ask, take=take)


def matching(people: Sequence[Listed], typed: str) -> Sequence[Listed]:
    """Whose name has what was typed: the whole name, else whole words, else beginnings of words, else any part.

    With or without diacritics; but who typed them ("Hà") is not shown those who differ by them (Hạ)."""
    wanted = fold(typed)
    if not wanted:
        return ()
    exact = nfc(clean_name(typed)).casefold()
    if exact != wanted:
        written = [person for person in people if f" {exact}" in f" {person.name.casefold()}"]
        people = written or people
    for fits in (_is_name, _has_words, _has_beginnings, _has_part):
        found = [person for person in people if fits(fold(person.name), wanted)]
        if found:
            return found
    return ()


def _is_name(name: str, wanted: str) -> bool:
    return name == wanted


def _has_words(name: str, wanted: str) -> bool:
    return f" {wanted} " in f" {name} "


def _has_beginnings(name: str, wanted: str) -> bool:
    return f" {wanted}" in f" {name}"


def _has_part(name: str, wanted: str) -> bool:
    return wanted in name


def _label(member: Member, *, alone: bool) -> str:
    if alone or member.birth_year is None:
        return member.full_name
    return texts.born(member.full_name, member.birth_year)


def _people_key(step_name: str) -> str:
    return f"people.{step_name}"


def _typed_key(step_name: str) -> str:
    return f"typed.{step_name}"


def _at(dialogue: Dialogue) -> int:
    return int(dialogue.answers.get("at", 0))


def _people(dialogue: Dialogue) -> Sequence[Listed]:
    rows = dialogue.answers.get(_people_key(dialogue.step), [])
    return [Listed(number, PersonId(row[0]), row[1], row[2]) for number, row in enumerate(rows, start=1)]


def _find(dialogue: Dialogue, typed: str) -> PersonId | Go | Stay:
    people = _people(dialogue)
    word = fold(typed).rstrip(".")
    if word.isascii() and word.isdigit():
        number = int(word) if len(word) < 6 else 0
        return people[number - 1].person if 1 <= number <= len(people) else Stay(texts.no_such_number(len(people)))
    found = matching(people, typed)
    if len(found) == 1:
        return found[0].person
    shown = clean_name(typed)[:_TYPED_SHOWN]
    if not found:
        return Stay(texts.no_such_name(shown))
    return Go(step=dialogue.step, at=_FOUND, keep={_typed_key(dialogue.step): shown})


def _question(dialogue: Dialogue, lead: str, *, title: str, picks: tuple[Pick, ...]) -> Question:
    people = _people(dialogue)
    if not people:
        return Question(title=title, text=texts.nobody_left(lead), picks=picks)
    at = _at(dialogue)
    typed = str(dialogue.answers.get(_typed_key(dialogue.step), "")) if at >= _FOUND else ""
    shown = matching(people, typed) if typed else people
    pages = -(-len(shown) // PAGE)
    page = min(at % _FOUND, pages - 1)
    lines = [texts.listed(one.number, one.label) for one in shown[page * PAGE : (page + 1) * PAGE]]
    turns = [Pick(texts.EARLIER, _EARLIER, plain=True)] if page > 0 else []
    turns += [Pick(texts.LATER, _LATER, plain=True)] if page + 1 < pages else []
    if typed:
        text = texts.found_several(typed, len(shown), lines, page=page + 1, pages=pages)
    else:
        text = texts.people_list(lead, lines, page=page + 1, pages=pages)
    return Question(title=title, text=text, picks=(*turns, *picks))
