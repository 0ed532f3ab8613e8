"""/camket: a member reads the pledge part by part, may add commitments of their own, and signs.

The dialogue's version is the hash of the text in force: a text that changes meanwhile is read from the beginning, the
member's own words stay. Whoever has signed is shown the receipt, and nothing is overwritten. After the deadline it is
still taken, and said to be late, until the next round opens.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Message
from bot.domain.free_text import LIMIT, FreeTextFault
from bot.domain.movement import Good, GoodKey
from bot.domain.pledge import with_commitment, without_commitment
from bot.domain.rights import Right
from bot.texts import common
from bot.texts import pledge as texts
from bot.texts.free_text import free_text_fault
from handlers import dialogue as engine
from handlers.declare import Answer, Chose, Command, End, Go, Journey, Move, Pick, Question, Said, Stay, Step
from handlers.elsewhere import done_in_round
from handlers.packing import ROOM
from handlers.pledge_record import ROUNDS, counted, record, signed, text_hash
from handlers.registry import RUN, Offer, Task
from handlers.rounds_of import remind_at
from handlers.turn import Turn
from storage import pledges
from storage.dialogues import Dialogue
from storage.rounds import Round

COMMAND = "camket"
_ON, _YES, _NO, _REMOVE, _SIGN, _AGAIN = "on", "yes", "no", "remove", "sign", "again"


def offer() -> Offer:
    """The command, its dialogue, and what is open for a member."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.MEMBER, run=_command, about=texts.ABOUT, also=texts.WORDS),),
        journeys=(JOURNEY,),
        tasks=_tasks,
    )


async def _command(turn: Turn, _rest: str) -> None:
    cell = turn.person.cell_id
    assert cell is not None, "a member has a cell"
    here = await ROUNDS.over(turn.tx, cell)
    for found in here:
        if await counted(turn, found, turn.person.person_id) is None:
            await engine.begin(turn, JOURNEY, str(found.id))
            return
    if not here or not await _show_receipt(turn, str(here[0].id)):
        turn.answer(texts.no_round())


async def _show_receipt(turn: Turn, subject: str) -> bool:
    """Show the receipt again; False when there is none (any more)."""
    found = await _round(turn, subject)
    pledge = await counted(turn, found, turn.person.person_id)
    if pledge is None:
        return False
    turn.answer(texts.receipt(await signed(turn, found, pledge), again=True))
    return True


async def _tasks(turn: Turn) -> Sequence[Task]:
    cell = turn.person.cell_id
    if cell is None or not await turn.may(Right.MEMBER):
        return []
    return [
        Task(
            text=texts.my_task(period=found.period, due_at=found.due_at, is_late=turn.now >= found.due_at),
            choice=texts.sign_choice(f"{RUN}:{COMMAND}"),
            remind_at=await remind_at(turn, found),
        )
        for found in await ROUNDS.over(turn.tx, cell)
        if await counted(turn, found, turn.person.person_id) is None
    ]


# ------------------------------------------------------------------------------------- the dialogue


async def _round(turn: Turn, subject: str) -> Round:
    found = await ROUNDS.by_args(turn.tx, (subject,))
    assert found is not None, "the journey's right was checked over this round"
    return found


def _own(dialogue: Dialogue) -> dict[GoodKey, str]:
    return {GoodKey(key): words for key, words in dialogue.answers.get("own", {}).items()}


def _goods(turn: Turn) -> tuple[Good, ...]:
    return turn.house.content.movement.goods


def _at(dialogue: Dialogue) -> int:
    return int(dialogue.answers.get("at", 0))


async def _start(turn: Turn, subject: str, old: Mapping[str, Any] | None) -> Go:
    """From the first part; own words of a draft, or of an older text that was signed, stay."""
    before = await pledges.newest_pledge(turn.tx, (await _round(turn, subject)).id, turn.person.person_id)
    own = old.get("own", {}) if old else before.commitments if before else {}
    kept = {good.key: own[good.key] for good in _goods(turn) if good.key in own}
    return Go(step="text", at=1, keep={"own": kept, "read": False, "editing": False})


async def _before(turn: Turn, dialogue: Dialogue) -> list[str]:
    """What must be known beside the text: that it is late, that it is a new text."""
    found = await _round(turn, dialogue.subject)
    older = await pledges.newest_pledge(turn.tx, found.id, turn.person.person_id)
    lines = [texts.late(found.due_at)] if turn.now >= found.due_at else []
    return [*lines, texts.new_text(older.recorded_at)] if older else lines


async def _ask_text(turn: Turn, dialogue: Dialogue) -> Question:
    text, number = turn.house.content.pledge, _at(dialogue)
    before = await _before(turn, dialogue) if number == 1 else []
    return Question(
        title=texts.part_title(text, number),
        text=texts.part(text, number, before=before),
        picks=(Pick(texts.ON, _ON),),
    )


async def _take_text(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    number = _at(dialogue)
    if number < len(turn.house.content.pledge.parts):
        return Go(step="text", at=number + 1)
    return Go(step="summary" if dialogue.answers["read"] else "own", keep={"read": True})


async def _last_part(turn: Turn, dialogue: Dialogue) -> int:
    """The last part that goes into one message where everything is typed."""
    text, first = turn.house.content.pledge, _at(dialogue)
    before = await _before(turn, dialogue) if first == 1 else []
    limit = turn.can.text_limit - ROOM

    def fits(last: int) -> bool:
        message = Message(
            title=texts.parts_title(text, first, last), text=texts.parts(text, first, last, before=before)
        )
        return turn.can.length(message) <= limit

    return next((last for last in range(len(text.parts), first, -1) if fits(last)), first)


async def _ask_texts(turn: Turn, dialogue: Dialogue) -> Question:
    text, first = turn.house.content.pledge, _at(dialogue)
    last = await _last_part(turn, dialogue)
    before = await _before(turn, dialogue) if first == 1 else []
    return Question(
        title=texts.parts_title(text, first, last),
        text=texts.parts(text, first, last, before=before),
        picks=(Pick(texts.ON, _ON),),
    )


async def _take_texts(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    last = await _last_part(turn, dialogue)
    if last < len(turn.house.content.pledge.parts):
        return Go(step="text", at=last + 1)
    # Words of one's own are not asked for: at the summary they are a number away.
    return Go(step="summary", keep={"read": True})


async def _ask_own(_turn: Turn, dialogue: Dialogue) -> Question:
    return Question(
        text=texts.want_own(has_some=bool(_own(dialogue))),
        picks=(Pick(texts.ADD_NOT, _NO), Pick(texts.ADD, _YES)),
    )


async def _take_own(_turn: Turn, _dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    return Go(step="good") if said.value == _YES else Go(step="summary")


async def _ask_good(turn: Turn, _dialogue: Dialogue) -> Question:
    picks = tuple(Pick(good.name, str(good.number)) for good in _goods(turn))
    return Question(text=texts.which_good(), picks=picks)


async def _take_good(_turn: Turn, _dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    return Go(step="words", at=int(said.value), keep={"editing": False})


async def _ask_words(turn: Turn, dialogue: Dialogue) -> Question:
    good = _goods(turn)[_at(dialogue) - 1]
    now = _own(dialogue).get(good.key)
    return Question(
        text=texts.write_own(good, now=now, limit=LIMIT),
        picks=(Pick(texts.REMOVE, _REMOVE, plain=True),) if now is not None else (),
    )


async def _take_words(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    good = _goods(turn)[_at(dialogue) - 1]
    if isinstance(said, Chose):
        return Go(step="summary", keep={"own": dict(without_commitment(_own(dialogue), good.key))})
    if not isinstance(said, Said):
        return Stay(common.write_text())
    own = with_commitment(_own(dialogue), good.key, said.text)
    if isinstance(own, FreeTextFault):
        return Stay(free_text_fault(own))
    enough = dialogue.answers["editing"] or len(own) == len(_goods(turn))
    return Go(step="summary" if enough else "own", keep={"own": dict(own)})


async def _ask_summary(turn: Turn, dialogue: Dialogue) -> Question:
    found = await _round(turn, dialogue.subject)
    own = _own(dialogue)
    text = texts.summary(
        turn.house.content.pledge,
        period=found.period,
        own=[(good, own.get(good.key)) for good in _goods(turn)],
        before=[texts.late(found.due_at)] if turn.now >= found.due_at else [],
    )
    # Digits change one's own words here, so that no number can sign by mistake.
    picks = (Pick(texts.SIGN, _SIGN, plain=True), Pick(texts.READ_AGAIN, _AGAIN, plain=True))
    return Question(title=texts.SUMMARY_TITLE, text=text, picks=picks)


async def _take_summary(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    match said:
        case Chose(value="sign"):
            await _sign(turn, dialogue)
            return End()
        case Chose():
            return Go(step="text", at=1)
        case Said(text=typed) if typed.strip() in {str(good.number) for good in _goods(turn)}:
            return Go(step="words", at=int(typed), keep={"editing": True})
        case _:
            return Stay(texts.no_such_good(len(_goods(turn))))


async def _sign(turn: Turn, dialogue: Dialogue) -> None:
    found = await _round(turn, dialogue.subject)
    cell = turn.person.cell_id
    assert cell is not None, "a member has a cell"
    if await _show_receipt(turn, dialogue.subject):
        return
    if not await ROUNDS.is_current(turn.tx, found, cell):
        turn.answer(texts.round_over(period=found.period))
        return
    pledge = await record(turn, found, turn.person.person_id, _own(dialogue))
    turn.answer(texts.receipt(await signed(turn, found, pledge)))
    await done_in_round(turn, found)


async def _version(turn: Turn, _subject: str) -> str:
    return text_hash(turn)


JOURNEY = Journey(
    name="pledge",
    long=True,
    right=Right.MEMBER,
    over=ROUNDS.over_round,
    title=texts.TITLE,
    version=_version,
    start=_start,
    ended=_show_receipt,
    steps={
        "text": Step(
            ask=_ask_text, take=_take_text, values=frozenset({_ON}), typed=Step(ask=_ask_texts, take=_take_texts)
        ),
        "own": Step(ask=_ask_own, take=_take_own, values=frozenset({_YES, _NO})),
        "good": Step(ask=_ask_good, take=_take_good),
        "words": Step(ask=_ask_words, take=_take_words),
        "summary": Step(ask=_ask_summary, take=_take_summary, values=frozenset({_SIGN, _AGAIN})),
    },
)
