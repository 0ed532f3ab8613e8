"""One try to say one message, and what its failure means: for the message, and for the whole account.

Blocked is for ever. Rate limited, a month that is used up and a refused token close the account, and were no try.
Transient is tried again with growing pauses. Outcome unknown is what `SAID_AGAIN` says.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from msgspec import structs

from bot.chat import (
    AddressBlocked,
    Channel,
    Claimed,
    Delivery,
    DeliveryFailure,
    File,
    OutboxState,
    Outcome,
    OutcomeUnknown,
    Paper,
    Priority,
    QuotaExhausted,
    RateLimited,
    TokenRefused,
    TransientFailure,
)
from bot.clock import Clock

log = structlog.get_logger()

SAID_AGAIN: Mapping[Priority, bool] = {
    Priority.ANSWER: True,  # somebody waits for it, and would think that nothing was recorded
    Priority.NOTICE: True,  # a meeting, its change, its cancellation, a reply: who misses one misses the meeting
    Priority.REMINDER: True,  # who hears none is asked by nobody else
    Priority.BROADCAST: False,  # nobody waits for it, and a thousand people would be told twice
}
"""What was written to the messenger and not answered: is it said once more, or left `uncertain`? Why:
docs/decisions/0004-said-twice.md."""
LAST_ATTEMPT = 150
"""With the pauses between them, about a day: a messenger that is out of reach for an evening costs nobody a notice."""
LAST_MAKING = 3
"""Tries for a paper that is `NotMade`."""

MakeFile = Callable[[Paper], Awaitable[File]]
"""Makes, or fetches, the file of a message; called after the commit, outside any transaction of the sender."""


class NotMade(TransientFailure):
    """The paper could not be made, for a reason that nobody thought of."""


class Attempts:
    """The tries of one account."""

    def __init__(self, *, channel: Channel, make_file: MakeFile, clock: Clock) -> None:
        self._channel = channel
        self._make_file = make_file
        self._clock = clock

    def needs_file(self, row: Claimed) -> bool:
        """Whether something has to be made before the message can go out."""
        return row.message.paper is not None and self._channel.capabilities.files

    async def make(self, row: Claimed) -> File | Outcome:
        """The message's file, or what became of the row because there is none."""
        assert row.message.paper is not None
        try:
            await self._channel.typing(row.address.chat)
            return await self._make_file(row.message.paper)
        except DeliveryFailure as failure:
            return self._judge(row, failure, tried=False)
        except Exception:
            log.exception("delivery_incident", account=row.address.account, outbox_id=row.id)
            return self._judge(row, NotMade("unexpected error"), tried=False)

    async def say(self, row: Claimed, file: File | None) -> Outcome:
        """Say it."""
        replaces = row.replaces if self._channel.capabilities.edit else None
        delivery = Delivery(key=str(row.id), chat=row.address.chat, message=row.message, file=file, replaces=replaces)
        try:
            external_id = await self._channel.send(delivery)
        except DeliveryFailure as failure:
            return self._judge(row, failure)
        except Exception:
            # A mistake of ours, which says nothing of the messenger.
            log.exception("delivery_incident", account=row.address.account, outbox_id=row.id)
            return self._judge(row, OutcomeUnknown("unexpected error"), tried=False)
        return Outcome(id=row.id, state=OutboxState.SENT, external_id=external_id, reached=True)

    def _judge(self, row: Claimed, failure: DeliveryFailure, *, tried: bool = True) -> Outcome:
        log.info("delivery_failed", account=row.address.account, outbox_id=row.id, why=type(failure).__name__)
        why = str(failure)
        match failure:
            case AddressBlocked():
                return ended(row, OutboxState.BLOCKED, why, reached=True)
            case RateLimited(after=after):
                return given_back(row, why, reached=True, hold=after)
            case QuotaExhausted():
                return given_back(row, why, reached=True, quota_gone=True)
            case TokenRefused():
                return given_back(row, why, refused=True)
            case _:
                # What failed before anything was sent says nothing of the messenger.
                reached = False if tried and isinstance(failure, TransientFailure | OutcomeUnknown) else None
                return self._tried(row, failure, reached=reached)

    def _tried(self, row: Claimed, failure: DeliveryFailure, *, reached: bool | None) -> Outcome:
        again = _again(row, failure, now=self._clock.now(), reached=reached)
        match failure:
            case OutcomeUnknown() if SAID_AGAIN[row.priority] and not row.doubtful:
                return structs.replace(again, doubtful=True)
            case TransientFailure() if row.attempts < (LAST_MAKING if isinstance(failure, NotMade) else LAST_ATTEMPT):
                return again
            case _:
                in_doubt = row.doubtful or isinstance(failure, OutcomeUnknown)
                state = OutboxState.UNCERTAIN if in_doubt else OutboxState.FAILED
                return ended(row, state, str(failure), reached=reached)


def given_back(
    row: Claimed,
    why: str | None = None,
    *,
    reached: bool | None = None,
    hold: float | None = None,
    quota_gone: bool = False,
    refused: bool = False,
) -> Outcome:
    """Nothing was said, and it was no try."""
    return Outcome(
        id=row.id,
        state=OutboxState.QUEUED,
        failure=why,
        counts=False,
        reached=reached,
        hold=hold,
        quota_gone=quota_gone,
        refused=refused,
    )


def ended(row: Claimed, state: OutboxState, why: str, *, reached: bool | None) -> Outcome:
    """It is not tried again."""
    return Outcome(id=row.id, state=state, failure=why, reached=reached)


def _again(row: Claimed, failure: DeliveryFailure, *, now: datetime, reached: bool | None) -> Outcome:
    due_at = now + back_off(row.attempts)
    return Outcome(id=row.id, state=OutboxState.QUEUED, due_at=due_at, failure=str(failure), reached=reached)


def back_off(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes."""
    return timedelta(seconds=min(2.0 ** min(attempts, 30), 600.0))
