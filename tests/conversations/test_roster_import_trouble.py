"""/nhapdanhsach in trouble: files that are no rosters, files sent twice, days in between, processes that die."""

import unicodedata
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from inline_snapshot import snapshot

from bot.chat import Address, FileSent, Incoming
from bot.domain.ids import ImportId
from bot.domain.roster_import import LAST_ATTEMPT
from storage import imports
from tests.conversations.roster_scenes import (
    AN,
    BI,
    EVERYTHING,
    FILES,
    MEMBERS,
    PEOPLE,
    STATES,
    an_imported_commune,
    but,
    loses_the_role,
    roster,
    rows,
    sends,
)
from tests.documents.roster_files import with_parts, xlsx
from tests.world import ACCOUNT, Voice, World


async def waiting_for_a_file(world: World) -> Voice:
    """An officer who was asked for the file."""
    officer = await world.officer("Phan Thị Thu Hà")
    await officer.says("/nhapdanhsach")
    officer.heard()
    return officer


def another_zip() -> bytes:
    """A document that calls itself a workbook."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rỗng.xlsx", b"", "Tệp này rỗng"),
        ("bom.xlsx", with_parts(xlsx(), {"xl/media/a.png": b"\0" * (65 * 1024 * 1024)}), "Tệp này quá lớn"),
        ("cũ.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"Workbook" * 100, "Excel kiểu cũ"),
        ("ảnh.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "không phải là bảng tính"),
        ("văn bản.docx", another_zip(), "không phải là bảng tính"),
        ("hỏng.xlsx", xlsx()[:700], "bị hỏng"),
        ("thơ.csv", "Trăm năm trong cõi người ta\n".encode(), "không tìm thấy dòng tiêu đề"),
        ("thiếu.xlsx", xlsx([("Họ và tên", "Ngày sinh"), ("Nguyễn Văn An", "1965")]), "thiếu cột “Chi bộ”"),
        ("không ai.xlsx", xlsx([("Họ và tên", "Chi bộ")]), "chưa có đồng chí nào"),
    ],
    ids=["empty", "bomb", "xls", "picture", "document", "cut", "poem", "a column missing", "nobody"],
)
async def test_a_file_that_is_no_roster_is_refused_in_words(world: World, name: str, content: bytes, said: str) -> None:
    """Each is refused for what it is, nothing is imported, and another file can be sent at once."""
    officer = await waiting_for_a_file(world)
    before = await rows(world, EVERYTHING)
    await officer.sends_file(name, content)
    assert said in officer.last
    assert await rows(world, EVERYTHING) == before
    await officer.sends_file("danh sách.xlsx", roster(*PEOPLE))
    assert "Kiểm tra xong" in officer.last


async def test_thirty_megabytes_are_not_even_fetched(world: World) -> None:
    """A file beyond the limit is refused by its size; nothing of it is stored."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("to.xlsx", None, size=30 * 1024 * 1024)
    assert officer.heard() == snapshot(
        [
            """\
Tệp quá lớn. Hệ thống nhận tệp không quá 10 MB.

Mong đồng chí gửi tệp danh sách đảng viên của Đảng ủy xã Mẫu: tệp Excel (.xlsx) hoặc .csv, không quá 10 MB.

Hệ thống kiểm tra từng dòng, cho đồng chí xem trước, và chỉ ghi khi đồng chí xác nhận.

[1. Lấy tệp mẫu] [Dừng lại]\
"""
        ]
    )
    assert await rows(world, FILES) == [(0,)]


async def test_words_instead_of_a_file_are_answered(world: World) -> None:
    """Before a file, while it has faults, and when it is ready: each time what is wanted."""
    officer = await waiting_for_a_file(world)
    await officer.says("danh sách đây")
    assert "Mong đồng chí gửi một tệp" in officer.last
    await officer.sends_file("danh sách.xlsx", roster(but(AN, birth="hôm qua")))
    await officer.says("thế nào?")
    assert officer.heard()[-1:] == snapshot(
        [
            """\
Mong đồng chí gửi một tệp, hoặc bấm một nút dưới đây.

Tệp gửi lần trước còn 01 dòng cần sửa, ghi ở cột “Cần sửa” của tệp hệ thống gửi lại. Sửa xong, mong đồng chí gửi tệp vào đây.

[Quay lại] [Dừng lại]\
"""
        ]
    )
    await officer.sends_file("danh sách.xlsx", roster(AN))
    await officer.says("thế nào?")
    assert "bấm một nút" in officer.last and "Nhập 01 đảng viên" in officer.last


async def test_names_in_pieces_and_formulas(world: World) -> None:
    """Letters that a keyboard took apart are put together; a formula is a fault and is not computed."""
    officer = await waiting_for_a_file(world)
    name = "Đặng Thị Ngọc Uyển Ờ Ẵ Ự Ễ Ỗ"
    await officer.sends_file("a.xlsx", roster(but(AN, name=unicodedata.normalize("NFD", name)), but(BI, name="=1+1")))
    assert "là công thức" in officer.last
    await officer.sends_file("a.xlsx", roster(but(AN, name=unicodedata.normalize("NFD", name))))
    await officer.presses("Nhập 01 đảng viên")
    assert [one for one, *_ in await rows(world, MEMBERS)] == [name]


async def test_a_roster_as_text_comes_back_as_text(world: World) -> None:
    """A .csv of an old program is read; its faults come back in a .csv."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("ds.csv", "Họ tên;Chi bộ;Năm sinh\nLê Thị An;Thôn 1;1x80\n".encode())
    assert officer.files()[-1].name == "ds - cần sửa.csv"
    await officer.sends_file("ds.csv", "Họ tên;Chi bộ;Năm sinh\nLê Thị An;Thôn 1;1980\n".encode("utf-16"))
    await officer.presses("Nhập 01 đảng viên")
    assert await rows(world, MEMBERS) == [("Lê Thị An", "Thôn 1", "official")]


async def test_namesakes_are_asked_for_a_code(world: World) -> None:
    """A name that could be somebody of another cell is not decided by chance."""
    officer = await an_imported_commune(world)
    await sends(officer, ("1", "Nguyễn Thị An", "", "", "Chi bộ Cơ quan", "", "", "", ""))
    assert officer.heard()[-1:] == snapshot(
        [
            """\
*Danh sách cần sửa*

Có 01 dòng cần sửa trong 01 dòng, nên chưa nhập gì. Tệp kèm theo là tệp của đồng chí, thêm cột “Cần sửa”.

• Dòng 2 – Họ và tên: hệ thống chưa rõ là đồng chí nào, vì có người trùng tên. Mong đồng chí ghi thêm ngày sinh đầy đủ và mã đảng viên (nếu có).

Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.\
"""
        ]
    )


# ------------------------------------------------------------------------------- sent twice, put aside


async def test_another_file_takes_the_place_of_the_first(world: World) -> None:
    """The buttons of the first file confirm nothing any more, and the first file is deleted."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("cũ.xlsx", roster(AN))
    old = officer.buttons[0].data
    await officer.sends_file("mới.xlsx", roster(BI))
    assert await rows(world, STATES) == [(1, "dropped", 0, 0), (2, "ready", 1, 1)]
    await officer.forges(old)
    assert "Câu đó đã được trả lời" in officer.last and await rows(world, MEMBERS) == []
    await officer.presses("Nhập 01 đảng viên")
    assert [one for one, *_ in await rows(world, MEMBERS)] == ["Lê Văn Bí"]


async def test_it_can_be_gone_on_with_later(world: World) -> None:
    """Stopped at the confirmation and taken up some hours later: the same is shown, and can be confirmed."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("danh sách.xlsx", roster(*PEOPLE))
    await officer.presses("Dừng lại")
    await world.passes(hours=5)
    officer.heard()
    await officer.says("/toi")
    await officer.presses("Làm tiếp việc nhập danh sách đảng viên")
    assert officer.heard() == snapshot(
        [
            """\
Kính chào đồng chí Phan Thị Thu Hà.

Việc đang chờ đồng chí:
• Đang làm dở việc nhập danh sách đảng viên.
• Đảng ủy xã Mẫu chưa có chi bộ và đảng viên nào trong hệ thống.

[1. Làm tiếp việc nhập danh sách đảng viên] [2. Nhập danh sách đảng viên]\
""",
            """\
*Kiểm tra xong: Đảng ủy xã Mẫu*

Đã đọc 05 dòng, không có dòng nào phải sửa. Chưa nhập gì.

• Đảng viên mới: 05 đồng chí (Nguyễn Văn Quản; Lê Văn Bí; Nguyễn Thị An; và 02 đồng chí nữa)
• Chi bộ mới: 02 chi bộ (Chi bộ Cơ quan: cơ quan; Chi bộ Thôn 1: thôn/tổ dân phố)
• Giao chức vụ: 03 chức vụ (Nguyễn Văn Quản: bí thư Chi bộ Cơ quan; Nguyễn Văn Quản: cấp ủy viên phụ trách Chi bộ Thôn 1; Lê Văn Bí: bí thư Chi bộ Thôn 1)

• Cột hệ thống không đọc: STT

[1. Nhập 05 đảng viên] [Quay lại] [Dừng lại]\
""",
        ]
    )
    await officer.presses("Nhập 05 đảng viên")
    assert len(await rows(world, MEMBERS)) == 5


async def test_after_a_day_the_file_is_forgotten(world: World) -> None:
    """Nobody confirmed it: file and rows are deleted, and the old button imports nothing."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("danh sách.xlsx", roster(*PEOPLE))
    confirm = officer.buttons[0].data
    await world.passes(hours=23)
    await officer.says("xem lại")
    await world.passes(hours=2)
    assert (await rows(world, STATES), await rows(world, FILES)) == ([(1, "dropped", 0, 0)], [(0,)])
    officer.heard()
    await officer.forges(confirm)
    await officer.says("/nhapdanhsach")
    assert officer.heard() == snapshot(
        [
            "Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
            """\
Mong đồng chí gửi tệp danh sách đảng viên của Đảng ủy xã Mẫu: tệp Excel (.xlsx) hoặc .csv, không quá 10 MB.

Hệ thống kiểm tra từng dòng, cho đồng chí xem trước, và chỉ ghi khi đồng chí xác nhận.

[1. Lấy tệp mẫu] [Dừng lại]\
""",
        ]
    )
    assert await rows(world, MEMBERS) == []


async def test_who_began_again_has_one_confirmation(world: World) -> None:
    """Started anew with another file: the button of the first says that nothing of it was written."""
    officer = await waiting_for_a_file(world)
    await officer.sends_file("cũ.xlsx", roster(AN))
    old = officer.buttons[0].data
    await officer.says("/nhapdanhsach")
    await officer.presses("Làm lại từ đầu")
    officer.heard()
    await officer.forges(old)
    assert officer.heard() == snapshot(
        ["Lần nhập số 1 đã dừng, không có gì được ghi. Cần nhập, đồng chí gõ /nhapdanhsach."]
    )
    await officer.sends_file("mới.xlsx", roster(BI))
    await officer.presses("Nhập 01 đảng viên")
    await officer.forges(old)
    assert "đã được nhập từ trước (lần nhập số 2" in officer.last
    assert [one for one, *_ in await rows(world, MEMBERS)] == ["Lê Văn Bí"]


async def test_who_went_on_to_something_else_is_told_when_the_check_is_done(world: World) -> None:
    """The dialogue was put aside while the file was checked: a button leads back."""
    officer = await waiting_for_a_file(world)
    await handle_without_ticking(world, officer, roster(*PEOPLE))
    await officer.says("/thongbao")
    officer.heard()
    await world.settle()
    assert officer.heard() == snapshot(
        [
            """\
Đã kiểm tra xong tệp danh sách đồng chí gửi.

[1. Làm tiếp]\
"""
        ]
    )
    await officer.presses("Làm tiếp")
    assert "Kiểm tra xong" in officer.last


async def test_who_went_back_is_not_told_of_the_old_file(world: World) -> None:
    """Back at the first question, the file is dropped."""
    officer = await waiting_for_a_file(world)
    await handle_without_ticking(world, officer, roster(*PEOPLE))
    await world.app.sender.drain()
    await officer.presses("Quay lại")
    await world.settle()
    assert await rows(world, STATES) == [(1, "dropped", 0, 0)]


async def test_who_lost_the_right_meanwhile_learns_nothing(world: World) -> None:
    """The role ended between file and check, or between check and confirmation: nothing is shown, nothing written."""
    officer = await waiting_for_a_file(world)
    await handle_without_ticking(world, officer, roster(*PEOPLE))
    await loses_the_role(world, officer)
    await world.settle()
    assert await rows(world, STATES) == [(1, "dropped", 0, 0)]
    other = await world.officer("Lê Thị Hoa")
    await sends(other, *PEOPLE)
    await loses_the_role(world, other)
    await other.presses("Nhập 05 đảng viên")
    assert "không thuộc phần đồng chí phụ trách" in other.last
    assert await rows(world, MEMBERS) == []


# ------------------------------------------------------------------------------------ processes that die


async def handle_without_ticking(world: World, officer: Voice, content: bytes) -> None:
    """The file is stored and committed; the process dies before the clock ticks."""
    address = Address(ACCOUNT, officer.chat)
    file = FileSent("danh sách.xlsx", len(content), content)
    await world.app.router.handle(Incoming(address=address, event_id="the file", payload=file))
    assert world.app.ticker.hurried.is_set()
    world.app.ticker.hurried.clear()


async def dies_while_checking(world: World) -> None:
    """A process claims the check, and is killed."""
    async with world.app.database.write() as tx:
        assert await imports.begin_check(tx, ImportId(1)) is not None


async def test_a_check_that_died_is_done_again(world: World) -> None:
    """Killed before the check, or in the middle of it: the next process does it; the officer waits a minute."""
    officer = await waiting_for_a_file(world)
    await handle_without_ticking(world, officer, roster(*PEOPLE))
    await dies_while_checking(world)
    await world.settle()
    assert await rows(world, STATES) == [(1, "received", 0, 1)]
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    await world.settle()
    assert "Kiểm tra xong" in officer.last
    await officer.presses("Nhập 05 đảng viên")
    assert len(await rows(world, MEMBERS)) == 5


async def test_a_file_that_kills_whoever_reads_it_is_given_up(world: World) -> None:
    """After some deaths nobody tries again: the officer is told that the file cannot be read."""
    officer = await waiting_for_a_file(world)
    await handle_without_ticking(world, officer, roster(*PEOPLE))
    for _ in range(LAST_ATTEMPT):
        await dies_while_checking(world)
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    officer.heard()
    await world.settle()
    assert officer.heard()[-1:] == snapshot(
        [
            """\
Tệp này bị hỏng nên hệ thống không đọc được. Mong đồng chí mở tệp, lưu lại rồi gửi lại.

Hệ thống chưa nhập gì. Đồng chí gửi lại tệp vào đây.

[Quay lại] [Dừng lại]\
"""
        ]
    )
    assert (await rows(world, STATES))[0][:2] == (1, "refused")


async def test_the_same_file_delivered_twice_is_one_import(world: World) -> None:
    """A messenger repeats the event: it is seen once."""
    officer = await waiting_for_a_file(world)
    content = roster(*PEOPLE)
    for _ in range(2):
        address = Address(ACCOUNT, officer.chat)
        file = FileSent("danh sách.xlsx", len(content), content)
        await world.app.router.handle(Incoming(address=address, event_id="once", payload=file))
    await world.settle()
    assert len(await rows(world, STATES)) == 1
