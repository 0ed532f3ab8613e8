"""Our accounts at the messengers: what administrators see of them (/luongtin), and what they are told by themselves.

They are told once: when an account begins to fail, at each level of its month, when it has nearly as many people as it
may. Of an account that fails they are told at another one, where they have one.
"""

from bot.chat import Address, Message, Priority
from bot.domain import quota
from bot.domain.ids import PersonId
from bot.domain.reminder import hold
from bot.domain.rights import Right
from bot.outgoing import AccountHealed, AccountPaused, QuotaReached
from bot.texts import accounts as texts
from handlers.declare import Command
from handlers.registry import Offer
from handlers.turn import Act, Turn
from storage import accounts, addresses, outbox


def offer() -> Offer:
    """The command."""
    return Offer(
        commands=(
            Command(
                name="luongtin",
                right=Right.ADMIN,
                run=_command,
                about=texts.ABOUT_ACCOUNTS,
                also=texts.ACCOUNT_WORDS,
            ),
        )
    )


async def _command(turn: Turn, _rest: str) -> None:
    views = [_view(turn, found) for found in await accounts.overview(turn.tx)]
    turn.answer(texts.accounts(views, month=quota.month_of(turn.now)))


def _view(turn: Turn, found: accounts.Account) -> texts.AccountView:
    can = turn.house.can(found.key)
    return texts.AccountView(
        key=found.key,
        people=found.people,
        people_limit=can.people_limit,
        used=found.lane.used,
        limit=can.monthly_quota,
        waiting=found.waiting.rows,
        patient=found.waiting.patient,
        reserved=quota.is_reserved(found.lane.used, can.monthly_quota),
        gone=found.lane.gone_at is not None,
        paused_since=found.lane.failing_since if found.lane.pauses else None,
        closed_until=found.closed_until,
    )


# ------------------------------------------------------------------------------ told by themselves


async def paused(act: Act, news: AccountPaused) -> None:
    """An account has begun to fail."""
    message = texts.account_paused(account=news.account, why=news.why, since=news.since)
    due_at = hold(act.now, act.house.content.calendar.rest)
    for person in await accounts.administrators(act.tx):
        theirs = [one.address for one in await addresses.addresses_of(act.tx, person) if not one.blocked]
        address = accounts.elsewhere(theirs, news.account)
        if address is not None:
            key = f"paused:{news.account}:{news.since.isoformat()}:{person}"
            act.letters.append(
                outbox.Letter(
                    address=address,
                    message=message,
                    person_id=person,
                    priority=Priority.NOTICE,
                    unique_key=key,
                    batch=_batch(news.account),
                    due_at=due_at,
                )
            )


async def healed(act: Act, news: AccountHealed) -> None:
    """It speaks again: who was not told yet that it does not, need not be."""
    await outbox.cancel_batch(act.tx, _batch(news.account))


async def quota_reached(act: Act, news: QuotaReached) -> None:
    """So much of the month is used, or all."""
    if news.level == quota.GONE or news.limit is None:
        message = texts.quota_gone(account=news.account, used=news.used, month=news.month)
    else:
        message = texts.quota_reached(
            account=news.account,
            percent=news.level,
            used=news.used,
            limit=news.limit,
            month=news.month,
            reserved=news.level >= quota.RESERVED_FROM,
        )
    await _tell(act, message, key=f"quota:{news.account}:{news.month}:{news.level}:{news.limit}")


async def joined(act: Act, address: Address) -> None:
    """Somebody was linked at this address just now: is the account nearly full?"""
    limit = act.house.can(address.account).people_limit
    people = await accounts.people_at(act.tx, address.account) if limit is not None else 0
    if limit is not None and quota.people_mark(people, limit):
        message = texts.many_people(account=address.account, people=people, limit=limit)
        await _tell(act, message, key=f"people:{address.account}:{people}:{limit}")


async def _tell(act: Act, message: Message, *, key: str) -> None:
    due_at = hold(act.now, act.house.content.calendar.rest)
    told: list[PersonId] = list(await accounts.administrators(act.tx))
    for person in told:
        await act.tell(person, message, key=f"{key}:{person}", due_at=due_at)


def _batch(account: str) -> str:
    return f"paused:{account}"
