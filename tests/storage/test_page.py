"""Passes, sessions and subscriptions of the page, on both databases: the race, the ends, what is forgotten."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from bot.chat import Address, Delivery, Message
from bot.clock import MovableClock
from bot.domain.ids import PersonId
from bot.domain.page import ACCOUNT, GUEST_VALID, Device, PassKind, PassState, Patience
from storage import addresses, page_passes, page_sessions, people
from storage.database import Database, Tx
from storage.mailbox import StoredMailbox
from storage.page_subscriptions import StoredSubscriptions

HERE = Address(ACCOUNT, "here")
PATIENCE = Patience()


async def give(tx: Tx, person: PersonId, name: str = "a", *, kind: PassKind = PassKind.LINK) -> int:
    """A pass for an hour."""
    return await page_passes.add(
        tx,
        token_hash=name,
        kind=kind,
        person=person,
        target="",
        issued_by=None,
        expires_at=tx.now + timedelta(hours=1),
    )


async def sign_in(tx: Tx, name: str = "s", *, address: Address = HERE) -> int:
    """A session."""
    return await page_sessions.add(tx, token_hash=name, address=address, device=Device.IPHONE, longest=PATIENCE.longest)


async def test_of_two_who_use_a_pass_one_gets_in(database: Database) -> None:
    """Two transactions at once, on either database."""
    async with database.write() as tx:
        found = await give(tx, await people.add_person(tx, full_name="Nguyễn Thị An"))

    async def use() -> bool:
        async with database.write() as tx:
            return await page_passes.use(tx, found)

    assert sorted(await asyncio.gather(use(), use())) == [False, True]


async def test_a_pass_is_live_until_it_ends(database: Database, clock: MovableClock) -> None:
    """Used, revoked and expired are told apart; only codes are revoked where only codes are meant."""
    async with database.write() as tx:
        an = await people.add_person(tx, full_name="Nguyễn Thị An")
        await give(tx, an, "link")
        await give(tx, an, "code", kind=PassKind.CODE)
        assert await page_passes.revoke(tx, an, codes_only=True) == 1
        states = [(await page_passes.with_hash(tx, name)) for name in ("link", "code", "none")]
    assert [found and found.state for found in states] == [PassState.LIVE, PassState.REVOKED, None]
    clock.move_to(clock.now() + timedelta(hours=1))
    async with database.write() as tx:
        found = await page_passes.with_hash(tx, "link")
        assert found is not None and found.state is PassState.EXPIRED
        assert not await page_passes.use(tx, found.id)
        assert len(await page_passes.oldest(tx, until=tx.now)) == 1
        assert await page_passes.purge(tx, until=tx.now) == 2


async def test_a_session_ends_in_three_ways(database: Database, clock: MovableClock) -> None:
    """By being ended, by not being used, and in any case at its last instant."""
    async with database.write() as tx:
        ended, used, _idle = [await sign_in(tx, name) for name in ("ended", "used", "idle")]
        assert await page_sessions.end(tx, ended) and not await page_sessions.end(tx, ended)
    for _ in range(6):
        clock.move_to(clock.now() + timedelta(days=29))
        async with database.write() as tx:
            await page_sessions.touch(tx, used)
    async with database.read() as tx:
        found = [await page_sessions.with_hash(tx, name, idle=PATIENCE.idle) for name in ("ended", "used", "idle")]
    assert [session and session.id for session in found] == [None, used, None]
    clock.move_to(clock.now() + timedelta(days=6))
    async with database.read() as tx:
        assert await page_sessions.with_hash(tx, "used", idle=PATIENCE.idle) is None


async def test_what_is_forgotten_with_a_session(database: Database, clock: MovableClock) -> None:
    """An hour after its end a session goes, with its subscription, and with its conversation if that is nobody's."""
    mailbox = StoredMailbox(database, account=ACCOUNT)
    subscriptions = StoredSubscriptions(database, account=ACCOUNT, idle=PATIENCE.idle)
    theirs = Address(ACCOUNT, "theirs")
    async with database.write() as tx:
        an = await people.add_person(tx, full_name="Nguyễn Thị An")
        await addresses.link(tx, person=an, address=theirs)
        linked, guest = await sign_in(tx, "linked", address=theirs), await sign_in(tx, "guest")
        assert [one.id for one in await page_sessions.of_person(tx, an, idle=PATIENCE.idle)] == [linked]
    for number, address in enumerate((theirs, HERE)):
        await mailbox.add_out(Delivery(key=str(number), chat=address.chat, message=Message(text="xin chào")))
    await subscriptions.add(guest, "https://push.example/guest")
    clock.move_to(clock.now() + GUEST_VALID)
    async with database.write() as tx:
        assert await page_sessions.over(tx) == []
        assert await page_sessions.end_all(tx, theirs) == 1
    clock.move_to(clock.now() + page_sessions.LEFT)
    async with database.write() as tx:
        assert sorted(await page_sessions.over(tx)) == sorted([linked, guest])
        for session in (linked, guest):
            await page_sessions.forget(tx, session)
            await page_sessions.forget(tx, session)
        assert [tuple(row) for row in await tx.all(text("SELECT chat FROM mails"))] == [("theirs",)]
        assert await tx.all(text("SELECT id FROM page_subscriptions")) == []
