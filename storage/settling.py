"""What became of claimed rows is written down once, with what it says of their addresses and of the account."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Boolean, Integer, bindparam, delete, func, or_, select, update

from bot.chat import Address, OutboxState, Outcome
from bot.outgoing import AddressLost, News, Terms
from storage import lanes, quotas
from storage.database import Tx
from storage.lists import padded
from storage.outbox import block
from storage.schema import outbox

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


async def settle(tx: Tx, terms: Terms, outcomes: Sequence[Outcome]) -> Sequence[News]:
    """Write down what became of claimed rows; of one that is not in flight (any more), nothing. BLOCKED also marks the
    address and all that waits for it. What they say of the account is kept too."""
    if not outcomes:
        return ()
    lane = await lanes.lane_for(tx, terms, changes=_changes_lane(terms, outcomes))
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
