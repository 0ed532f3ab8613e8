"""The yearly review: a countdown to secretaries, ticks, all cells' states, another deadline; nobody else hears of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from inline_snapshot import snapshot

from bot.domain.member import Status
from bot.domain.rights import Role
from tests.world import Voice, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")
BEFORE = datetime(2027, 10, 31, 2, tzinfo=UTC)


def at(day: int, month: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant of 2027 in Viet Nam."""
    return datetime(2027, month, day, hour, minute, tzinfo=VN)


async def a_cell(world: World) -> tuple[Voice, Voice, Voice]:
    """A cell the day before its review opens: secretary, a member, and the officer above."""
    world.clock.move_to(BEFORE)
    officer = await world.officer("Phạm Thị Văn Phòng")
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await world.member("Cụ Miễn", status=Status.EXEMPT)
    await world.settle()
    return secretary, an, officer


async def test_the_countdown_says_what_is_open_and_only_to_the_secretary(world: World) -> None:
    """T-30, 14, 7, 3, 1 before the deadline, with the buttons to act; members hear nothing."""
    secretary, an, _ = await a_cell(world)
    await world.reaches(at(10, 11, 7, 59))
    secretary.heard(), an.heard()
    heard = []
    for day, month in ((10, 11), (25, 11), (26, 11), (3, 12), (7, 12), (9, 12), (11, 12)):
        await world.reaches(at(day, month, 8, 1))
        heard.append(len([text for text in secretary.heard() if "Kiểm điểm" in text]))
    assert heard == [1, 0, 1, 1, 1, 1, 0]
    assert [text for text in an.heard() if "iểm điểm" in text] == []


async def test_the_secretary_ticks_who_has_handed_in(world: World) -> None:
    """From the reminder to the last paper; then the countdown is silent."""
    secretary, _, _ = await a_cell(world)
    await world.reaches(at(10, 11, 8, 1))
    secretary.heard()
    await secretary.presses("Ai chưa nộp bản kiểm điểm")
    await secretary.presses("Ghi nhận đã nộp")
    await secretary.says("an")
    await secretary.says("1")
    assert secretary.heard() == snapshot(
        [
            """\
Còn 02 đồng chí chưa nộp bản tự kiểm điểm:
• Lê Văn Bí
• Nguyễn Thị An

[1. Ghi nhận đã nộp] [2. Tất cả đã nộp] [Cập nhật]\
""",
            """\
Đồng chí nào đã nộp bản tự kiểm điểm trên giấy? Gõ nhiều số một lần cũng được, ví dụ: 1, 3

1. Lê Văn Bí
2. Nguyễn Thị An

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""",
            "Đã ghi nhận đồng chí Nguyễn Thị An nộp bản tự kiểm điểm. Còn 01 đồng chí chưa nộp.",
            """\
Đồng chí nào đã nộp bản tự kiểm điểm trên giấy? Gõ nhiều số một lần cũng được, ví dụ: 1, 3

1. Lê Văn Bí

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Quay lại] [Dừng lại]\
""",
            "Đã ghi nhận đồng chí Lê Văn Bí nộp bản tự kiểm điểm. Tất cả các đồng chí đã nộp.",
            """\
*Kiểm điểm năm 2027 – Chi bộ thôn 1*

Hạn của chi bộ: hết ngày 10/12/2027.

Đã ký cam kết: chưa mở
Đã gửi tự báo cáo: chưa mở
Đã nộp bản tự kiểm điểm: 02/02

Số liệu lúc 08 giờ 01, Thứ Tư, ngày 10/11/2027.

[1. Ai chưa nộp bản kiểm điểm] [2. Xem cam kết] [3. Xem tự báo cáo] [Cập nhật]\
""",
        ]
    )
    await world.reaches(at(27, 11))
    assert [text for text in secretary.heard() if "chưa nộp bản tự kiểm điểm" in text] == []


async def test_a_tick_can_be_taken_back_and_all_can_be_ticked(world: World) -> None:
    """Mistakes are mended; pressing twice counts once."""
    secretary, _, _ = await a_cell(world)
    await world.reaches(at(10, 11, 8, 1))
    await secretary.says("/kiemdiem")
    await secretary.presses("Ai chưa nộp bản kiểm điểm")
    await secretary.presses("Tất cả đã nộp")
    assert any("Đã ghi nhận 02 đồng chí" in text for text in secretary.heard())
    await secretary.presses("Ai chưa nộp bản kiểm điểm")
    await secretary.presses("Bỏ ghi nhận")
    await secretary.says("Nguyễn Thị An")
    assert "01/02" in secretary.last


async def test_an_officer_sees_all_cells_and_gives_one_more_time(world: World) -> None:
    """/tiendo shows every cell; a new deadline is shown back, told to the secretary, and moves the countdown."""
    secretary, _, officer = await a_cell(world)
    await world.member("Cô Giáo", cell="Chi bộ Trường học", roles=[Role.SECRETARY])
    await world.reaches(at(10, 11, 8, 1))
    secretary.heard()
    await officer.says("/tiendo")
    await officer.presses("Đổi hạn một chi bộ")
    await officer.says("thôn 1")
    await officer.says("31/2")
    await officer.says("20/12")
    await officer.presses("Đúng")
    assert officer.heard() == snapshot(
        [
            """\
*Tiến độ các chi bộ – Đảng ủy xã Mẫu*

• Chi bộ thôn 1: cam kết chưa mở; báo cáo chưa mở; kiểm điểm 0/02
• Chi bộ Trường học: cam kết chưa mở; báo cáo chưa mở; kiểm điểm 0/01

Số liệu lúc 08 giờ 01, Thứ Tư, ngày 10/11/2027.

[1. Đổi hạn một chi bộ] [Cập nhật]\
""",
            """\
Đổi hạn kiểm điểm của chi bộ nào?

1. Chi bộ thôn 1
2. Chi bộ Trường học

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""",
            """\
Hạn hiện nay của Chi bộ thôn 1 là hết ngày 10/12/2027. Hạn mới là ngày nào? Ví dụ: 15/12 hoặc thứ 6 tuần sau.

[Quay lại] [Dừng lại]\
""",
            """\
Trong lịch không có “31/2”. Mong đồng chí ghi lại, ví dụ: “3/12”, “thứ 6 tuần sau” hoặc “cuối tháng”.

Hạn hiện nay của Chi bộ thôn 1 là hết ngày 10/12/2027. Hạn mới là ngày nào? Ví dụ: 15/12 hoặc thứ 6 tuần sau.

[Quay lại] [Dừng lại]\
""",
            """\
Hạn kiểm điểm mới của Chi bộ thôn 1: hết ngày 20/12/2027. Đúng chưa?

[1. Đúng] [2. Ghi lại] [Quay lại] [Dừng lại]\
""",
            "Đã đổi hạn kiểm điểm của Chi bộ thôn 1 thành hết ngày 20/12/2027.",
        ]
    )
    assert secretary.heard() == snapshot(["Đảng ủy đã đổi hạn kiểm điểm của Chi bộ thôn 1 thành hết ngày 20/12/2027."])
    await world.reaches(at(19, 12, 8, 1))
    assert any("còn 01 ngày" in text for text in secretary.heard())


async def test_who_watches_sees_and_is_offered_nothing_to_tick(world: World) -> None:
    """The upper member in charge sees the cell's state; an officer who asks sees all cells."""
    _, _, officer = await a_cell(world)
    above = await world.member(
        "Hồ Văn Phụ", cell="Chi bộ cơ quan", roles=[Role.UPPER_MEMBER_IN_CHARGE], over="Chi bộ thôn 1"
    )
    await world.reaches(at(10, 11, 8, 1))
    await above.says("/kiemdiem")
    assert "0/02" in above.last
    await above.presses("Ai chưa nộp bản kiểm điểm")
    assert "Nguyễn Thị An" in above.last and "Ghi nhận đã nộp" not in above.last
    await officer.says("/kiemdiem")
    assert "Tiến độ các chi bộ" in officer.last


async def test_others_may_not(world: World) -> None:
    """A member, another cell's secretary and another committee's officer see and tick nothing."""
    _, an, _ = await a_cell(world)
    other = await world.secretary("Bí thư khác", cell="Chi bộ thôn 2")
    await world.committee("Đảng ủy xã Khác")
    stranger = await world.officer("Cán bộ khác", over="Đảng ủy xã Khác")
    await world.reaches(at(10, 11, 8, 1))
    async with world.app.database.read() as tx:
        from handlers.review_state import review_of

        found = await review_of(tx, world.units["Chi bộ thôn 1"])
    assert found is not None
    for voice in (an, other, stranger):
        for verb in ("review", "review-missing", "review-tick", "review-tick-all", "review-untick"):
            await voice.forges(f"{verb}:{found.id}")
            assert "không thuộc phần" in voice.last, (voice.name, verb)
    await an.says("/kiemdiem")
    assert "không thuộc phần" in an.last
    await an.forges("review:99999")
    assert "không còn dùng được" in an.last


async def test_a_pile_of_papers_is_ticked_at_once(world: World) -> None:
    """Several numbers in one message; one that the list does not have ticks nobody."""
    secretary, _, _ = await a_cell(world)
    await world.member("Trần Văn Ba")
    await world.reaches(at(10, 11, 8, 1))
    await secretary.presses("Ai chưa nộp bản kiểm điểm")
    await secretary.presses("Ghi nhận đã nộp")
    await secretary.says("1, 9")
    assert "không có số đó" in secretary.last
    secretary.heard()
    await secretary.says("1 và 3")
    heard = secretary.heard()
    assert "Đã ghi nhận 02 đồng chí nộp bản tự kiểm điểm." in heard[0]
    assert "1. Nguyễn Thị An" in heard[1] and "2. " not in heard[1]
