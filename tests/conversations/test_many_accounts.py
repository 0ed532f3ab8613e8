"""One bot for each cell: slips name it, and who comes to another cell's bot is told where to go."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from inline_snapshot import snapshot

from bot.channels.zalo import CAPABILITIES as ZALO
from bot.doors import Door
from tests.world import ACCOUNT, Recorder, Voice, World

FIRST, SECOND = "thon-1", "thon-2"
DOORS = (
    Door(account=ACCOUNT, messenger="Telegram", name="@xa_mau_bot", start="https://t.example/xa_mau_bot?start="),
    Door(account=FIRST, messenger="Zalo", unit="chi bo thon 1", name="Bốn Tốt Thôn 1", link="https://zalo.example/1"),
    Door(account=SECOND, messenger="Zalo", unit="Chi bộ thôn 2, Đảng ủy xã Mẫu", name="Bốn Tốt Thôn 2"),
)


@pytest.fixture
async def village(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A commune with a bot for all on Telegram, and two cells with a Zalo bot each."""
    zalos = [Recorder(account=account, capabilities=ZALO) for account in (FIRST, SECOND)]
    world = await World.copy(template, tmp_path / "village.db", doors=DOORS, also=zalos)
    yield world
    await world.close()


async def slips(leader: Voice) -> list[list[str]]:
    """The slips of everybody in the cell who has not joined: the lines of each, and what is below its picture."""
    await leader.says("/phieumoi")
    await leader.presses(next(one.label for one in leader.buttons if one.label.startswith("Làm phiếu cho")))
    await leader.presses("Làm phiếu")
    rows = Document(BytesIO(leader.files()[-1].content)).tables[0].rows
    return [[line.text for cell in row.cells for line in cell.paragraphs if line.text] for row in rows]


def code_on(slip: list[str]) -> str:
    """The code that somebody types."""
    return next(line.removeprefix("Mã mời: ") for line in slip if line.startswith("Mã mời: "))


async def test_slips_name_the_bot_of_the_cell(village: World) -> None:
    """On each messenger the nearest bot: the cell's own on Zalo with a picture of its link, the commune's on Telegram."""
    bi_thu = await village.secretary("Trần Văn Bí")
    await village.member("Nguyễn Thị An", linked=False)
    assert (await slips(bi_thu))[0][4:] == snapshot(
        [
            "Cách 1: dùng điện thoại quét hình bên, rồi gõ mã mời.",
            "Cách 2: gõ mã mời vào ô trò chuyện với Bốn Tốt Thôn 1 trên Zalo hoặc @xa_mau_bot trên Telegram.",
            "Không dùng điện thoại thông minh: đồng chí bí thư sẽ ghi giúp.",
            "zalo.example/1",
        ]
    )
    khac = await village.secretary("Lê Thị Khác", cell="Chi bộ thôn 2")
    await village.member("Vũ Văn Xa", cell="Chi bộ thôn 2", linked=False)
    assert (await slips(khac))[0][4:] == snapshot(
        [
            "Cách 1: dùng điện thoại quét hình bên, rồi bấm Bắt đầu.",
            "Cách 2: gõ mã mời vào ô trò chuyện với Bốn Tốt Thôn 2 trên Zalo hoặc @xa_mau_bot trên Telegram.",
            "Không dùng điện thoại thông minh: đồng chí bí thư sẽ ghi giúp.",
            "t.example/xa_mau_bot?start=HV47KT6MR5ZP",
        ]
    )


async def test_a_code_of_another_cell_is_sent_to_its_own_bot(village: World) -> None:
    """It is not used up, nothing is kept of the guest, and at the right bot the same code lets them in."""
    bi_thu = await village.secretary("Trần Văn Bí")
    await village.member("Nguyễn Thị An", linked=False)
    code = code_on((await slips(bi_thu))[0])
    astray = await village.stranger("an", account=SECOND).says(code)
    assert astray.heard() == snapshot(
        [
            """\
Mã mời của đồng chí đúng, nhưng nơi trò chuyện này dành cho chi bộ khác. Mong đồng chí gõ mã ở Bốn Tốt Thôn 1 trên Zalo hoặc @xa_mau_bot trên Telegram. Mã chưa bị dùng, còn hiệu lực đến hết ngày 03/02/2027.

Mở đúng nơi trò chuyện: https://zalo.example/1\
"""
        ]
    )
    an = await village.stranger("an", account=FIRST).says(code)
    assert "Kính chào đồng chí. Trước khi tham gia" in an.last
    everybody = await village.stranger("an on telegram").starts(code.replace("-", ""))
    assert "Kính chào đồng chí. Trước khi tham gia" in everybody.last


async def test_where_no_bot_is_theirs_any_will_do(template: Path, tmp_path: Path) -> None:
    """An officer of the commune joins at a cell's bot when there is none for the commune."""
    zalo = Recorder(account=FIRST, capabilities=ZALO)
    world = await World.copy(template, tmp_path / "cells.db", doors=DOORS[1:], also=[zalo])
    admin = await world.officer("Phạm Thị Quản", admin=True)
    await world.member("Đỗ Văn Phòng", cell="Chi bộ cơ quan", linked=False)
    await admin.says("/phieumoi")
    await admin.presses(next(one.label for one in admin.buttons if one.label.startswith("Làm phiếu cho")))
    await admin.presses("Làm phiếu")
    rows = Document(BytesIO(admin.files()[-1].content)).tables[0].rows
    slip = [line.text for line in rows[0].cells[0].paragraphs]
    assert slip[4] == "Cách tham gia: gõ mã mời vào ô trò chuyện với hệ thống."
    phong = await world.stranger("phong", account=FIRST).says(code_on(slip))
    assert "Kính chào đồng chí. Trước khi tham gia" in phong.last
    await world.close()


async def test_who_is_linked_stays_linked(village: World) -> None:
    """Somebody of another cell who is linked here is answered as everywhere: their own things are not refused."""
    an = await village.second(await village.member("Nguyễn Thị An", linked=False), account=SECOND)
    await an.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.last


async def test_a_name_that_two_units_have_is_nobodys(village: World) -> None:
    """Where the settings could mean two cells, the slip names neither's bot; with the committee behind a comma it does."""
    await village.committee("Đảng ủy xã Bên")
    await village.member("Hồ Thị Bên", cell=None, linked=False)
    bi_thu = await village.secretary("Trần Văn Bí")
    await village.cell("Chi bộ thôn 1 ", parent="Đảng ủy xã Bên")
    await village.member("Nguyễn Thị An", linked=False)
    assert not any("Zalo" in line for line in (await slips(bi_thu))[0])
    khac = await village.secretary("Lê Thị Khác", cell="Chi bộ thôn 2")
    await village.cell("Chi bộ thôn 2 ", parent="Đảng ủy xã Bên")
    await village.member("Vũ Văn Xa", cell="Chi bộ thôn 2", linked=False)
    assert any("Bốn Tốt Thôn 2" in line for line in (await slips(khac))[0])
