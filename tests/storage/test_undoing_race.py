"""One link, two presses of "Gỡ tài khoản" at one instant, in two processes: on both databases."""

import asyncio

from bot.chat import Address, Incoming, Pressed
from storage.database import Database
from tests.slips import joins, sheet_of
from tests.world import ACCOUNT, Voice, World


async def test_undoing_twice_at_once_says_it_once(database: Database, database_url: str) -> None:
    """One of the two did it; the other hears that it was done; the account that was unlinked hears it once."""
    one, other = await World.open(database_url), await World.open(database_url)
    try:
        ba = await one.secretary("Trần Văn Ba")
        bon = await one.secretary("Lê Văn Bốn")
        await one.member("Nguyễn Thị An", linked=False)
        guest = one.stranger("guest")
        await joins(guest, (await sheet_of(ba))["Nguyễn Thị An"])
        link = ba.buttons[0].data.split(":")[1]
        for voice in (ba, bon, guest):
            voice.heard()
        await asyncio.gather(*(_press(world, voice, link) for world, voice in ((one, ba), (other, bon))))
        await one.app.sender.drain()
        heard = [line for voice in (ba, bon) for line in voice.heard()]
        assert sorted(line.split("(")[0] for line in heard) == [
            "*Đã gỡ tài khoản khỏi tên đồng chí Nguyễn Thị An ",
            "Tài khoản này đã được gỡ khỏi tên đồng chí Nguyễn Thị An ",
        ]
        assert len(guest.heard()) == 1
    finally:
        await one.close()
        await other.close()


async def _press(world: World, voice: Voice, link: str) -> None:
    pressed = Pressed(f"link-undo-yes:{link}", None)
    incoming = Incoming(address=Address(ACCOUNT, voice.chat), event_id=f"race {voice.chat}", payload=pressed)
    await world.app.router.handle(incoming)
