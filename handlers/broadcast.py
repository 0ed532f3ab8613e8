"""/thongbao: an officer or administrator tells their part of the tree something.

To whom (a rule), what, with or without a file; a preview as it will look, with the count; confirmed once, with the
count on the button; then a message that moves, with the button to stop. The confirmation is keyed by the dialogue,
so pressing twice, or pressing an old button, sends nothing twice.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.chat import File
from bot.domain.broadcast import Audience, AudienceKind, decode_audience, encode_audience
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.ids import FileId, RoundId, UnitId
from bot.domain.reminder import hold
from bot.domain.rights import Right
from bot.domain.rounds import RoundKind
from bot.domain.words import clean_name, fold, list_number
from bot.texts import broadcast as texts
from bot.texts import common
from handlers import broadcast_sending as sending
from handlers import dialogue as engine
from handlers import papers
from handlers.declare import (
    Action,
    Answer,
    Args,
    Chose,
    Command,
    End,
    Gave,
    Go,
    Journey,
    Move,
    Pick,
    Question,
    Said,
    Stay,
    Step,
    number,
)
from handlers.registry import Offer
from handlers.turn import Turn
from storage import audit, broadcasts, files, rounds
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import Unit, cells_below, path_up, unit_of

TEXT_LIMIT = 1500
"""Characters; with the title it fits into one message on every channel."""
FILE_LIMIT = 10 * 1024 * 1024
FILE_KEEP = timedelta(days=60)
BEGIN = "broadcast-as"
ROUND_OF = {AudienceKind.MISSING_PLEDGE: RoundKind.PLEDGE, AudienceKind.MISSING_REPORT: RoundKind.SELF_REPORT}


def offer() -> Offer:
    """What officers are offered."""
    return Offer(
        commands=(
            Command(
                name="thongbao",
                right=Right.OFFICE,
                run=_command,
                about=texts.ABOUT,
                also=("thong bao", "gui thong bao"),
            ),
        ),
        actions=(
            Action(verb=BEGIN, right=Right.OFFICE, over=_unit, run=_begin),
            Action(verb=sending.STOP, right=Right.OFFICE, over=sending.over, run=sending.stop),
        ),
        journeys=(JOURNEY,),
        dues=(sending.due(),),
    )


async def _unit(tx: Tx, args: Args) -> UnitId | None:
    name = number(args)
    found = await unit_of(tx, UnitId(name)) if name is not None else None
    return found.id if found else None


async def _command(turn: Turn, _rest: str) -> None:
    units = await turn.units_with(Right.OFFICE)
    if len(units) == 1:
        await engine.begin(turn, JOURNEY, str(units[0].id))
    else:
        turn.answer(texts.which_unit([(unit.name, f"{BEGIN}:{unit.id}") for unit in units]))


async def _begin(turn: Turn, args: Args) -> None:
    await engine.begin(turn, JOURNEY, args[0])


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="whom")


async def _subject_unit(turn: Turn, dialogue: Dialogue) -> Unit:
    unit = await unit_of(turn.tx, UnitId(int(dialogue.subject)))
    assert unit is not None, "the journey's right was checked over this unit"
    return unit


# ------------------------------------------------------------------------------------- to whom


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
            unit = await _subject_unit(turn, dialogue)
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
    unit = await _subject_unit(turn, dialogue)
    found = await rounds.open_rounds(turn.tx, ROUND_OF[kind], await path_up(turn.tx, unit.id))
    if not found:
        return Stay(texts.no_round())
    return await _with(turn, Audience(kind=kind, unit=unit.id, round_id=RoundId(found[0].id)))


async def _ask_cells(turn: Turn, dialogue: Dialogue) -> Question:
    cells = await cells_below(turn.tx, (await _subject_unit(turn, dialogue)).id)
    return Question(text=texts.which_cells([cell.name for cell in cells]))


async def _take_cells(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    if not isinstance(answer, Said):
        return Stay(common.write_text())
    unit = await _subject_unit(turn, dialogue)
    cells = await cells_below(turn.tx, unit.id)
    chosen: list[UnitId] = []
    for word in answer.text.replace(";", ",").split(","):
        matching = _cells_named(cells, word)
        if len(matching) != 1:
            shown = clean_name(word)[:40]
            return Stay(texts.several_cells(shown) if matching else texts.no_such_cell(shown))
        chosen.append(matching[0].id)
    return await _with(turn, Audience(kind=AudienceKind.CELLS, unit=unit.id, cells=tuple(dict.fromkeys(chosen))))


def _cells_named(cells: Sequence[Unit], word: str) -> list[Unit]:
    """The cells that a number of the list, or a part of a name, means."""
    key, place = fold(word), list_number(word)
    if place is not None:
        return [cells[place - 1]] if 1 <= place <= len(cells) else []
    exact = [cell for cell in cells if fold(cell.name) == key]
    return exact or [cell for cell in cells if key and key in fold(cell.name)]


async def _with(turn: Turn, audience: Audience) -> Move:
    """On to the text, if the rule means anybody."""
    if not await _count(turn, audience):
        return Stay(texts.nobody())
    return Go(step="text", keep={"audience": encode_audience(audience)})


async def _count(turn: Turn, audience: Audience) -> int:
    return await broadcasts.audience_count(turn.tx, audience, text_hash=turn.house.content.pledge.edition.hash)


async def _whom(turn: Turn, dialogue: Dialogue) -> tuple[Audience, str, int]:
    """The audience of the draft, in words, and its count now."""
    audience = decode_audience(dialogue.answers["audience"])
    unit = await _subject_unit(turn, dialogue)
    names = [cell.name for cell in await cells_below(turn.tx, unit.id) if cell.id in audience.cells]
    words = texts.audience_text(audience.kind, unit=unit.name, cells=names)
    return audience, words, await _count(turn, audience)


# ---------------------------------------------------------------------------------------- what


async def _ask_text(turn: Turn, dialogue: Dialogue) -> Question:
    _, whom, count = await _whom(turn, dialogue)
    return Question(text=texts.what_text(whom=whom, count=count))


async def _take_text(_turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    if not isinstance(answer, Said):
        return Stay(common.write_text())
    text = read_free_text(answer.text, limit=TEXT_LIMIT)
    match text:
        case FreeTextFault.EMPTY:
            return Stay(texts.text_empty())
        case FreeTextFault.TOO_LONG:
            return Stay(texts.text_too_long(TEXT_LIMIT))
        case FreeTextFault.CLASSIFIED:
            return Stay(texts.classified())
        case _:
            return Go(step="confirm" if "file" in dialogue.answers else "file", keep={"text": text})


async def _ask_file(_turn: Turn, _dialogue: Dialogue) -> Question:
    return Question(text=texts.with_file(FILE_LIMIT), picks=(Pick(texts.NO_FILE, "none"),))


async def _take_file(turn: Turn, _dialogue: Dialogue, answer: Answer) -> Move:
    match answer:
        case Gave(file=file):
            assert file.content is not None, "the engine refuses a file without content"
            name = clean_name(file.name)[:100] or "tep"
            stored = File(name=name, mime="application/octet-stream", content=file.content)
            kept = await files.add_file(turn.tx, stored, created_by=turn.person.person_id, keep=FILE_KEEP)
            return Go(step="confirm", keep={"file": kept, "file_name": name})
        case Chose():
            return Go(step="confirm", keep={"file": None, "file_name": None})
        case _:
            return Stay(common.send_file())


# ------------------------------------------------------------------------------------- confirm


async def _ask_confirm(turn: Turn, dialogue: Dialogue) -> Question:
    _, whom, count = await _whom(turn, dialogue)
    draft = dialogue.answers
    held = hold(turn.now, turn.house.content.calendar.rest)
    unit = await _subject_unit(turn, dialogue)
    return Question(
        title=texts.preview_title(unit.name),
        text=texts.preview(
            text=draft["text"],
            file=draft["file_name"],
            whom=whom,
            count=count,
            wait_until=held if held > turn.now else None,
        ),
        picks=(
            Pick(texts.send_label(count), f"send-{count}"),
            Pick(texts.CHANGE_TEXT, "text"),
            Pick(texts.CHANGE_WHOM, "whom"),
        ),
        paper=papers.stored(FileId(draft["file"])) if draft["file"] is not None else None,
    )


async def _take_confirm(turn: Turn, dialogue: Dialogue, answer: Answer) -> Move:
    match answer:
        case Chose(value="text" | "whom" as step):
            return Go(step=step)
        case Chose():
            await _confirm(turn, dialogue)
            return End()
        case _:
            return Stay(common.use_choices())


async def _confirm(turn: Turn, dialogue: Dialogue) -> None:
    audience, _, count = await _whom(turn, dialogue)
    file = dialogue.answers["file"]
    found, new = await broadcasts.confirm(
        turn.tx,
        key=f"dialogue:{dialogue.id}",
        author=turn.person.person_id,
        audience=audience,
        text=dialogue.answers["text"],
        file=FileId(file) if file is not None else None,
        total=count,
        due_at=hold(turn.now, turn.house.content.calendar.rest),
        follow=turn.address,
    )
    if not new:
        turn.answer(texts.confirmed_before())
        return
    await audit.record(
        turn.tx,
        actor=turn.person.person_id,
        action="broadcast_confirmed",
        subject=f"broadcast:{found.id}",
        total=count,
        kind=audience.kind.value,
    )
    await sending.first_window(turn, found)


JOURNEY = Journey(
    name="broadcast",
    right=Right.OFFICE,
    title=texts.TITLE,
    start=_start,
    over=_unit,
    steps={
        "whom": Step(ask=_ask_whom, take=_take_whom),
        "missing": Step(ask=_ask_missing, take=_take_missing),
        "cells": Step(ask=_ask_cells, take=_take_cells),
        "text": Step(ask=_ask_text, take=_take_text),
        "file": Step(ask=_ask_file, take=_take_file, file_limit=FILE_LIMIT),
        "confirm": Step(ask=_ask_confirm, take=_take_confirm),
    },
)
