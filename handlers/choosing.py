"""Choosing one person, or one cell, out of a list, as one step of a dialogue: by list number, or by part of a name.

    steps={"who": choosing.person_step(text=..., then=_chosen), ...}     # declares the step
    return choosing.among_people("who", await people.members_of(tx, cell))   # enters it, from `start` or another step

The list is frozen in the draft when the step is entered, so that number 7 stays the person who was shown as number 7,
however others act meanwhile. It may be days old when somebody is chosen: `then` checks again what must hold now, and
names the person before anything is recorded that cannot be taken back.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import PersonId, UnitId
from bot.domain.words import clean_name, fold, list_number, list_numbers, nfc
from bot.texts import choosing as texts
from bot.texts import common
from handlers.declare import Answer, Chose, Gave, Go, Move, Pick, Question, Said, Stay, Step
from handlers.turn import Turn
from storage.dialogues import Dialogue
from storage.people import Member

PAGE = 10
_FOUND = 100_000
"""Screens from this one on show only those whose name was typed."""
_EARLIER = "earlier"
_LATER = "later"
_TYPED_SHOWN = 40

Lead = Callable[[Turn, Dialogue], Awaitable[str]]
Picked = Callable[[Turn, Dialogue, str], Awaitable[Move]]
_Then = Callable[[Turn, Dialogue, int], Awaitable[Move]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: its number from 1, what it stands for, its name alone, its name apart from namesakes, and a
    note (or "")."""

    number: int
    id: int
    name: str
    apart: str
    note: str


def among_people(
    step: str,
    members: Iterable[Member],
    *,
    notes: Mapping[PersonId, str] | None = None,
    keep: Mapping[str, Any] | None = None,
) -> Go:
    """On to the step that lists these people, in their order, some with a short note. Namesakes are shown with the
    year of birth. `keep` goes into the draft as well."""
    members = list(members)
    rows = [
        [member.person_id, member.full_name, apart, (notes or {}).get(member.person_id, "")]
        for member, apart in zip(members, names_apart(members), strict=True)
    ]
    return Go(step=step, keep={**(keep or {}), _rows_key(step): rows})


def among_cells(step: str, cells: Iterable[tuple[UnitId, str, str]], *, keep: Mapping[str, Any] | None = None) -> Go:
    """On to the step that lists these cells in their order, each with its id, its name and a short note (or "")."""
    rows = [[cell, name, name, note] for cell, name, note in cells]
    return Go(step=step, keep={**(keep or {}), _rows_key(step): rows})


def person_step(
    *,
    text: str | Lead,
    then: Callable[[Turn, Dialogue, PersonId], Awaitable[Move]],
    title: str = "",
    picks: tuple[Pick, ...] = (),
    picked: Picked | None = None,
    several: Callable[[Turn, Dialogue, Sequence[PersonId]], Awaitable[Move]] | None = None,
) -> Step:
    """The step that lists people. `text` asks for whom; `then` is given the person. Other answers: `picks`, which
    must be `plain` (digits belong to the list) and go to `picked`; with `several`, more numbers at once ("1, 3, 5")."""

    async def then_person(turn: Turn, dialogue: Dialogue, found: int) -> Move:
        return await then(turn, dialogue, PersonId(found))

    one = _step(noun=texts.PERSON, text=text, then=then_person, title=title, picks=picks, picked=picked)
    if several is None:
        return one

    async def take(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        numbers = list_numbers(said.text) if isinstance(said, Said) else ()
        if len(numbers) < 2:
            return await one.take(turn, dialogue, said)
        rows = _rows(dialogue, dialogue.step)
        if any(not 1 <= number <= len(rows) for number in numbers):
            return Stay(texts.no_such_number(len(rows)))
        return await several(turn, dialogue, [PersonId(rows[number - 1].id) for number in numbers])

    return Step(ask=one.ask, take=take)


def cell_step(
    *,
    text: str | Lead,
    then: Callable[[Turn, Dialogue, UnitId], Awaitable[Move]],
    title: str = "",
    picks: tuple[Pick, ...] = (),
    picked: Picked | None = None,
) -> Step:
    """The step that lists cells; `then` is given the cell. Other answers as in `person_step`."""

    async def then_cell(turn: Turn, dialogue: Dialogue, found: int) -> Move:
        return await then(turn, dialogue, UnitId(found))

    return _step(noun=texts.CELL, text=text, then=then_cell, title=title, picks=picks, picked=picked)


def name_of(dialogue: Dialogue, step: str, person: PersonId) -> str:
    """The name under which the person was listed by the step, apart from namesakes."""
    return next((row.apart for row in _rows(dialogue, step) if row.id == person), "")


def page_of(dialogue: Dialogue) -> int:
    """The page of the whole list that is shown, to come back to; the first, when only those found by name are."""
    return _at(dialogue) % _FOUND


def names_apart(members: Sequence[Member]) -> Sequence[str]:
    """The members' names; namesakes with their years of birth, where they are known."""
    names = Counter(fold(member.full_name) for member in members)
    return [
        texts.born(member.full_name, member.birth_year)
        if names[fold(member.full_name)] > 1 and member.birth_year is not None
        else member.full_name
        for member in members
    ]


def matching(rows: Sequence[Listed], typed: str) -> Sequence[Listed]:
    """Whose name has what was typed: the whole name, else whole words, else beginnings of words, else any part.

    With or without diacritics; but who typed them ("Hà") is not shown those who differ by them (Hạ)."""
    wanted = fold(typed)
    if not wanted:
        return ()
    exact = nfc(clean_name(typed)).casefold()
    if exact != wanted:
        rows = [row for row in rows if f" {exact}" in f" {row.name.casefold()}"] or rows
    for fits in (_is_name, _has_words, _has_beginnings, _has_part):
        found = [row for row in rows if fits(fold(row.name), wanted)]
        if found:
            return found
    return ()


# ------------------------------------------------------------------------------------- the works


def _step(
    *, noun: str, text: str | Lead, then: _Then, title: str, picks: tuple[Pick, ...], picked: Picked | None
) -> Step:
    assert all(pick.plain for pick in picks)

    async def ask(turn: Turn, dialogue: Dialogue) -> Question:
        lead = text if isinstance(text, str) else await text(turn, dialogue)
        return _question(dialogue, lead, noun=noun, title=title, picks=picks)

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
                found = _find(dialogue, typed, noun=noun)
                return found if isinstance(found, Go | Stay) else await then(turn, dialogue, found)

    return Step(ask=ask, take=take)


def _is_name(name: str, wanted: str) -> bool:
    return name == wanted


def _has_words(name: str, wanted: str) -> bool:
    return f" {wanted} " in f" {name} "


def _has_beginnings(name: str, wanted: str) -> bool:
    return f" {wanted}" in f" {name}"


def _has_part(name: str, wanted: str) -> bool:
    return wanted in name


def _rows_key(step: str) -> str:
    return f"rows.{step}"


def _typed_key(step: str) -> str:
    return f"typed.{step}"


def _at(dialogue: Dialogue) -> int:
    return int(dialogue.answers.get("at", 0))


def _rows(dialogue: Dialogue, step: str) -> Sequence[Listed]:
    rows = dialogue.answers.get(_rows_key(step), [])
    return [Listed(number, *row) for number, row in enumerate(rows, start=1)]


def _find(dialogue: Dialogue, typed: str, *, noun: str) -> int | Go | Stay:
    rows = _rows(dialogue, dialogue.step)
    number = list_number(typed)
    if number is not None:
        return rows[number - 1].id if 1 <= number <= len(rows) else Stay(texts.no_such_number(len(rows)))
    found = matching(rows, typed)
    if len(found) == 1:
        return found[0].id
    shown = clean_name(typed)[:_TYPED_SHOWN]
    if not found:
        return Stay(texts.no_such_name(shown, noun=noun))
    return Go(step=dialogue.step, at=_FOUND, keep={_typed_key(dialogue.step): shown})


def _question(dialogue: Dialogue, lead: str, *, noun: str, title: str, picks: tuple[Pick, ...]) -> Question:
    rows = _rows(dialogue, dialogue.step)
    if not rows:
        return Question(title=title, text=texts.nobody_left(lead, noun=noun), picks=picks)
    at = _at(dialogue)
    typed = str(dialogue.answers.get(_typed_key(dialogue.step), "")) if at >= _FOUND else ""
    shown = matching(rows, typed) if typed else rows
    pages = -(-len(shown) // PAGE)
    page = max(0, min(at % _FOUND, pages - 1))
    lines = [
        texts.listed(row.number, texts.noted(row.apart, row.note)) for row in shown[page * PAGE : (page + 1) * PAGE]
    ]
    turns = [Pick(texts.EARLIER, _EARLIER, plain=True)] if page > 0 else []
    turns += [Pick(texts.LATER, _LATER, plain=True)] if page + 1 < pages else []
    if typed:
        text = texts.found_several(typed, len(shown), lines, noun=noun, page=page + 1, pages=pages)
    else:
        text = texts.whole_list(lead, lines, page=page + 1, pages=pages)
    return Question(title=title, text=text, picks=(*turns, *picks))
