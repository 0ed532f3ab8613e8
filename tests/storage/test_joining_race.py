"""One code, two processes, one instant: through the front door, on both databases."""

import asyncio

import pytest

from bot.chat import Address, Incoming, Pressed
from storage.database import Database
from tests.slips import reads_to_the_end, sheet_of
from tests.world import ACCOUNT, Voice, World


@pytest.mark.parametrize("attempt", range(3))
async def test_of_two_processes_with_one_code_exactly_one_lets_in(
    database: Database, database_url: str, attempt: int
) -> None:
    """Two addresses press "Đúng" in two processes at once: one person, one link, one consent, and a clear answer."""
    one, other = await World.open(database_url), await World.open(database_url)
    try:
        ba = await one.secretary("Trần Văn Ba")
        an = await one.member("Nguyễn Thị An", linked=False)
        code = (await sheet_of(ba))["Nguyễn Thị An"]
        guests = [Voice(one, chat=f"one {attempt}"), Voice(other, chat=f"other {attempt}")]
        other.events = 1000
        for guest in guests:
            await guest.says(code)
            await reads_to_the_end(guest)
            await guest.presses("Đồng ý")
        await asyncio.gather(*(press_right(guest) for guest in guests))
        for guest in guests:
            await guest.world.app.sender.drain()
        async with database.read() as tx:
            linked = await tx.sql("SELECT person_id FROM addresses WHERE chat LIKE 'o%'")
            agreed = await tx.sql("SELECT person_id FROM consents")
            assert [tuple(row) for row in linked] == [tuple(row) for row in agreed] == [(an.person_id,)]
        heard = [line for guest in guests for world in (one, other) for line in Voice(world, chat=guest.chat).heard()]
        assert sum("*Đồng chí đã tham gia*" in line for line in heard) == 1
        assert sum("đã được dùng" in line for line in heard) == 1
    finally:
        await one.close()
        await other.close()


async def press_right(guest: Voice) -> None:
    """The last press, without waiting for what is said."""
    pressed = Pressed(guest.buttons[0].data, guest.bubbles[-1].id)
    incoming = Incoming(address=Address(ACCOUNT, guest.chat), event_id=f"race {guest.chat}", payload=pressed)
    await guest.world.app.router.handle(incoming)
