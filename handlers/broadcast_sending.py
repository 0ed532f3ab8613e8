"""A confirmed broadcast on its way: the window moves, the progress message moves, and at the end there is a report.

The rule of the audience is asked anew for every window, so who is no longer meant by it is not told; who came under it
after it was confirmed is not told either. The window is refilled, some hundred people in a transaction, when most of it
is said; it grows where the messenger takes more. What became of millions is counted outside any transaction. It goes on
where it was after any crash: window and messages are written in one transaction, and every person has one key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat import Address, OutboxState, Priority
from bot.clock import local
from bot.domain.broadcast import BroadcastState, Progress
from bot.domain.ids import BroadcastId, PersonId, UnitId
from bot.texts import broadcast as texts
from handlers import papers
from handlers.broadcast_file import FILE
from handlers.declare import Args, number
from handlers.pledge_record import text_hash
from handlers.telling import tell_same
from handlers.tick import Coming, Do, Due
from handlers.turn import Act, Turn
from storage import audit, broadcasts, outbox, people, walks
from storage.addresses import reach_many
from storage.broadcasts import Broadcast
from storage.database import Database, Tx
from storage.organisation import unit_of

WINDOW = 500
"""People who wait in the outbox at the beginning; with fewer than half of them, the window moves on."""
WIDEST = 8000
"""It grows up to this, where it is found empty."""
AT_ONCE = 250
"""People who are passed in one transaction."""
FIRST = 100
"""People whose message is written in the transaction that confirms; the others follow at once."""
PAUSE = timedelta(seconds=3)
COUNTING = 50_000
"""For so many people more, what became of them is counted a pause later: the more they are, the longer it takes."""
NAMES = 20
"""At most this many of the unreachable are named in a report."""
STOP = "broadcast-stop"

Counts = Mapping[OutboxState, int]


def due() -> Due:
    """Running broadcasts as dated facts."""
    return Due(
        name="broadcast", find=broadcasts.due_broadcasts, act=_move, coming=_coming, prepare=_counted, goes_on=True
    )


async def first_window(act: Act, found: Broadcast) -> None:
    """The first messages, in the transaction that confirmed."""
    moved = await _fill(act, found, size=FIRST)
    await _show(act, moved, {})


async def over(tx: Tx, args: Args) -> UnitId | None:
    """The unit in whose name a broadcast was sent."""
    name = number(args)
    found = await broadcasts.broadcast_by_id(tx, BroadcastId(name)) if name is not None else None
    return found.unit_id if found else None


async def stop(turn: Turn, args: Args) -> None:
    """Stop at once: what waits is cancelled, what is said is said."""
    found = await broadcasts.broadcast_by_id(turn.tx, BroadcastId(int(args[0])))
    assert found is not None
    if not await broadcasts.end(turn.tx, found.id, BroadcastState.STOPPED):
        turn.answer(texts.over_already(found.id))
        return
    await outbox.cancel_batch(turn.tx, found.batch)
    await audit.record(
        turn.tx, actor=turn.person.person_id, action="broadcast_stopped", subject=f"broadcast:{found.id}"
    )
    counts = await broadcasts.outcome_counts(turn.tx, found)
    done = progress_of(found, counts, stopped=True)
    turn.answer(texts.report(number=found.id, done=done, stopped=True, unreachable=()))


async def _counted(database: Database, fact: int) -> Do | None:
    """Count what became of the messages, outside any transaction, if it is time to show it."""
    async with database.read() as tx:
        found = await broadcasts.broadcast_by_id(tx, BroadcastId(fact))
        if found is None or not await _is_time(tx, found):
            return None
        counts = await broadcasts.outcome_counts(tx, found)

    async def move(act: Act, fact: int) -> None:
        await _advance(act, fact, counts)

    return move


async def _is_time(tx: Tx, found: Broadcast) -> bool:
    if found.shown.get("ended") and not any(await broadcasts.waiting(tx, found)):
        return True
    if "at" not in found.shown:
        return True
    shown_at = datetime.fromisoformat(found.shown["at"])
    # A clock that was set back must not make it wait.
    return not shown_at <= tx.now < shown_at + PAUSE * (1 + found.passed // COUNTING)


async def _move(act: Act, fact: int) -> None:
    await _advance(act, fact, None)


async def _advance(act: Act, fact: int, counts: Counts | None) -> None:
    found = await broadcasts.claim_due(act.tx, BroadcastId(fact))
    if found is None or found.state is not BroadcastState.RUNNING:
        return
    if counts is not None and _is_over(found, counts):
        await _finish(act, found, counts)
        return
    moved = await _fill(act, found)
    if counts is not None:
        await _show(act, moved, counts)


def _is_over(found: Broadcast, counts: Counts) -> bool:
    """Nobody is left for the window, and every message has its outcome."""
    waits = counts.get(OutboxState.QUEUED, 0) + counts.get(OutboxState.IN_FLIGHT, 0)
    return bool(found.shown.get("ended")) and not waits


async def _finish(act: Act, found: Broadcast, counts: Counts) -> None:
    await broadcasts.end(act.tx, found.id, BroadcastState.DONE)
    done = progress_of(found, counts, stopped=False)
    names = await _unreachable_names(act, found)
    report = texts.report(number=found.id, done=done, stopped=False, unreachable=names)
    await act.follow(found.author_id, found.follow, report)


async def _show(act: Act, found: Broadcast, counts: Counts) -> None:
    """Let the author see how far it is. Where no message can move, it is said once that it goes."""
    done = progress_of(found, counts, stopped=False)
    seen = found.shown.get("seen")
    if _seen(done) != seen and (seen is None or act.house.can_edit(found.follow.account)):
        message = texts.progress(number=found.id, done=done, stop=f"{STOP}:{found.id}")
        await act.follow(found.author_id, found.follow, message)
    await _remember(act, found, {**found.shown, "seen": _seen(done), "at": act.now.isoformat()})


async def _remember(act: Act, found: Broadcast, shown: Mapping[str, Any]) -> None:
    at = max(act.now, found.due_at) + PAUSE
    if shown.get("filling") and not shown.get("ended"):
        # More at once, in a transaction of its own, until enough wait.
        at = max(act.now, found.due_at - PAUSE)
    await broadcasts.move_on(
        act.tx,
        found.id,
        window_at=found.window_at,
        passed=found.passed,
        total=found.total,
        unreachable=found.unreachable,
        shown=shown,
        next_due_at=at,
    )


async def _fill(act: Act, found: Broadcast, *, size: int = AT_ONCE) -> Broadcast:
    """Put the next people into the outbox if it is time; the broadcast after that."""
    queued, _ = await broadcasts.waiting(act.tx, found)
    wide = int(found.shown.get("wide", WINDOW))
    if found.shown.get("ended") or queued >= wide:
        full = replace(found, shown={**found.shown, "filling": False})
        await _remember(act, full, full.shown)
        return full
    filling = bool(found.shown.get("filling"))
    if not filling and queued >= wide // 2:
        await _remember(act, found, found.shown)
        return found
    if not filling and not queued and found.passed:
        wide = min(2 * wide, WIDEST)
    step = await walks.next_people(
        act.tx,
        found.audience,
        text_hash=text_hash(act),
        after=found.window_at,
        known_to=found.known_to,
        then=local(found.confirmed_at).date(),
        size=size,
    )
    reached = await _put(act, found, step.people)
    passed = found.passed + len(step.people)
    names = [*found.shown.get("unreachable", ()), *(one for one in step.people if one not in reached)]
    shown = {**found.shown, "wide": wide, "filling": True, "ended": step.ended, "unreachable": names[:NAMES]}
    moved = replace(
        found,
        window_at=step.last,
        passed=passed,
        # The count on the button was that of the moment; what the window has passed is what it was for.
        total=passed if step.ended and found.total is None else found.total,
        unreachable=found.unreachable + len(step.people) - len(reached),
        shown=shown,
    )
    await _remember(act, moved, shown)
    return moved


async def _put(act: Act, found: Broadcast, whom: Sequence[PersonId]) -> frozenset[PersonId]:
    """Write the message to these people; who of them can be reached."""
    unit = await unit_of(act.tx, found.unit_id)
    name = unit.name if unit else ""
    paper = papers.stored(found.file_id) if found.file_id is not None else None
    whole = texts.broadcast(unit=name, text=found.text, paper=paper)
    reached = await reach_many(act.tx, whom)
    # Where no file goes it can be asked for, and is had on the page.
    asks = {} if paper is None or not act.house.page else _without_files(act, reached)
    ways = [({person: address for person, address in reached.items() if person not in asks}, whole)]
    if asks:
        get = f"{FILE}:{found.id}"
        ways.append((asks, texts.broadcast_without_file(unit=name, text=found.text, get=get)))
    for some, message in ways:
        await tell_same(
            act,
            some,
            message,
            key=found.batch,
            priority=Priority.BROADCAST,
            batch=found.batch,
            due_at=found.due_at,
        )
    return frozenset(reached)


def _without_files(act: Act, reached: Mapping[PersonId, Address]) -> dict[PersonId, Address]:
    return {person: address for person, address in reached.items() if not act.house.can_carry_files(address.account)}


async def _unreachable_names(act: Act, found: Broadcast) -> Sequence[str]:
    """The first of those without an address, by name, so that somebody can tell them in person."""
    persons = [PersonId(person) for person in found.shown.get("unreachable", ())]
    reachable = await reach_many(act.tx, persons)
    found_names = [await people.who_is(act.tx, person) for person in persons if person not in reachable]
    return [who.full_name for who in found_names if who is not None]


def progress_of(found: Broadcast, counts: Counts, *, stopped: bool) -> Progress:
    """Where it stands, from the counts of its messages."""
    settled = Progress(
        total=found.total,
        delivered=counts.get(OutboxState.SENT, 0),
        failed=counts.get(OutboxState.FAILED, 0) + counts.get(OutboxState.MISSED, 0),
        blocked=counts.get(OutboxState.BLOCKED, 0),
        uncertain=counts.get(OutboxState.UNCERTAIN, 0),
        cancelled=counts.get(OutboxState.CANCELLED, 0),
        unreachable=found.unreachable,
    )
    if not stopped or settled.waiting is None:
        return settled
    never_put = max(0, settled.waiting - counts.get(OutboxState.IN_FLIGHT, 0))
    return replace(settled, cancelled=settled.cancelled + never_put)


def _seen(done: Progress) -> dict[str, int]:
    return {
        "delivered": done.delivered,
        "failed": done.failed + done.blocked + done.uncertain + done.cancelled,
        "unreachable": done.unreachable,
        "waiting": -1 if done.waiting is None else done.waiting,
    }


async def _coming(tx: Tx) -> Sequence[Coming]:
    at = await broadcasts.coming_broadcast(tx)
    return [Coming(at=at, what=texts.coming())] if at else []
