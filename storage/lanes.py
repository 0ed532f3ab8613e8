"""The kept rows of each account's way out: its pace, the pace of its chats, and why it is closed for a while.

Every sender of an account reads them in the transaction in which it claims, and changes them in the one in which it
writes down what became of its messages. Who means to change a row locks it first (PostgreSQL), so that several do so
one after the other. The rules themselves are in bot/pace.py and bot/domain/pausing.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, bindparam, delete, func, select, update

from bot.chat import Outcome
from bot.domain import pausing
from bot.domain.quota import month_of
from bot.outgoing import AccountHealed, AccountPaused, News, Terms, Wish
from bot.pace import behind, places, still_closed
from storage.database import Row, Tx, insert_new
from storage.inserting import insert
from storage.lists import padded
from storage.schema import lane_chats, lanes, quotas

REMEMBERED = timedelta(minutes=2)
"""After so long it does not matter any more how fast a chat was spoken to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """An account's way out as it is kept. `used`: how many messages of this month; `gone_at`: when the messenger said
    that the month's are gone, `probe_at`: when it is asked again."""

    account: str
    next_at: datetime | None = None
    sender: str | None = None
    held_at: datetime | None = None
    held_until: datetime | None = None
    failures: int = 0
    failed_chat: str | None = None
    failing_since: datetime | None = None
    pauses: int = 0
    paused_until: datetime | None = None
    why: str | None = None
    used: int = 0
    gone_at: datetime | None = None
    probe_at: datetime | None = None

    def closed_until(self, now: datetime) -> datetime | None:
        """Until when nothing goes out because the messenger asked for it, or because the account pauses."""
        until = []
        if self.held_at is not None and self.held_until is not None:
            until.append(still_closed(self.held_at.timestamp(), self.held_until.timestamp(), now.timestamp()))
        if self.paused_until is not None:
            since = self.paused_until - pausing.LONGEST_PAUSE
            until.append(still_closed(since.timestamp(), self.paused_until.timestamp(), now.timestamp()))
        return max((datetime.fromtimestamp(at, UTC) for at in until if at is not None), default=None)


_both = (
    select(lanes, quotas.c.used, quotas.c.gone_at, quotas.c.probe_at)
    .select_from(lanes)
    .outerjoin(quotas, and_(quotas.c.account == lanes.c.account, quotas.c.month == bindparam("month")))
)
_lane = _both.where(lanes.c.account == bindparam("account"))
_lane_locked = _lane.with_for_update(of=lanes)
_all = _both.order_by(lanes.c.account)
_begin = insert_new(lanes, "account")
_of_account = lanes.c.account == bindparam("of_account")
_take = update(lanes).where(_of_account).values(next_at=bindparam("free_at"), sender=bindparam("taker"))
_change = (
    update(lanes)
    .where(_of_account)
    .values(
        held_at=bindparam("to_held_at"),
        held_until=bindparam("to_held_until"),
        failures=bindparam("to_failures"),
        failed_chat=bindparam("to_failed_chat"),
        failing_since=bindparam("to_failing_since"),
        pauses=bindparam("to_pauses"),
        paused_until=bindparam("to_paused_until"),
        why=bindparam("to_why"),
    )
)
_chats = select(lane_chats.c.chat, lane_chats.c.next_at).where(
    lane_chats.c.account == bindparam("account"), lane_chats.c.chat.in_(bindparam("chats", expanding=True))
)
_new_chat = insert(lane_chats)
_remember = _new_chat.on_conflict_do_update(
    index_elements=["account", "chat"], set_={"next_at": _new_chat.excluded.next_at}
)
_next_chat = select(func.min(lane_chats.c.next_at)).where(
    lane_chats.c.account == bindparam("account"), lane_chats.c.next_at > bindparam("now")
)
_forget = delete(lane_chats).where(lane_chats.c.next_at < bindparam("before"))


async def lane_of(tx: Tx, account: str, *, to_change: bool = False) -> Lane:
    """The account's way out now; with `to_change` no other sender's transaction has it until this one ends."""
    values = {"account": account, "month": month_of(tx.now)}
    row = await tx.first(_lane_locked if to_change else _lane, values)
    if row is None and to_change:
        await tx.run(_begin, {"account": account, "failures": 0, "pauses": 0})
        row = await tx.first(_lane_locked, values)
    return _made(row) if row is not None else Lane(account=account)


async def lane_for(tx: Tx, terms: Terms, *, changes: bool) -> Lane:
    """The account's kept row. Where nothing of it is changed, senders need not wait for each other."""
    lane = await lane_of(tx, terms.account, to_change=changes)
    if not changes and (lane.failures or lane.pauses or lane.gone_at):
        return await lane_of(tx, terms.account, to_change=True)
    return lane


async def all_lanes(tx: Tx) -> Sequence[Lane]:
    """Every account of which something is kept."""
    return [_made(row) for row in await tx.all(_all, {"month": month_of(tx.now)})]


def _made(row: Row) -> Lane:
    return Lane(
        account=row.account,
        next_at=row.next_at,
        sender=row.sender,
        held_at=row.held_at,
        held_until=row.held_until,
        failures=row.failures,
        failed_chat=row.failed_chat,
        failing_since=row.failing_since,
        pauses=row.pauses,
        paused_until=row.paused_until,
        why=row.why,
        used=row.used or 0,
        gone_at=row.gone_at,
        probe_at=row.probe_at,
    )


# ------------------------------------------------------------------------------------------ pace


async def take_places(tx: Tx, lane: Lane, terms: Terms, wish: Wish, *, count: int) -> Sequence[datetime]:
    """The next places of the account's pace, taken by this sender; none where it has no pace. The lane is locked."""
    per_second = terms.can.per_second
    if per_second is None or count <= 0:
        return ()
    taken = places(
        lane.next_at.timestamp() if lane.next_at else None,
        now=tx.now.timestamp(),
        per_second=per_second,
        count=count,
        ours=lane.sender == terms.sender,
        delay=wish.delay,
    )
    free_at = datetime.fromtimestamp(behind(taken[-1], per_second=per_second), UTC)
    await tx.run(_take, {"of_account": lane.account, "free_at": free_at, "taker": terms.sender})
    return [datetime.fromtimestamp(at, UTC) for at in taken]


async def spoken(tx: Tx, terms: Terms, chats: Iterable[str]) -> None:
    """These chats were just spoken to; from when on they may be again is kept. The lane is locked."""
    paces = {chat: pace for chat in chats if (pace := terms.chat_pace(chat)) is not None}
    if not paces:
        return
    found = await tx.all(_chats, {"account": terms.account, "chats": padded(paces)})
    free = {row.chat: row.next_at.timestamp() for row in found}
    now = tx.now.timestamp()
    await tx.run(
        _remember,
        [
            {
                "account": terms.account,
                "chat": chat,
                "next_at": datetime.fromtimestamp(pace.free_after(free.get(chat), now), UTC),
            }
            for chat, pace in sorted(paces.items())
        ],
    )


async def next_chat(tx: Tx, account: str) -> datetime | None:
    """When the first chat that was spoken to fast may be spoken to again."""
    found = await tx.scalar(_next_chat, {"account": account, "now": tx.now})
    assert found is None or isinstance(found, datetime)
    return found


async def forget_chats(tx: Tx) -> None:
    """Forget the chats of all accounts whose pace means nothing any more."""
    await tx.run(_forget, {"before": tx.now - REMEMBERED})


# ------------------------------------------------------------------------------- holds and pauses


async def probe(tx: Tx, lane: Lane) -> None:
    """One message is tried after a pause: until that is known, the next and longer pause has begun."""
    until = tx.now + pausing.pause(lane.pauses)
    await _write(tx, replace(lane, pauses=lane.pauses + 1, paused_until=until))


async def note(tx: Tx, lane: Lane, tried: Iterable[tuple[Outcome, str]]) -> Sequence[News]:
    """What outcomes, each with its chat and in their order, say of the account. The lane is locked if any says
    something new."""
    news: list[News] = []
    found = lane
    for outcome, chat in tried:
        found, told = _noted(found, outcome, chat, tx.now)
        news += told
    if found != lane:
        await _write(tx, found)
    return news


def _noted(lane: Lane, outcome: Outcome, chat: str, now: datetime) -> tuple[Lane, Sequence[News]]:
    if outcome.hold is not None:
        until = now + timedelta(seconds=outcome.hold)
        lane = replace(lane, held_at=now, held_until=max(until, lane.closed_until(now) or until))
    if outcome.reached:
        return _well(lane)
    if outcome.refused or (outcome.reached is False and chat != lane.failed_chat):
        failures = pausing.FAILURES if outcome.refused else lane.failures + 1
        since = lane.failing_since or now
        lane = replace(lane, failures=failures, failed_chat=chat, failing_since=since, why=outcome.failure)
        if lane.pauses == 0 and pausing.is_enough(failures):
            lane = replace(lane, pauses=1, paused_until=now + pausing.pause(0))
            return lane, [AccountPaused(account=lane.account, why=lane.why or "", since=since)]
    return lane, ()


def _well(lane: Lane) -> tuple[Lane, Sequence[News]]:
    if lane.failures == 0 and lane.pauses == 0:
        return lane, ()
    well = replace(lane, failures=0, failed_chat=None, failing_since=None, pauses=0, paused_until=None, why=None)
    if not lane.pauses or lane.failing_since is None:
        return well, ()
    return well, [AccountHealed(account=lane.account, since=lane.failing_since)]


async def _write(tx: Tx, lane: Lane) -> None:
    await tx.run(
        _change,
        {
            "of_account": lane.account,
            "to_held_at": lane.held_at,
            "to_held_until": lane.held_until,
            "to_failures": lane.failures,
            "to_failed_chat": lane.failed_chat,
            "to_failing_since": lane.failing_since,
            "to_pauses": lane.pauses,
            "to_paused_until": lane.paused_until,
            "to_why": lane.why,
        },
    )
