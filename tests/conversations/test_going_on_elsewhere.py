"""A draft that moves to our own page and back, files that are had there, and the link: one person's, once, for a day."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.domain.member import Status
from bot.domain.page import Closed, Device, NoEntry, Visit
from storage import addresses, people
from storage.organisation import today
from storage.schema import dialogues, outbox, pledges, roles
from tests.conversations import pledge_rounds, report_scenes
from tests.conversations.channels import CHANNELS, world_on
from tests.conversations.report_scenes import rows
from tests.world import Voice, World

ELSEWHERE = Visit(cookie="of another browser", place="somewhere else", device=Device.WINDOWS)


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Monday 4 January 2027, 08:00 in Viet Nam, all of whose people are on Zalo."""
    world = await world_on("zalo", template, tmp_path)
    yield world
    await world.close()


def token(voice: Voice) -> str:
    """What the newest link that this person was sent carries."""
    return next(one.message.link.url for one in reversed(voice.bubbles) if one.message.link).rpartition("/")[2]


async def open_drafts(world: World) -> list[str]:
    """Where drafts are, one line for each that has not ended."""
    return [f"{row.account} {row.state}" for row in await rows(world, dialogues) if row.state != "ended"]


# ----------------------------------------------------------------------------------- a long form


async def test_a_report_goes_on_on_the_page_and_comes_back(world: World) -> None:
    """The draft moves with what was answered; after it is sent the chat hears one message, with the receipt."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    await an.says("/baocao")
    assert "Cũng có thể gõ" not in an.last and "“Làm trên trang web”" in an.last
    await an.says("1-10a")
    await an.says("lam tren trang web")
    assert an.last.replace(token(an), "…") == snapshot("""\
Để tiếp tục bản tự báo cáo trên trang web, đồng chí bấm vào đường dẫn dưới đây rồi bấm “Vào trang”. Những câu đã trả lời vẫn được giữ. Đường dẫn chỉ dành cho đồng chí, dùng một lần, trong 24 giờ; mong đồng chí không chuyển cho ai.

Muốn làm tiếp ở đây, đồng chí gõ /toi.

Mở trang web: https://chi-bo.example/l/…\
""")
    assert await open_drafts(world) == ["test parked"]
    an.heard()
    page = await an.follows()
    assert await open_drafts(world) == ["web open"]
    await page.presses("Đạt")
    await page.presses("Đạt")
    assert an.heard() == []
    await page.presses("Gửi báo cáo")
    [told] = an.heard()
    assert told == snapshot("""\
ĐÃ NHẬN BẢN TỰ BÁO CÁO

Bản tự báo cáo mà đồng chí làm tiếp trên trang web:

Cảm ơn đồng chí. Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-92PV-78JG-H7QZ
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đồng chí còn sửa được đến hết ngày 15/01/2027.

1. Xem lại bản đã gửi
2. Sửa báo cáo đã gửi

Đồng chí gõ số 1, số 2 hoặc gõ chữ.\
""")
    assert await open_drafts(world) == []


async def test_what_is_typed_in_the_chat_it_left_is_no_answer(world: World) -> None:
    """The draft is on the page: words here are words, and "Làm tiếp" brings it back."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    await an.says("/baocao")
    await an.says("1a")
    await an.says("làm trên trang web")
    page = await an.follows()
    await an.says("2a 3a")
    assert "chưa hiểu" in an.last
    await an.says("/baocao")
    assert "đang làm dở" in an.last
    await an.says("1")
    assert "Còn 11 câu" in an.last
    await page.presses("Đạt")
    assert page.last == snapshot("""\
Đồng chí đang làm bản tự báo cáo ở nơi khác (trang web hoặc ứng dụng khác), nên câu trả lời ở đây chưa được ghi.

[1. Làm tiếp ở đây]\
""")
    assert await open_drafts(world) == ["test open"]
    await page.presses("Làm tiếp ở đây")
    assert page.last.startswith("*Câu 2/12")


async def test_the_link_is_one_persons_once_for_a_day(world: World) -> None:
    """Used, expired, forged; somebody else who is signed in; who has left: nobody else gets at the draft."""
    an, ba = await world.member("Nguyễn Thị An"), await world.member("Trần Văn Ba")
    await pledge_rounds.open_round(world)
    for voice in (an, ba):
        await voice.says("/camket")
        await voice.says("làm trên trang web")
    used = token(an)
    page = await an.follows()
    assert await world.gate.enter_by_link(used, ELSEWHERE) == NoEntry(Closed.USED)
    assert await world.gate.enter_by_link(used[:-1] + "x", ELSEWHERE) == NoEntry(Closed.UNKNOWN)
    dialogue = (await rows(world, dialogues))[1].id
    await page.forges(f"d-resume:{dialogue}")
    assert "đã kết thúc" in page.last
    await page.forges(f"d-page:{dialogue}")
    assert "đã kết thúc" in page.last
    await world.passes(days=1)
    assert await world.gate.enter_by_link(token(ba), ELSEWHERE) == NoEntry(Closed.EXPIRED)
    assert await open_drafts(world) == ["web open", "test parked"]


async def test_the_link_is_not_kept(world: World) -> None:
    """Once it was sent, the way in stands nowhere in the database."""
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await an.says("/camket")
    await an.says("làm trên trang web")
    assert [row for row in await rows(world, outbox) if token(an) in row.body] == []


async def test_a_right_that_was_lost_ends_it(world: World) -> None:
    """The link lets its person in; what they may not do any more, they may not do there."""
    ba = await world.secretary("Trần Văn Ba")
    await ba.says("/hop")
    await ba.says("làm trên trang web")
    async with world.app.database.write() as tx:
        await tx.run(roles.update().values(valid_to=today(tx)))
    page = await ba.follows()
    assert "không thuộc phần đồng chí phụ trách" in page.last
    assert await open_drafts(world) == []


async def test_the_chat_is_not_told_when_it_is_somebody_elses_by_then(world: World) -> None:
    """The account was unlinked while its person was on the page: the receipt is theirs, not the account's."""
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await an.says("/camket")
    await an.says("làm trên trang web")
    page = await an.follows()
    async with world.app.database.write() as tx:
        assert an.person_id is not None
        [first] = [one for one in await addresses.addresses_of(tx, an.person_id) if one.address == an.address]
        await addresses.unlink(tx, first.id)
    an.heard()
    await pledge_rounds.signs_from_here(page)
    assert "Mã biên nhận" in page.last and an.heard() == []
    assert len(await rows(world, pledges)) == 1


async def test_without_a_page_nothing_is_offered(template: Path, tmp_path: Path) -> None:
    """The words are an answer like any other, and the choice is not there."""
    world = await World.copy(template, tmp_path / "none.db", capabilities=CHANNELS["zalo"])
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await an.says("/camket")
    assert "trang web" not in an.last
    await an.says("làm trên trang web")
    assert "chưa nhận ra" in an.last
    await world.close()


async def test_with_buttons_whoever_asks_gets_it_too(template: Path, tmp_path: Path) -> None:
    """On Telegram nothing is offered, and who asks in words is sent the link."""
    world = await world_on("telegram", template, tmp_path)
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await an.says("/camket")
    assert "trang web" not in an.last
    await an.says("làm trên trang web")
    page = await an.follows()
    assert page.last.startswith("*Bản cam kết")
    await world.close()


# ------------------------------------------------------------------------------------------ files


async def test_a_file_that_was_asked_for_is_had_on_the_page(world: World) -> None:
    """One press on the page, and it is there; the chat never says that the file cannot be had."""
    officer = await world.officer("Phạm Thị Văn")
    await officer.says("/mauexcel")
    assert officer.last.replace(token(officer), "…") == snapshot("""\
DANH SÁCH MẪU

Tệp kèm theo có hai trang: “Danh sách” để điền, “Hướng dẫn” nói cách điền từng cột. Điền xong, đồng chí bấm “Nhập danh sách đảng viên” rồi gửi tệp.

Danh sách là thông tin cá nhân: mong đồng chí không gửi vào nhóm.

Tệp không gửi được qua ứng dụng này. Đồng chí bấm vào đường dẫn dưới đây rồi bấm “Vào trang” để tải tệp về. Đường dẫn chỉ dành cho đồng chí, dùng một lần, trong 24 giờ; mong đồng chí không chuyển cho ai.

Tải tệp trên trang web: https://chi-bo.example/l/…\
""")
    assert officer.files() == []
    page = await officer.follows()
    assert [file.name for file in page.files()] == ["danh-sach-dang-vien-mau.xlsx"]


async def test_a_file_by_a_link_asks_for_the_right_again(world: World) -> None:
    """The link lets its person in; a file that is not theirs any more is not made."""
    officer = await world.officer("Phạm Thị Văn")
    await world.member("Nguyễn Thị An")
    async with world.app.database.write() as tx:
        assert officer.person_id is not None
        cell = world.units["Chi bộ thôn 1"]
        await people.add_membership(tx, person=officer.person_id, unit=cell, status=Status.OFFICIAL)
    await officer.says("/mauexcel")
    async with world.app.database.write() as tx:
        await tx.run(roles.update().values(valid_to=today(tx)))
    page = await officer.follows()
    assert "không thuộc phần đồng chí phụ trách" in page.last and page.files() == []


async def test_invitations_are_made_on_the_page(world: World) -> None:
    """No code is handed out where nobody could print it; on the page the same step makes the sheet."""
    secretary = await world.secretary("Lê Văn Bí")
    await world.member("Nguyễn Thị An", linked=False)
    await secretary.says("/phieumoi")
    await secretary.presses("Làm phiếu cho 01 đồng chí")
    await secretary.presses("Làm phiếu")
    assert "chưa phát mã nào" in secretary.last
    page = await secretary.follows()
    await page.presses("Làm phiếu")
    assert [file.name for file in page.files()] == ["phiếu mời - Chi bộ thôn 1.docx"]
    assert secretary.last == snapshot("""\
PHIẾU MỜI – CHI BỘ THÔN 1

Việc làm phiếu mời mà đồng chí làm tiếp trên trang web đã xong; tệp nằm ở đó.\
""")


async def test_the_file_of_a_broadcast_is_had_on_the_page(world: World) -> None:
    """Who was told can ask for it by its number, and nobody else."""
    officer, an = await world.officer("Phạm Thị Văn"), await world.member("Nguyễn Thị An")
    world.clock.move_to(report_scenes.at(6, 4))
    await world.settle()
    await officer.says("/thongbao")
    await officer.says("làm trên trang web")
    desk = await officer.follows()
    await desk.presses("Tất cả đảng viên")
    await desk.says("Mời các đồng chí đọc kế hoạch.")
    await desk.sends_file("kế hoạch.docx", b"PK a plan")
    an.heard()
    await desk.presses("Gửi cho 01 đồng chí")
    await world.passes(hours=0.2)
    assert an.heard() == snapshot(
        [
            """\
THÔNG BÁO CỦA ĐẢNG ỦY XÃ MẪU

Mời các đồng chí đọc kế hoạch.

1. Lấy tệp kèm theo

Đồng chí gõ số 1 hoặc gõ “Lấy tệp kèm theo”.\
"""
        ]
    )
    await an.says("1")
    assert an.files() == []
    page = await an.follows()
    assert [(file.name, file.content) for file in page.files()] == [("kế hoạch.docx", b"PK a plan")]
    ba = await world.member("Trần Văn Ba")
    await ba.forges("broadcast-file:1")
    assert "Không có tệp nào" in ba.last
