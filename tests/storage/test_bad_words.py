"""Words that a database might choke on, typed at the front door: PostgreSQL takes no NUL and no half of a character."""

from sqlalchemy import text

from bot.chat import FileSent, Started, Text
from storage.database import Database
from tests.conversations.bad_input import NASTY
from tests.conversations.pledge_rounds import open_round
from tests.world import Voice, World

ODD = [words for words in NASTY.values() if len(words) < 1000 and not words.isascii()] + ["a\x00b", "\x00", "/\x00"]


async def test_nothing_typed_fails_in_the_database(database: Database, database_url: str) -> None:
    """Idle, as one's own words, as a name to choose, as a notice, as a file's name: answered, never an incident."""
    world = await World.open(database_url)
    try:
        officer = await world.officer("Phạm Thị Văn Phòng")
        secretary = await world.secretary("Lê Văn Bí")
        an = await world.member("Nguyễn Thị An")
        number = await open_round(world)
        await an.says("/camket")
        for label in (*["Tiếp tục"] * 5, "Có", "Đoàn kết tốt, kỷ luật tốt"):
            await an.presses(label)
        await secretary.forges(f"pledge-behalf:{number}:{world.units['Chi bộ thôn 1']}")
        await officer.says("/thongbao")
        await officer.presses("Tất cả đảng viên")
        for words in ODD:
            for voice in (world.stranger(), an, secretary, officer):
                await _answered(voice, Text(words))
            if "Có" in [choice.label for choice in an.buttons]:
                await an.presses("Có")
                await an.presses("Đoàn kết tốt, kỷ luật tốt")
        for voice in (world.stranger(), an, officer):
            await _answered(voice, Started("\x00\ud800"))
            await _answered(voice, FileSent("\x00\ud800.xlsx", 3, b"abc"))
    finally:
        await world.close()
    async with database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM events WHERE incident IS NOT NULL")) == 0


async def _answered(voice: Voice, payload: Text | Started | FileSent) -> None:
    await voice.does(payload)
    assert voice.heard(), payload
