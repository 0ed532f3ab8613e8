"""The self-reports of a cell for those who lead or watch it: the list, reminding, sums without names, many cells."""

from datetime import datetime

import pytest
from inline_snapshot import snapshot

from bot.domain.member import Status
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from storage.schema import audit, outbox
from tests.conversations.report_scenes import VIETNAM, at, open_round, reports, rows
from tests.world import Voice, World


async def cell_of_five(world: World) -> tuple[Voice, Voice]:
    """A cell with its secretary, three more who are asked (one without a phone), and one who is exempt."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await world.member("Lê Văn Cả", linked=False)
    await world.member("Hồ Thị Đào")
    await world.member("Trần Văn Cụ", status=Status.EXEMPT)
    return secretary, an


async def test_the_secretary_sees_who_is_missing_and_who_has_sent(world: World) -> None:
    """Counts, names with a mark of those without a phone, times and marks of those who have sent; no answers."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await reports(an, "3" * 12)
    await secretary.says("/dsbaocao")
    await secretary.presses("Xem ai đã gửi")
    assert secretary.heard() == snapshot(
        [
            """\
*Tự báo cáo quý IV năm 2026 – Chi bộ thôn 1*

Hạn: 15/01/2027.
Đã gửi 01/04 đồng chí; còn thiếu 03.

Còn thiếu:
• Phạm Văn Thư
• Lê Văn Cả – chưa tham gia hệ thống
• Hồ Thị Đào

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Nhắc các đồng chí còn thiếu] [2. Ghi thay] [3. Xem ai đã gửi] [4. Tổng hợp theo tiêu chí] [Cập nhật]\
""",
            """\
*Tự báo cáo quý IV năm 2026 – Chi bộ thôn 1*

Hạn: 15/01/2027.
Đã gửi 01/04 đồng chí; còn thiếu 03.

Đã gửi:
• Nguyễn Thị An – 08 giờ 00, ngày 04/01/2027

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem ai còn thiếu] [2. Xem bản của một đồng chí] [3. Tổng hợp theo tiêu chí] [Cập nhật]\
""",
        ]
    )
    await secretary.presses("Xem ai còn thiếu")
    await reports(world.voices["Hồ Thị Đào"])
    await secretary.presses("Cập nhật")
    assert "Đã gửi 02/04 đồng chí; còn thiếu 02." in secretary.last
    assert secretary.bubbles[-1].edits > 0


async def test_late_and_changed_reports_are_marked(world: World) -> None:
    """The list of who has sent says which version it is, and which came after the deadline."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await reports(an)
    await an.presses("Sửa báo cáo đã gửi")
    await an.says("1")
    await an.presses("Chưa đạt")
    await an.presses("Bỏ qua")
    await an.presses("Gửi báo cáo")
    await world.reaches(at(16, 1))
    await reports(world.voices["Hồ Thị Đào"])
    secretary.heard()
    await secretary.says("/dsbaocao")
    assert secretary.last.split("\n\n")[1] == snapshot("""\
Hạn: 15/01/2027 (đã quá hạn).
Đã gửi 02/04 đồng chí; còn thiếu 02.\
""")
    await secretary.presses("Xem ai đã gửi")
    assert secretary.last.split("\n\n")[2] == snapshot("""\
Đã gửi:
• Nguyễn Thị An – 08 giờ 00, ngày 04/01/2027; lần 2
• Hồ Thị Đào – 08 giờ 00, ngày 16/01/2027; nộp muộn\
""")


async def test_reminding_speaks_to_the_missing_once_a_day(world: World) -> None:
    """One press reminds who is missing and can be reached; the second that day says so; the next day it is new."""
    secretary, an = await cell_of_five(world)
    dao = world.voices["Hồ Thị Đào"]
    await open_round(world)
    await reports(an)
    await secretary.says("/dsbaocao")
    secretary.heard()
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert secretary.heard() == snapshot(
        [
            """\
Đã nhắc 01 đồng chí chưa gửi báo cáo.

01 đồng chí hệ thống chưa liên lạc được:
• Lê Văn Cả
Mong đồng chí gặp trực tiếp; ai đã đồng ý thì đồng chí mở danh sách, bấm “Ghi thay”.

Bản thân đồng chí cũng chưa gửi báo cáo; đồng chí gõ /baocao để làm.

[1. Xem danh sách báo cáo]\
""",
            """\
01 đồng chí đã được nhắc trong hôm nay; mỗi ngày hệ thống chỉ nhắc một lần.

01 đồng chí hệ thống chưa liên lạc được:
• Lê Văn Cả
Mong đồng chí gặp trực tiếp; ai đã đồng ý thì đồng chí mở danh sách, bấm “Ghi thay”.

Bản thân đồng chí cũng chưa gửi báo cáo; đồng chí gõ /baocao để làm.

[1. Xem danh sách báo cáo]\
""",
        ]
    )
    assert dao.heard() == snapshot(
        [
            """\
*Chi bộ nhắc việc*

Kính gửi đồng chí,

Chi bộ mong đồng chí gửi bản tự báo cáo bốn tốt quý IV năm 2026. Hạn là ngày 15/01/2027.

Nếu đã làm trên giấy, mong đồng chí báo bí thư chi bộ ghi nhận. Trân trọng.

[1. Tự báo cáo]\
"""
        ]
    )
    assert an.heard() == []
    await world.passes(days=1)
    dao.heard()
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert len(dao.heard()) == 1
    assert [row.action for row in await rows(world, audit)].count("self_report_reminded") == 3


async def test_at_night_the_reminder_waits_for_the_morning(world: World) -> None:
    """The secretary is answered at once and told when the words will arrive."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await world.reaches(datetime(2027, 1, 4, 22, 0, tzinfo=VIETNAM))
    an.heard()
    await secretary.says("/dsbaocao")
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert secretary.last.split("\n\n")[0] == snapshot(
        "Bây giờ là giờ nghỉ. Lời nhắc sẽ đến 02 đồng chí lúc 06 giờ 30, ngày 05/01/2027."
    )
    assert [heard for heard in an.heard() if "Kính gửi" in heard] == []
    await world.reaches(at(5, 1, 6, 31))
    assert len([heard for heard in an.heard() if "Kính gửi" in heard]) == 1


async def test_the_secretary_s_own_page_names_how_many_are_missing(world: World) -> None:
    """/toi counts the missing while there are any."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await secretary.says("/toi")
    assert secretary.heard() == snapshot(
        [
            """\
Kính chào đồng chí Phạm Văn Thư – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Gửi bản tự báo cáo bốn tốt quý IV năm 2026 (hạn 15/01/2027)
• Tự báo cáo quý IV năm 2026: còn 02 đồng chí của Chi bộ thôn 1 chưa gửi

[1. Tự báo cáo] [2. Xem danh sách báo cáo]\
"""
        ]
    )
    await reports(an)
    await reports(secretary)
    await secretary.says("/toi")
    assert "báo cáo" not in secretary.last


async def test_buttons_of_a_round_that_is_over_say_so(world: World) -> None:
    """After the next round has opened the old list can be seen, and nobody is reminded from it."""
    secretary, _an = await cell_of_five(world)
    await world.reaches(at(5, 1))
    await secretary.says("/dsbaocao")
    remind, behalf = (choice.data for choice in secretary.buttons[:2])
    await world.reaches(at(22, 3))
    secretary.heard()
    before = len(await rows(world, outbox))
    await secretary.forges(remind)
    await secretary.forges(behalf)
    assert secretary.heard() == snapshot(
        [
            "Đợt gửi bản tự báo cáo bốn tốt quý IV năm 2026 đã kết thúc vì đã mở đợt mới. Đồng chí gõ /dsbaocao để xem đợt hiện nay.",
            "Đợt gửi bản tự báo cáo bốn tốt quý IV năm 2026 đã kết thúc vì đã mở đợt mới. Đồng chí gõ /dsbaocao để xem đợt hiện nay.",
        ]
    )
    assert len(await rows(world, outbox)) == before + 2


async def test_before_any_round_the_list_says_so(world: World) -> None:
    """Without a round there is nothing to list, for a cell and for many."""
    secretary, _an = await cell_of_five(world)
    officer = await world.officer("Hồ Văn Phòng")
    for voice in (secretary, officer):
        await voice.says("/dsbaocao")
        assert voice.heard() == ["Chưa có đợt tự báo cáo nào được mở. Khi mở đợt, danh sách sẽ có ở đây."]


# ---------------------------------------------------------------------------------------- sums


async def test_sums_name_nobody_and_wait_for_three_reports(world: World) -> None:
    """With two reports nothing is added up; with three every criterion has its counts."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await reports(an, "123" * 4)
    await reports(secretary)
    await secretary.says("/dsbaocao")
    await secretary.presses("Tổng hợp theo tiêu chí")
    assert secretary.heard()[-1] == snapshot("""\
*Tự báo cáo quý IV năm 2026 – Chi bộ thôn 1*

Đã gửi 02/04 đồng chí. Tổng hợp không nêu tên.

Mới có 02 bản. Hệ thống chỉ tổng hợp khi có từ 03 bản trở lên, để không lộ bản của riêng ai.

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem danh sách báo cáo]\
""")
    await reports(world.voices["Hồ Thị Đào"], "2" * 12)
    await secretary.presses("Tổng hợp theo tiêu chí")
    assert secretary.heard()[-1] == snapshot("""\
*Tự báo cáo quý IV năm 2026 – Chi bộ thôn 1*

Đã gửi 03/04 đồng chí. Tổng hợp không nêu tên.

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
• Đạt 02, Một phần 01, Chưa đạt 0
2. Tham gia và vận động gia đình tham gia việc chung: xây dựng…
• Đạt 01, Một phần 02, Chưa đạt 0
3. Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập…
• Đạt 01, Một phần 01, Chưa đạt 01

Tốt 2: Chất lượng sinh hoạt tốt
4. Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.
• Đạt 02, Một phần 01, Chưa đạt 0
5. Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi…
• Đạt 01, Một phần 02, Chưa đạt 0
6. Thực hiện nghị quyết của Chi bộ và việc được phân công sau buổi…
• Đạt 01, Một phần 01, Chưa đạt 01

Tốt 3: Đoàn kết tốt, kỷ luật tốt
7. Chấp hành Điều lệ Đảng, pháp luật và quy định về những điều…
• Đạt 02, Một phần 01, Chưa đạt 0
8. Giữ gìn đoàn kết trong Chi bộ, nơi công tác và nơi cư trú; góp…
• Đạt 01, Một phần 02, Chưa đạt 0
9. Tự phê bình và phê bình chân thành; sửa những hạn chế đã được…
• Đạt 01, Một phần 01, Chưa đạt 01

Tốt 4: Cán bộ, đảng viên tốt
10. Giữ lối sống trung thực, giản dị, tiết kiệm; gia đình hòa…
• Đạt 02, Một phần 01, Chưa đạt 0
11. Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm…
• Đạt 01, Một phần 02, Chưa đạt 0
12. Thực hiện những điều đã cam kết trong năm.
• Đạt 01, Một phần 01, Chưa đạt 01

Đây là số các đồng chí tự đánh giá, chưa qua thẩm định.

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem danh sách báo cáo]\
""")


async def test_points_are_shown_as_means_and_sets_apart(world: World) -> None:
    """An officer's sums go through all cells of the committee, one criteria set after the other."""
    await world.cell("Chi bộ cơ quan xã", kind=CellKind.AGENCY)
    points = ("15", "10", "5", "10", "10", "10", "10", "5", "10", "10", "5")
    for name, first in (("Bùi Thị Hạnh", "12"), ("Đinh Văn Khoa", "14,5"), ("Vũ Thị Lan", "13")):
        voice = await world.member(name, cell="Chi bộ cơ quan xã")
        if name == "Bùi Thị Hạnh":
            await open_round(world)
        await voice.says("/baocao")
        await voice.presses("Bắt đầu")
        for typed in (first, *points[1:]):
            await voice.says(typed)
        await voice.presses("Gửi báo cáo")
    an = await world.member("Nguyễn Thị An")
    await reports(an)
    officer = await world.officer("Hồ Văn Phòng")
    await officer.says("/dsbaocao")
    assert officer.heard() == snapshot(
        [
            """\
Tự báo cáo quý IV năm 2026: đã gửi 04/04 đồng chí, còn thiếu 0.
Chi bộ còn thiếu nhiều xếp trước. Đồng chí chọn một chi bộ để xem:

1. Chi bộ cơ quan xã – 03/03, đã đủ
2. Chi bộ thôn 1 – 01/01, đã đủ

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Tổng hợp theo tiêu chí] [Dừng lại]\
"""
        ]
    )
    await officer.presses("Tổng hợp theo tiêu chí")
    assert officer.heard() == snapshot(
        [
            """\
*Tự báo cáo quý IV năm 2026 – Đảng ủy xã Mẫu*

Đã gửi 04/04 đồng chí. Tổng hợp không nêu tên.

Đảng viên tự đánh giá theo “4 tốt” (01 bản)

Mới có 01 bản. Hệ thống chỉ tổng hợp khi có từ 03 bản trở lên, để không lộ bản của riêng ai.

Đảng viên tự chấm điểm theo “4 tốt” (03 bản)

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Hoàn thành nhiệm vụ chuyên môn và việc Chi bộ giao, đúng tiến…
• trung bình 13,17/15 điểm
2. Giải quyết công việc cho người dân, đồng nghiệp kịp thời, đúng…
• trung bình 10/10 điểm
3. Có sáng kiến, cải tiến lề lối làm việc, ứng dụng công nghệ.
• trung bình 5/5 điểm

Tốt 2: Chất lượng sinh hoạt tốt
4. Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.
• trung bình 10/10 điểm
5. Chuẩn bị và phát biểu ý kiến; thực hiện kết luận, nghị quyết…
• trung bình 10/10 điểm

Tốt 3: Đoàn kết tốt, kỷ luật tốt
6. Chấp hành kỷ luật Đảng, pháp luật, nội quy cơ quan; đóng đảng…
• trung bình 10/10 điểm
7. Giữ gìn đoàn kết, phối hợp tốt với đồng nghiệp.
• trung bình 10/10 điểm
8. Tự phê bình, phê bình chân thành; sửa những hạn chế đã được góp…
• trung bình 5/5 điểm

Tốt 4: Cán bộ, đảng viên tốt
9. Giữ gìn đạo đức, lối sống, văn hóa công vụ; không tham nhũng…
• trung bình 10/10 điểm
10. Nêu gương ở nơi công tác; giữ mối liên hệ với chi bộ và nhân…
• trung bình 10/10 điểm
11. Thực hiện những điều đã cam kết trong năm.
• trung bình 5/5 điểm

Đây là số các đồng chí tự đánh giá, chưa qua thẩm định.

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[Xem các chi bộ]\
"""
        ]
    )


async def test_an_officer_goes_into_a_cell_and_back(world: World) -> None:
    """A cell is chosen by number or name; there the officer sees and is not offered to act."""
    _secretary, an = await cell_of_five(world)
    await world.member("Vũ Thị Lan", cell="Chi bộ thôn 2")
    await open_round(world)
    await reports(an)
    officer = await world.officer("Hồ Văn Phòng")
    await officer.says("/dsbaocao")
    await officer.says("thon 1")
    assert [choice.label for choice in officer.buttons] == snapshot(
        ["Xem ai đã gửi", "Tổng hợp theo tiêu chí", "Cập nhật", "Chi bộ khác"]
    )
    await officer.presses("Tổng hợp theo tiêu chí")
    assert "Mới có 01 bản" in officer.last
    await officer.presses("Xem danh sách báo cáo")
    await officer.presses("Chi bộ khác")
    await officer.says("2")
    assert officer.last.startswith("*Tự báo cáo quý IV năm 2026 – Chi bộ thôn 2*")


# --------------------------------------------------------------------------------------- rights


@pytest.mark.parametrize("verb", ["report-list", "report-sent", "report-sums"])
async def test_who_watches_the_cell_sees_and_nobody_else(world: World, verb: str) -> None:
    """The upper member in charge and officers above see; members, other secretaries and other officers do not."""
    secretary, an = await cell_of_five(world)
    other = await world.secretary("Vũ Văn Lân", cell="Chi bộ thôn 2")
    in_charge = [Role.UPPER_MEMBER_IN_CHARGE]
    upper = await world.member("Đỗ Thị Mai", cell="Chi bộ thôn 2", roles=in_charge, over="Chi bộ thôn 1")
    elsewhere = await world.member("Lâm Văn Nghĩa", cell="Chi bộ thôn 2", roles=in_charge)
    officer = await world.officer("Hồ Văn Phòng")
    await world.committee("Đảng ủy xã Khác")
    stranger = await world.officer("Lý Văn Xa", over="Đảng ủy xã Khác")
    found = await open_round(world)
    cell = world.units["Chi bộ thôn 1"]
    seen = {}
    for voice in (secretary, officer, upper, an, other, elsewhere, stranger):
        await voice.forges(f"{verb}:{found}:{cell}:0")
        seen[voice.name] = "Chi bộ thôn 1" in voice.last
    assert seen == {
        "Phạm Văn Thư": True,
        "Hồ Văn Phòng": True,
        "Đỗ Thị Mai": True,
        "Nguyễn Thị An": False,
        "Vũ Văn Lân": False,
        "Lâm Văn Nghĩa": False,
        "Lý Văn Xa": False,
    }


async def test_in_charge_of_a_committee_is_not_in_charge_of_its_cells(world: World) -> None:
    """Sums of a committee are for its officers only; ids that name nothing are no longer valid."""
    await cell_of_five(world)
    upper = await world.member(
        "Đỗ Thị Mai", cell="Chi bộ thôn 2", roles=[Role.UPPER_MEMBER_IN_CHARGE], over="Đảng ủy xã Mẫu"
    )
    found = await open_round(world)
    committee = world.units["Đảng ủy xã Mẫu"]
    for data in (f"report-sums:{found}:{committee}", f"report-sums:{found}:99", f"report-list:{found}:{committee}"):
        await upper.forges(data)
    assert [heard[:45] for heard in upper.heard()] == snapshot(
        [
            "Việc này không thuộc phần đồng chí phụ trách ",
            "Nút này không còn dùng được. Đồng chí gõ /toi",
            "Nút này không còn dùng được. Đồng chí gõ /toi",
        ]
    )


@pytest.mark.parametrize("verb", ["report-remind", "report-behalf", "report-read"])
async def test_only_who_leads_the_cell_acts(world: World, verb: str) -> None:
    """Officers and the upper member in charge see, but do not remind, record or read."""
    _secretary, an = await cell_of_five(world)
    officer = await world.officer("Hồ Văn Phòng", admin=True)
    upper = await world.member("Đỗ Thị Mai", roles=[Role.UPPER_MEMBER_IN_CHARGE])
    found = await open_round(world)
    await reports(an)
    for voice in (officer, upper, an):
        await voice.forges(f"{verb}:{found}:{world.units['Chi bộ thôn 1']}")
        assert "không thuộc phần đồng chí phụ trách" in voice.last
