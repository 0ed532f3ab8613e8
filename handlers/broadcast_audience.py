"""To whom a broadcast goes: the steps of /thongbao in which an officer chooses the rule of the audience."""

from collections.abc import Sequence

from bot.domain.broadcast import Audience, AudienceKind, Count, decode_audience, encode_audience
from bot.domain.ids import RoundId, UnitId
from bot.domain.organisation import UnitKind
from bot.domain.rounds import RoundKind
from bot.domain.words import clean_name, fold, list_number
from bot.texts import broadcast as texts
from bot.texts import common
from handlers.declare import Answer, Chose, Go, Move, Pick, Question, Said, Stay, Step
from handlers.pledge_record import text_hash
from handlers.turn import Turn
from storage import rounds, walks
from storage.dialogues import Dialogue
from storage.organisation import Unit, cells_below, path_up, unit_of, units_named

MOST_CELLS = 50
"""Cells that are named in one answer."""

ROUND_OF = {AudienceKind.MISSING_PLEDGE: RoundKind.PLEDGE, AudienceKind.MISSING_REPORT: RoundKind.SELF_REPORT}


async def subject_unit(turn: Turn, dialogue: Dialogue) -> Unit:
    """The unit in whose name the broadcast is sent."""
    unit = await unit_of(turn.tx, UnitId(int(dialogue.subject)))
    assert unit is not None, "the journey's right was checked over this unit"
    return unit


async def _ask_whom(_turn: Turn, _dialogue: Dialogue) -> Question:
    picks = (
        Pick(texts.EVERYBODY, AudienceKind.ALL),
        Pick(texts.SOME_CELLS, AudienceKind.CELLS),
        Pick(texts.SECRETARIES, AudienceKind.SECRETARIES),
        Pick(texts.STILL_MISSING, "missing"),
    )
    return Question(text=texts.WHOM, picks=picks)


async def _take_whom(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    match answer:
        case Chose(value=AudienceKind.CELLS.value):
            return Go(step="cells")
        case Chose(value="missing"):
            return Go(step="missing")
        case Chose(value=kind):
            unit = await subject_unit(turn, dialogue)
            return await _with(turn, Audience(kind=AudienceKind(kind), unit=unit.id))
        case _:
            return Stay(common.use_choices())


async def _ask_missing(_turn: Turn, _dialogue: Dialogue) -> Question:
    picks = (
        Pick(texts.MISSING_PLEDGE, AudienceKind.MISSING_PLEDGE),
        Pick(texts.MISSING_REPORT, AudienceKind.MISSING_REPORT),
    )
    return Question(text=texts.WHO_IS_MISSING, picks=picks)


async def _take_missing(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    if not isinstance(answer, Chose):
        return Stay(common.use_choices())
    kind = AudienceKind(answer.value)
    unit = await subject_unit(turn, dialogue)
    found = await rounds.open_rounds(turn.tx, ROUND_OF[kind], await path_up(turn.tx, unit.id))
    if not found:
        return Stay(texts.no_round())
    return await _with(turn, Audience(kind=kind, unit=unit.id, round_id=RoundId(found[0].id)))


async def _ask_cells(turn: Turn, dialogue: Dialogue) -> Question:
    cells = await _listed(turn, await subject_unit(turn, dialogue))
    return Question(text=texts.which_cells([cell.name for cell in cells]) if cells else texts.which_cells_by_name())


async def _take_cells(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    if not isinstance(answer, Said):
        return Stay(common.write_text())
    unit = await subject_unit(turn, dialogue)
    cells = await _listed(turn, unit)
    chosen: list[UnitId] = []
    for word in answer.text.replace(";", ",").split(",")[:MOST_CELLS]:
        matching = _cells_named(cells, word) if cells else await _cells_called(turn, unit, word)
        if len(matching) != 1:
            shown = clean_name(word)[:40]
            return Stay(texts.several_cells(shown) if matching else texts.no_such_cell(shown))
        chosen.append(matching[0].id)
    return await _with(turn, Audience(kind=AudienceKind.CELLS, unit=unit.id, cells=tuple(dict.fromkeys(chosen))))


async def _listed(turn: Turn, unit: Unit) -> Sequence[Unit]:
    """The cells of the unit, if they are few enough to be listed; else none."""
    return await cells_below(turn.tx, unit.id) if await walks.is_small(turn.tx, unit.id) else ()


async def _cells_called(turn: Turn, unit: Unit, word: str) -> list[Unit]:
    found = await units_named(turn.tx, clean_name(word), below=unit.id)
    return [one for one in found if one.kind is UnitKind.CELL]


def _cells_named(cells: Sequence[Unit], word: str) -> list[Unit]:
    """The cells that a number of the list, or a part of a name, means."""
    key, place = fold(word), list_number(word)
    if place is not None:
        return [cells[place - 1]] if 1 <= place <= len(cells) else []
    exact = [cell for cell in cells if fold(cell.name) == key]
    return exact or [cell for cell in cells if key and key in fold(cell.name)]


async def _with(turn: Turn, audience: Audience) -> Move:
    """On to the text, if the rule means anybody."""
    count = await _count(turn, audience)
    if count.exact and not count.people:
        return Stay(texts.nobody())
    return Go(step="text", keep={"audience": encode_audience(audience)})


async def _count(turn: Turn, audience: Audience) -> Count:
    return await walks.count_people(turn.tx, audience, text_hash=text_hash(turn))


async def whom_of(turn: Turn, dialogue: Dialogue) -> tuple[Audience, str, Count]:
    """The audience of the draft, in words, and its count now."""
    audience = decode_audience(dialogue.answers["audience"])
    unit = await subject_unit(turn, dialogue)
    names = await walks.names_of(turn.tx, audience.cells)
    cells = [names[cell] for cell in sorted(audience.cells) if cell in names]
    words = texts.audience_text(audience.kind, unit=unit.name, cells=cells)
    return audience, words, await _count(turn, audience)


STEPS = {
    "whom": Step(ask=_ask_whom, take=_take_whom),
    "missing": Step(ask=_ask_missing, take=_take_missing),
    "cells": Step(ask=_ask_cells, take=_take_cells),
}
"""The steps up to the text."""
