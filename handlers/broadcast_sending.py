"""A confirmed broadcast on its way: the window moves, the progress message moves, and at the end there is a report.

The rule of the audience is asked anew for every window, so who is no longer meant by it is not told. The window is
refilled when most of it is said; until then only the counts are looked at. It goes on where it was after any crash:
window and messages are written in one transaction, and every person has one key.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.chat import OutboxState, Priority
from bot.domain.broadcast import BroadcastState, Progress
from bot.domain.ids import BroadcastId, PersonId, UnitId
from bot.texts import broadcast as texts
from handlers import papers
from handlers.declare import Args, number
from handlers.tick import Coming, Due
from handlers.turn import Act, Turn
from storage import audit, broadcasts, outbox, people
from storage.addresses import reach_many
from storage.broadcasts import Broadcast
from storage.database import Tx
from storage.organisation import unit_of

WINDOW = 500
"""People whose message is put into the outbox at once."""
REFILL = 100
"""With fewer than this waiting, the window moves on."""
PAUSE = timedelta(seconds=3)
NAMES = 20
"""At most this many of the unreachable are named in a report."""
STOP = "broadcast-stop"


def due() -> Due:
    """Running broadcasts as dated facts."""
    return Due(name="broadcast", find=broadcasts.due_broadcasts, act=_move, coming=_coming)


async def first_window(act: Act, found: Broadcast) -> None:
    """The first messages, in the transaction that confirmed."""
    await _advance(act, found)


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
    done = progress_of(found, counts, unreachable=found.unreachable, stopped=True)
    turn.answer(texts.report(number=found.id, done=done, stopped=True, unreachable=()))


async def _move(act: Act, fact: int) -> None:
    found = await broadcasts.claim_due(act.tx, BroadcastId(fact))
    if found is not None and found.state is BroadcastState.RUNNING:
        await _advance(act, found)


async def _advance(act: Act, found: Broadcast) -> None:
    window_at, unreachable, exhausted = await _fill(act, found)
    counts = await broadcasts.outcome_counts(act.tx, found)
    done = progress_of(found, counts, unreachable=unreachable, stopped=False)
    open_rows = counts.get(OutboxState.QUEUED, 0) + counts.get(OutboxState.IN_FLIGHT, 0)
    over_now = exhausted and not open_rows
    await broadcasts.move_on(
        act.tx,
        found.id,
        window_at=window_at,
        unreachable=unreachable,
        shown=_shown(done),
        next_due_at=max(act.now, found.due_at) + PAUSE,
    )
    if over_now:
        await broadcasts.end(act.tx, found.id, BroadcastState.DONE)
        names = await _unreachable_names(act, found)
        report = texts.report(number=found.id, done=done, stopped=False, unreachable=names)
        await act.follow(found.author_id, found.follow, report)
    elif _shown(done) != found.shown and (not found.shown or act.house.can_edit(found.follow.account)):
        # Where no message can move, it is said once that it goes, and at the end what became of it.
        message = texts.progress(number=found.id, done=done, stop=f"{STOP}:{found.id}")
        await act.follow(found.author_id, found.follow, message)


async def _fill(act: Act, found: Broadcast) -> tuple[int, int, bool]:
    """Put the next window into the outbox if it is time; how far the window is, how many could not be reached
    so far, and whether there is nobody left."""
    counts = await broadcasts.outcome_counts(act.tx, found)
    if counts.get(OutboxState.QUEUED, 0) >= REFILL:
        return found.window_at, found.unreachable, False
    page = await _page(act, found, after=found.window_at)
    unit = await unit_of(act.tx, found.unit_id)
    reached = await act.tell_all(
        page,
        texts.broadcast(
            unit=unit.name if unit else "",
            text=found.text,
            paper=papers.stored(found.file_id) if found.file_id is not None else None,
        ),
        key=found.batch,
        priority=Priority.BROADCAST,
        batch=found.batch,
        due_at=found.due_at,
    )
    last = page[-1] if page else found.window_at
    return last, found.unreachable + len(page) - reached, len(page) < WINDOW


async def _page(act: Act, found: Broadcast, *, after: int) -> Sequence[PersonId]:
    return await broadcasts.audience_page(
        act.tx, found.audience, text_hash=act.house.content.pledge.edition.hash, after=after, size=WINDOW
    )


async def _unreachable_names(act: Act, found: Broadcast) -> Sequence[str]:
    """The first of those without an address, by name, so that somebody can tell them in person."""
    names: list[str] = []
    after = 0
    while len(names) < NAMES:
        page = await _page(act, found, after=after)
        if not page:
            break
        after = page[-1]
        reachable = await reach_many(act.tx, page)
        for person in page:
            who = await people.who_is(act.tx, person) if person not in reachable and len(names) < NAMES else None
            if who is not None:
                names.append(who.full_name)
    return names


def progress_of(found: Broadcast, counts: Mapping[OutboxState, int], *, unreachable: int, stopped: bool) -> Progress:
    """Where it stands, from the counts of its messages."""
    settled = Progress(
        total=found.total,
        delivered=counts.get(OutboxState.SENT, 0),
        failed=counts.get(OutboxState.FAILED, 0) + counts.get(OutboxState.MISSED, 0),
        blocked=counts.get(OutboxState.BLOCKED, 0),
        uncertain=counts.get(OutboxState.UNCERTAIN, 0),
        cancelled=counts.get(OutboxState.CANCELLED, 0),
        unreachable=unreachable,
    )
    if not stopped:
        return settled
    in_flight = counts.get(OutboxState.IN_FLIGHT, 0)
    never_put = max(0, settled.waiting - in_flight)
    return Progress(
        total=settled.total,
        delivered=settled.delivered,
        failed=settled.failed,
        blocked=settled.blocked,
        uncertain=settled.uncertain,
        cancelled=settled.cancelled + never_put,
        unreachable=unreachable,
    )


def _shown(done: Progress) -> dict[str, int]:
    return {
        "delivered": done.delivered,
        "failed": done.failed + done.blocked + done.uncertain + done.cancelled,
        "unreachable": done.unreachable,
        "waiting": done.waiting,
    }


async def _coming(tx: Tx) -> Sequence[Coming]:
    at = await broadcasts.coming_broadcast(tx)
    return [Coming(at=at, what=texts.coming())] if at else []
