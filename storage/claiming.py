"""Rows of the outbox are claimed under a lease, with the places of their account's pace.

A sender that dies leaves its rows behind; when the lease has run out they are queued again and at worst said twice
(docs/decisions/0004-said-twice.md). Within a chat, rows go out by priority, then in the order they were written; a row
that waits for another try holds back those behind it. What was written for a person is said at no address that has
ceased to be theirs meanwhile: it is cancelled. So is what a message that moves said earlier than what stands there now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Update,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from bot.chat import Address, Claimed, Priority, decode_message
from bot.domain import quota
from bot.outgoing import Batch, News, Terms, Wish, earliest
from storage import lanes, quotas
from storage.database import Row, Tx
from storage.lists import padded
from storage.schema import addresses, lane_chats, outbox

URGENT = (Priority.ANSWER, Priority.NOTICE)
"""What somebody waits for or must know."""

SLACK = timedelta(minutes=5)
"""The clocks of those who send from one database may differ by so much."""

# States and priorities as the conditions of the indexes have them: what is bound could be anything to a planner.
QUEUED: ColumnElement[str] = literal_column("'queued'")
IN_FLIGHT: ColumnElement[str] = literal_column("'in_flight'")
_other = outbox.alias("other")


def _in_time(table: FromClause) -> ColumnElement[bool]:
    """It is not too late to say it: what is too late becomes missed with the next tick (storage/late.py)."""
    return or_(table.c.expires_at.is_(None), table.c.expires_at >= bindparam("now"))


_unfinished_before = (
    select(_other.c.id)
    .where(
        _other.c.account == outbox.c.account,
        _other.c.chat == outbox.c.chat,
        _other.c.finished_at.is_(None),
        or_(
            _other.c.state == IN_FLIGHT,
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
            outbox.c.state == QUEUED,
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
        outbox.c.state == IN_FLIGHT,
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


async def claim(tx: Tx, terms: Terms, wish: Wish) -> Batch:
    """Claim rows that may go out now, at most one a chat, for the time of the lease, with the places they need.

    Nothing while the account is held or pauses; one row when a pause or a month that is gone is over enough to be
    tested; answers and notices only, when what is left of the month is kept for them."""
    await tx.run(_release, {"now": tx.now, "beyond": tx.now + wish.lease + SLACK})
    changes = terms.can.per_second is not None or terms.can.monthly_quota is not None
    lane = await lanes.lane_for(tx, terms, changes=changes)
    if closed := lane.closed_until(tx.now) or _month_closed(lane, tx.now):
        return Batch(closed=True, again_at=closed)
    rows, urgent, again_at = _allowed(lane, terms, wish, tx.now)
    claimed, more = await _claimed(tx, terms, wish, rows=rows, urgent=urgent)
    news = await _counted(tx, lane, terms, claimed) if claimed else ()
    places = await lanes.take_places(tx, lane, terms, wish, count=wish.waiting + len(claimed) - wish.places)
    if terms.keeps_chats and not more:
        again_at = earliest(again_at, await lanes.next_chat(tx, terms.account))
    well = not lane.pauses and not lane.gone_at and terms.can.monthly_quota is None
    return Batch(rows=claimed, places=places, more=more, again_at=again_at, news=news, well=well)


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
