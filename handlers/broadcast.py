"""/thongbao: an officer or administrator tells their part of the tree something.

To whom (a rule), what, with or without a file; a preview as it will look, with the count; confirmed once, with the
count on the button; then a message that moves, with the button to stop. The confirmation is keyed by the dialogue,
so pressing twice, or pressing an old button, sends nothing twice.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.chat import File
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.ids import FileId, UnitId
from bot.domain.reminder import hold
from bot.domain.rights import Right
from bot.domain.words import clean_name
from bot.texts import broadcast as texts
from bot.texts import common
from handlers import broadcast_audience as to_whom
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
from storage import audit, broadcasts, files
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.organisation import unit_of

TEXT_LIMIT = 1500
"""Characters; with the title it fits into one message on every channel."""
FILE_LIMIT = 10 * 1024 * 1024
FILE_KEEP = timedelta(days=60)
BEGIN = "broadcast-as"


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


# ---------------------------------------------------------------------------------------- what


async def _ask_text(turn: Turn, dialogue: Dialogue) -> Question:
    _, whom, count = await to_whom.whom_of(turn, dialogue)
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
    _, whom, count = await to_whom.whom_of(turn, dialogue)
    draft = dialogue.answers
    held = hold(turn.now, turn.house.content.calendar.rest)
    unit = await to_whom.subject_unit(turn, dialogue)
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
            Pick(texts.send_label(count), f"send-{count.people}"),
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
    audience, _, count = await to_whom.whom_of(turn, dialogue)
    file = dialogue.answers["file"]
    found, new = await broadcasts.confirm(
        turn.tx,
        key=f"dialogue:{dialogue.id}",
        author=turn.person.person_id,
        audience=audience,
        text=dialogue.answers["text"],
        file=FileId(file) if file is not None else None,
        total=count.people if count.exact else None,
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
        total=count.people,
        kind=audience.kind.value,
    )
    await sending.first_window(turn, found)


JOURNEY = Journey(
    name="broadcast",
    long=True,
    right=Right.OFFICE,
    title=texts.TITLE,
    start=_start,
    over=_unit,
    steps={
        **to_whom.STEPS,
        "text": Step(ask=_ask_text, take=_take_text),
        "file": Step(ask=_ask_file, take=_take_file, file_limit=FILE_LIMIT),
        "confirm": Step(ask=_ask_confirm, take=_take_confirm),
    },
)
