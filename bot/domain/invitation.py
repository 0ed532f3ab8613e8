"""An invitation: a code on paper with which one person joins, once, until a day.

The code is not kept. It is made of a seed, which the table keeps, and the installation's secret, which it does not: so
the printed sheet can be drawn again, and who steals the database alone learns no code.
"""

import hmac
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import instant_of, local
from bot.domain.codes import Code, CodeKind, make_code

VALID_DAYS = 30
"""An invitation can be used on the day it is issued and on so many days after it."""
SEED_BYTES = 16
"""Random bytes of a seed; it is kept as hexadecimal digits."""


class InvitationState(StrEnum):
    """What became of an invitation. Only a LIVE one lets somebody in."""

    LIVE = "live"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


def invitation_code(seed: str, *, pepper: bytes) -> Code:
    """The code of a seed: always the same under the same secret."""
    if not pepper:
        raise ValueError("a code is not made without a pepper")
    return make_code(CodeKind.INVITATION, hmac.digest(pepper, b"invitation:" + seed.encode(), "sha256"))


def expiry(today: date) -> datetime:
    """The first instant at which an invitation issued today is no longer valid: the end of its last day."""
    return instant_of(today + timedelta(days=VALID_DAYS + 1), time())


def last_day(expires_at: datetime) -> date:
    """The last day, in Viet Nam, on which an invitation can be used."""
    return local(expires_at - timedelta.resolution).date()


def state_of(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """What became of the invitation by now."""
    if used_at is not None:
        return InvitationState.USED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.LIVE if now < expires_at else InvitationState.EXPIRED
