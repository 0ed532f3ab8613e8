"""The outbox as the sender needs it: rows claimed under a lease, and what became of them.

A sender that dies leaves its rows behind; when the lease has run out they are queued again and at worst said twice
(docs/decisions/0004-said-twice.md). Within a chat, rows go out by priority, then in the order they were written; a row
that waits for another try holds back those behind it. What was written for a person is said at no address that has
ceased to be theirs meanwhile: it is cancelled. So is what a message that moves said earlier than what stands there now.

What became of a batch is written down and the next batch is claimed in one transaction, with the places of the
account's pace, its month's count and its pauses (storage/lanes.py, storage/quotas.py): a commit a batch.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.chat import Address, Claimed, OutboxState, Outcome, Priority, decode_message
from bot.domain import quota
from bot.outgoing import AddressLost, Batch, News, OutboxUnavailable, Terms, Wish, earliest
from storage import lanes, quotas, rerouting
from storage.database import Database, Row, StorageUnavailable, Tx
from storage.lists import padded
from storage.outbox import block
from storage.schema import addresses, lane_chats, outbox

URGENT = (Priority.ANSWER, Priority.NOTICE)
"""What somebody waits for or must know."""

SLACK = timedelta(minutes=5)
"""The clocks of those who send from one database may differ by so much."""

# States and priorities as the conditions of the indexes have them: what is bound could be anything to a planner.
_QUEUED: ColumnElement[str] = literal_column("'queued'")
_IN_FLIGHT: ColumnElement[str] = literal_column("'in_flight'")
_other = outbox.alias("other")


def _in_time(table: FromClause) -> ColumnElement[bool]:
    """It is not too late to say it: what is too late becomes missed with the next tick (storage/late.py)."""
    return or_(table.c.expires_at.is_(None), table.c.expires_at >= bindparam("now"))


_unfinished_before = (
    select(_other.c.id)
    .where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.state.in_([_QUEUED, _IN_FLIGHT]),
        or_(
            _other.c.state == _IN_FLIGHT,
            and_(
                or_(_other.c.due_at <= bindparam("now"), _other.c.failure.is_not(None)),
                _in_time(_other),
                or_(
                    _other.c.priority < outbox.c.priority,
                    and_(_other.c.priority == outbox.c.priority, _other.c.id < outbox.c.id),
                ),
            ),
        ),
    )
    .exists()
)
_chat_is_open = ~exists().where(
    lane_chats.c.account == outbox.c.account,
    lane_chats.c.chat == outbox.c.chat,
    lane_chats.c.next_at > bindparam("now"),
)


def _claiming(priorities: Sequence[Priority], *, keeps_chats: bool) -> Update:
    may = (
        select(outbox.c.id)
        .where(
            outbox.c.state == _QUEUED,
            outbox.c.account == bindparam("of_account"),
            outbox.c.priority.in_([literal_column(str(int(priority))) for priority in priorities]),
            outbox.c.due_at <= bindparam("now"),
            _in_time(outbox),
            ~_unfinished_before,
        )
        .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.id)
        .limit(bindparam("size", type_=Integer))
        .with_for_update(skip_locked=True)
    )
    if keeps_chats:
        may = may.where(_chat_is_open)
    return (
        update(outbox)
        .where(outbox.c.id.in_(may))
        .values(state="in_flight", lease_until=bindparam("lease"), attempts=outbox.c.attempts + 1)
        .returning(
            outbox.c.id,
            outbox.c.account,
            outbox.c.chat,
            outbox.c.body,
            outbox.c.priority,
            outbox.c.replaces,
            outbox.c.slot,
            outbox.c.attempts,
            outbox.c.doubtful,
        )
    )


_claims = {
    (urgent, keeps_chats): _claiming(URGENT if urgent else tuple(Priority), keeps_chats=keeps_chats)
    for urgent in (False, True)
    for keeps_chats in (False, True)
}
_not_theirs_any_more = and_(
    outbox.c.person_id.is_not(None),
    ~exists().where(
        addresses.c.account == outbox.c.account,
        addresses.c.chat == outbox.c.chat,
        addresses.c.person_id == outbox.c.person_id,
        addresses.c.unlinked_at.is_(None),
    ),
)
_overtaken = and_(
    outbox.c.slot.is_not(None),
    outbox.c.priority != int(Priority.ANSWER),
    exists().where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.id > outbox.c.id,
        _other.c.slot == outbox.c.slot,
        _other.c.external_id.is_not(None),
    ),
)
_withdraw = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("claimed", expanding=True)), or_(_not_theirs_any_more, _overtaken))
    .values(state="cancelled", lease_until=None, finished_at=bindparam("now"))
    .returning(outbox.c.id)
)
_release = (
    update(outbox)
    .where(
        outbox.c.state == _IN_FLIGHT,
        # A lease beyond every lease was written by a clock that has been set back since.
        or_(outbox.c.lease_until < bindparam("now"), outbox.c.lease_until > bindparam("beyond")),
    )
    # What nobody finished says nothing of the messenger: it lengthens no pause.
    .values(state="queued", lease_until=None, doubtful=True, attempts=outbox.c.attempts - 1)
)
_newest_in_slot = (
    select(outbox.c.external_id)
    .where(
        outbox.c.account == bindparam("account"),
        outbox.c.chat == bindparam("chat"),
        outbox.c.slot == bindparam("slot"),
        outbox.c.external_id.is_not(None),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_tried = (
    select(outbox.c.id, outbox.c.account, outbox.c.chat, outbox.c.forget)
    .where(outbox.c.id.in_(bindparam("rows", expanding=True)), outbox.c.state == "in_flight")
    .order_by(outbox.c.id)
    .with_for_update()
)
_settle = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        due_at=func.coalesce(bindparam("to_due", type_=outbox.c.due_at.type), outbox.c.due_at),
        lease_until=None,
        external_id=bindparam("to_external"),
        failure=bindparam("to_failure"),
        attempts=outbox.c.attempts - bindparam("uncounted", type_=Integer),
        doubtful=or_(outbox.c.doubtful, bindparam("to_doubtful", type_=Boolean)),
        finished_at=bindparam("to_finished"),
    )
)
_settle_sent = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state="sent",
        lease_until=None,
        external_id=bindparam("to_external"),
        failure=None,
        finished_at=bindparam("to_finished"),
    )
)
_forget_sent = delete(outbox).where(outbox.c.id.in_(bindparam("rows", expanding=True)))
# Accounts of which something is queued, one step in the index for each; then whether anything of them is due.
_queued_in = select(outbox.c.account).where(outbox.c.state == _QUEUED).order_by(outbox.c.account).limit(1)
_accounts = select(_queued_in.scalar_subquery().label("account")).cte("accounts", recursive=True)
_accounts = _accounts.union_all(
    select(_queued_in.where(outbox.c.account > _accounts.c.account).scalar_subquery()).where(
        _accounts.c.account.is_not(None)
    )
)


def _first_due(priority: Priority) -> ScalarSelect[datetime]:
    return (
        select(outbox.c.due_at)
        .where(
            outbox.c.state == _QUEUED,
            outbox.c.account == _accounts.c.account,
            outbox.c.priority == literal_column(str(int(priority))),
        )
        .order_by(outbox.c.due_at)
        .limit(1)
        .scalar_subquery()
    )


_ready = select(_accounts.c.account).where(
    _accounts.c.account.is_not(None), or_(*(_first_due(priority) <= bindparam("now") for priority in Priority))
)
_left = select(outbox.c.account).where(outbox.c.state == _IN_FLIGHT, outbox.c.lease_until < bindparam("now"))


# ----------------------------------------------------------------------------------------- claiming


async def claim(tx: Tx, terms: Terms, wish: Wish) -> Batch:
    """Claim rows that may go out now, at most one a chat, for the time of the lease, with the places they need.

    Nothing while the account is held or pauses; one row when a pause or a month that is gone is over enough to be
    tested; answers and notices only, when what is left of the month is kept for them."""
    await tx.run(_release, {"now": tx.now, "beyond": tx.now + wish.lease + SLACK})
    lane = await _lane(tx, terms, changes=terms.can.per_second is not None or terms.can.monthly_quota is not None)
    if closed := lane.closed_until(tx.now) or _month_closed(lane, tx.now):
        return Batch(closed=True, again_at=closed)
    rows, urgent, again_at = _allowed(lane, terms, wish, tx.now)
    claimed, more = await _claimed(tx, terms, wish, rows=rows, urgent=urgent)
    news = await _counted(tx, lane, terms, claimed) if claimed else ()
    places = await lanes.take_places(tx, lane, terms, wish, count=wish.waiting + len(claimed) - wish.places)
    if terms.keeps_chats and not more:
        again_at = earliest(again_at, await lanes.next_chat(tx, terms.account))
    return Batch(rows=claimed, places=places, more=more, again_at=again_at, news=news)


async def _lane(tx: Tx, terms: Terms, *, changes: bool) -> lanes.Lane:
    """The account's kept row. Where nothing of it is changed, senders need not wait for each other."""
    lane = await lanes.lane_of(tx, terms.account, to_change=changes)
    if not changes and (lane.failures or lane.pauses or lane.gone_at):
        return await lanes.lane_of(tx, terms.account, to_change=True)
    return lane


def _month_closed(lane: lanes.Lane, now: datetime) -> datetime | None:
    """Until when nothing goes out because the messenger said that the month's messages are gone."""
    if lane.gone_at is None or lane.probe_at is None or lane.probe_at <= now or lane.probe_at > now + quota.PROBE:
        return None
    return min(lane.probe_at, quota.month_ends(now))


def _allowed(lane: lanes.Lane, terms: Terms, wish: Wish, now: datetime) -> tuple[int, bool, datetime | None]:
    """How many rows, whether only urgent ones, and when there may be more."""
    if lane.pauses or lane.gone_at:
        return min(wish.rows, 1), False, None
    before = quota.before_reserve(lane.used, terms.can.monthly_quota)
    if before is None or wish.urgent:
        return wish.rows, wish.urgent, None
    if before == 0:
        return wish.rows, True, quota.month_ends(now)
    return min(wish.rows, before), False, None


async def _claimed(tx: Tx, terms: Terms, wish: Wish, *, rows: int, urgent: bool) -> tuple[Sequence[Claimed], bool]:
    """The rows, and whether there may be more."""
    values = {"now": tx.now, "of_account": terms.account, "size": rows, "lease": tx.now + wish.lease}
    statement = _claims[urgent, terms.keeps_chats]
    while rows > 0 and (found := await tx.all(statement, values)):
        # An address may be unlinked while a transaction that writes to it is under way.
        ids = [row.id for row in found]
        withdrawn = {row.id for row in await tx.all(_withdraw, {"claimed": padded(ids), "now": tx.now})}
        theirs = [row for row in found if row.id not in withdrawn]
        if theirs:
            in_order = sorted(theirs, key=lambda row: (row.priority, row.id))
            return [await _read(tx, row) for row in in_order], len(found) == rows
    return [], False


async def _read(tx: Tx, row: Row) -> Claimed:
    replaces = row.replaces
    if row.slot is not None and row.priority != Priority.ANSWER:
        replaces = await tx.scalar(_newest_in_slot, {"account": row.account, "chat": row.chat, "slot": row.slot})
    return Claimed(
        id=row.id,
        address=Address(row.account, row.chat),
        message=decode_message(row.body),
        priority=Priority(row.priority),
        replaces=replaces,
        attempts=row.attempts,
        doubtful=row.doubtful,
    )


async def _counted(tx: Tx, lane: lanes.Lane, terms: Terms, claimed: Sequence[Claimed]) -> Sequence[News]:
    if lane.pauses:
        await lanes.probe(tx, lane)
    if lane.gone_at is not None:
        await quotas.probe(tx, terms.account, since=lane.gone_at)
    if terms.can.monthly_quota is None:
        return ()
    reached = await quotas.count(tx, terms.account, len(claimed), limit=terms.can.monthly_quota)
    return [reached] if reached else ()


async def release_all(tx: Tx) -> None:
    """Queue again every row in flight: for the start of the only process on a database."""
    end = datetime.max.replace(tzinfo=tx.now.tzinfo)
    await tx.run(_release, {"now": end, "beyond": end})


async def ready(tx: Tx) -> frozenset[str]:
    """The accounts that have something to do now: rows that are due, or that a sender has left behind."""
    found = [*await tx.all(_ready, {"now": tx.now}), *await tx.all(_left, {"now": tx.now})]
    return frozenset(row.account for row in found)


# ----------------------------------------------------------------------------------------- settling


async def settle(tx: Tx, terms: Terms, outcomes: Sequence[Outcome]) -> Sequence[News]:
    """Write down what became of claimed rows; of one that is not in flight (any more), nothing. BLOCKED also marks the
    address and all that waits for it. What they say of the account is kept too."""
    if not outcomes:
        return ()
    lane = await _lane(tx, terms, changes=_changes_lane(terms, outcomes))
    rows = {row.id: row for row in await tx.all(_tried, {"rows": padded(sorted({one.id for one in outcomes}))})}
    ours: dict[int, Outcome] = {}
    for outcome in outcomes:
        if outcome.id in rows:
            ours.setdefault(outcome.id, outcome)
    settled = list(ours.values())
    await _write(tx, settled)
    news: list[News] = []
    for outcome in settled:
        address = Address(rows[outcome.id].account, rows[outcome.id].chat)
        if outcome.state is OutboxState.BLOCKED and await block(tx, address):
            news.append(AddressLost(address=address))
    if forgotten := [one.id for one in settled if one.state is not OutboxState.QUEUED and rows[one.id].forget]:
        await tx.run(_forget_sent, {"rows": padded(forgotten)})
    news += await lanes.note(tx, lane, [(one, rows[one.id].chat) for one in settled])
    news += await _settle_quota(tx, lane, terms, settled)
    await lanes.spoken(tx, terms, {rows[one.id].chat for one in settled if one.counts})
    return news


def _changes_lane(terms: Terms, outcomes: Iterable[Outcome]) -> bool:
    return terms.keeps_chats or any(
        one.reached is False or one.refused or one.quota_gone or one.hold is not None for one in outcomes
    )


async def _write(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    plain = [one for one in outcomes if one.state is OutboxState.SENT]
    if plain:
        await tx.run(
            _settle_sent,
            [{"row": one.id, "to_external": one.external_id, "to_finished": tx.now} for one in plain],
        )
    others = [one for one in outcomes if one.state is not OutboxState.SENT]
    if others:
        await tx.run(
            _settle,
            [
                {
                    "row": outcome.id,
                    "to_state": outcome.state.value,
                    "to_due": outcome.due_at,
                    "to_external": outcome.external_id,
                    "to_failure": outcome.failure,
                    "uncounted": 0 if outcome.counts else 1,
                    "to_doubtful": outcome.doubtful,
                    "to_finished": None if outcome.state is OutboxState.QUEUED else tx.now,
                }
                for outcome in others
            ],
        )


async def _settle_quota(tx: Tx, lane: lanes.Lane, terms: Terms, outcomes: Sequence[Outcome]) -> Sequence[News]:
    limit = terms.can.monthly_quota
    if limit is not None:
        await quotas.take_off(tx, terms.account, sum(1 for one in outcomes if not _may_have_gone_out(one)))
    if any(one.quota_gone for one in outcomes):
        reached = await quotas.gone(tx, terms.account, limit=limit)
        return [reached] if reached else ()
    if lane.gone_at is not None and any(one.state is OutboxState.SENT for one in outcomes):
        await quotas.back(tx, terms.account)
    return ()


def _may_have_gone_out(outcome: Outcome) -> bool:
    return outcome.doubtful or outcome.state in (OutboxState.SENT, OutboxState.UNCERTAIN)


Tell = Callable[[Tx, Sequence[News]], Awaitable[None]]
"""Says what became known to whom it concerns, in the transaction in which it did."""


async def nobody_is_told(_tx: Tx, _news: Sequence[News]) -> None:
    """For where nobody listens."""


class StoredOutbox:
    """Implements `bot.delivery.Outbox`: every call a transaction of its own."""

    def __init__(self, database: Database, *, tell: Tell = nobody_is_told, can: rerouting.Can | None = None) -> None:
        """`can` says what the channel of an account can do: with it, what could not be said at one address of a person
        is said at another."""
        self._database = database
        self._tell = tell
        self._can = can

    async def exchange(self, terms: Terms, outcomes: Sequence[Outcome], wish: Wish | None) -> Batch:
        try:
            async with self._database.write() as tx:
                news = await settle(tx, terms, outcomes)
                if self._can is not None and outcomes:
                    await rerouting.settled(tx, outcomes, can=self._can)
                batch = await claim(tx, terms, wish) if wish is not None else Batch()
                batch = replace(batch, news=(*news, *batch.news))
                if batch.news:
                    await self._tell(tx, batch.news)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault
        return batch

    async def ready(self) -> frozenset[str]:
        try:
            async with self._database.glance() as tx:
                return await ready(tx)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault

    async def tidy(self) -> None:
        try:
            async with self._database.write() as tx:
                await lanes.forget_chats(tx)
        except StorageUnavailable as fault:
            raise OutboxUnavailable(str(fault)) from fault


async def release_leases(database: Database) -> None:
    """On SQLite, where this process is the only one: what an earlier run had in flight goes out again at once.
    On PostgreSQL others may be sending; there the leases run out by themselves."""
    if database.is_sqlite:
        async with database.write() as tx:
            await release_all(tx)
