"""Browsers that are signed in on the page. A session belongs to a chat of the page; whose chat that is, the linked
addresses say. Only a keyed hash of the browser's cookie is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, exists, insert, or_, select, update

from bot.chat import Address
from bot.domain.ids import PersonId
from bot.domain.page import GUEST_VALID, Device
from storage.database import Row, Tx
from storage.schema import addresses, mails, page_sessions, page_subscriptions

LEFT = timedelta(hours=1)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in. `expires_at` is the latest end; doing nothing for long ends it earlier."""

    id: int
    address: Address
    device: Device
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


_is_open = and_(
    page_sessions.c.ended_at.is_(None),
    page_sessions.c.expires_at > bindparam("now"),
    page_sessions.c.seen_at > bindparam("idle_since"),
)
_linked = and_(
    addresses.c.account == page_sessions.c.account,
    addresses.c.chat == page_sessions.c.chat,
    addresses.c.unlinked_at.is_(None),
)
_newest_first = page_sessions.c.seen_at.desc(), page_sessions.c.id.desc()
_with_hash = select(page_sessions).where(page_sessions.c.token_hash == bindparam("token_hash"), _is_open)
_of_person = (
    select(page_sessions)
    .join(addresses, _linked)
    .where(addresses.c.person_id == bindparam("person"), _is_open)
    .order_by(*_newest_first)
)
_add = insert(page_sessions).returning(page_sessions.c.id)
_touch = update(page_sessions).where(page_sessions.c.id == bindparam("session")).values(seen_at=bindparam("now"))
_end = (
    update(page_sessions)
    .where(page_sessions.c.id == bindparam("session"), page_sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), expires_at=bindparam("now"))
)
_end_all = (
    update(page_sessions)
    .where(
        page_sessions.c.account == bindparam("of_account"),
        page_sessions.c.chat == bindparam("of_chat"),
        page_sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"), expires_at=bindparam("now"))
)
_over = or_(
    page_sessions.c.expires_at <= bindparam("until"),
    and_(page_sessions.c.started_at <= bindparam("guests_until"), ~exists().where(_linked)),
)
_oldest = select(page_sessions.c.id).where(_over).order_by(page_sessions.c.id).limit(bindparam("size", type_=Integer))
_by_id = select(page_sessions).where(page_sessions.c.id == bindparam("session"))
_delete = delete(page_sessions).where(page_sessions.c.id == bindparam("session"))
_delete_subscriptions = delete(page_subscriptions).where(page_subscriptions.c.session_id == bindparam("session"))
_forget_mails = delete(mails).where(
    mails.c.account == bindparam("of_account"),
    mails.c.chat == bindparam("of_chat"),
    ~exists().where(
        addresses.c.account == mails.c.account, addresses.c.chat == mails.c.chat, addresses.c.unlinked_at.is_(None)
    ),
)


def _to_session(row: Row) -> Session:
    return Session(
        id=row.id,
        address=Address(row.account, row.chat),
        device=Device(row.device),
        started_at=row.started_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )


def _open(tx: Tx, idle: timedelta) -> dict[str, Any]:
    return {"now": tx.now, "idle_since": tx.now - idle}


async def add(tx: Tx, *, token_hash: str, address: Address, device: Device, longest: timedelta) -> int:
    """Sign a browser in; the session's id."""
    values = {
        "token_hash": token_hash,
        "account": address.account,
        "chat": address.chat,
        "device": device.value,
        "started_at": tx.now,
        "seen_at": tx.now,
        "expires_at": tx.now + longest,
    }
    return await tx.insert_id(_add, values)


async def with_hash(tx: Tx, token_hash: str, *, idle: timedelta) -> Session | None:
    """The session of this browser, while it is signed in."""
    row = await tx.first(_with_hash, {"token_hash": token_hash, **_open(tx, idle)})
    return _to_session(row) if row else None


async def of_person(tx: Tx, person: PersonId, *, idle: timedelta) -> Sequence[Session]:
    """Where the person is signed in, the browser that was used last first."""
    return [_to_session(row) for row in await tx.all(_of_person, {"person": person, **_open(tx, idle)})]


async def touch(tx: Tx, session: int) -> None:
    """It was used just now."""
    await tx.run(_touch, {"session": session, "now": tx.now})


async def end(tx: Tx, session: int) -> bool:
    """Sign a browser out; False when it was before."""
    return await tx.run(_end, {"session": session, "now": tx.now}) == 1


async def end_all(tx: Tx, address: Address) -> int:
    """Sign out every browser of a chat; how many that were."""
    return await tx.run(_end_all, {"of_account": address.account, "of_chat": address.chat, "now": tx.now})


async def over(tx: Tx) -> Sequence[int]:
    """Some sessions that are over, or that a guest began too long ago. What was said last may still be on its way into
    their chat: so they are left for an hour."""
    until = tx.now - LEFT
    values = {"until": until, "guests_until": until - GUEST_VALID, "size": _AT_ONCE}
    return [row.id for row in await tx.all(_oldest, values)]


async def forget(tx: Tx, session: int) -> None:
    """Delete a session that is over, and what was said in its chat if that is nobody's (any more)."""
    row = await tx.first(_by_id, {"session": session})
    if row is None:
        return
    await tx.run(_delete_subscriptions, {"session": session})
    await tx.run(_delete, {"session": session})
    await tx.run(_forget_mails, {"of_account": row.account, "of_chat": row.chat})
