"""The pledges of a cell for those who lead or watch it: the list, reminding, who may see and act; many cells."""

from datetime import datetime

import pytest
from inline_snapshot import snapshot

from bot.domain.rights import Role
from storage.schema import pledges
from tests.conversations.pledge_rounds import VIETNAM, cell_of_five, open_round, rows, signs
from tests.world import World


async def test_the_secretary_sees_counts_and_who_is_missing(world: World) -> None:
    """Counts, names with a mark of those without a phone; the exempt are in neither."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await signs(an)
    await secretary.says("/dscamket")
    assert secretary.heard() == snapshot(
        [
            """\
*Cam kết năm 2027 – Chi bộ thôn 1*

Hạn: 31/03/2027.
Đã xác nhận 01/04; đã ký bản giấy 0; còn thiếu 03.

Còn thiếu:
• Phạm Văn Thư
• Lê Văn Cả – chưa tham gia hệ thống
• Hồ Thị Đào

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Nhắc các đồng chí còn thiếu] [2. Ghi thay] [3. Đã ký bản giấy] [4. Xem ai đã xác nhận] [Cập nhật]\
"""
        ]
    )
    await secretary.presses("Xem ai đã xác nhận")
    assert secretary.heard() == snapshot(
        [
            """\
*Cam kết năm 2027 – Chi bộ thôn 1*

Hạn: 31/03/2027.
Đã xác nhận 01/04; đã ký bản giấy 0; còn thiếu 03.

Đã xác nhận:
• Nguyễn Thị An – 08 giờ 00, ngày 04/01/2027

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem ai còn thiếu] [Cập nhật]\
"""
        ]
    )


async def test_the_view_moves_in_place(world: World) -> None:
    """The refresh button replaces the message that it is under, with what is true now."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    assert "Đã xác nhận 0/04" in secretary.last
    await signs(an)
    await secretary.presses("Cập nhật")
    (bubble,) = secretary.bubbles
    assert "Đã xác nhận 01/04" in secretary.last and bubble.edits == 1


async def test_one_press_reminds_who_is_missing_and_can_be_reached(world: World) -> None:
    """Who has signed hears nothing; who has no phone is named; the answer says how many were told."""
    secretary, an = await cell_of_five(world)
    dao = world.voices["Hồ Thị Đào"]
    await open_round(world)
    await signs(an)
    an.heard()
    await secretary.says("/dscamket")
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert dao.heard() == snapshot(
        [
            """\
*Chi bộ nhắc việc*

Kính gửi đồng chí,

Chi bộ mong đồng chí đọc và ký cam kết năm 2027. Hạn là ngày 31/03/2027.

Nếu đồng chí đã ký trên giấy, mong đồng chí báo bí thư chi bộ ghi nhận. Trân trọng.

[1. Ký cam kết]\
"""
        ]
    )
    assert an.heard() == []
    assert secretary.heard()[-1] == snapshot("""\
Đã nhắc 01 đồng chí chưa ký.

01 đồng chí hệ thống chưa liên lạc được:
• Lê Văn Cả
Mong đồng chí gặp trực tiếp; ai đã đồng ý thì đồng chí mở danh sách, bấm “Ghi thay”.

Bản thân đồng chí cũng chưa ký; đồng chí gõ /camket để ký.

[1. Xem danh sách cam kết]\
""")
    await dao.presses("Ký cam kết")
    assert "phần 1/5" in dao.last


async def test_a_second_press_on_the_same_day_reminds_nobody_again(world: World) -> None:
    """At most once a day and person, whoever presses; the next day again."""
    secretary, _an = await cell_of_five(world)
    deputy = await world.member("Võ Thị Phó", roles=[Role.DEPUTY_SECRETARY])
    dao = world.voices["Hồ Thị Đào"]
    await open_round(world)
    for voice in (secretary, deputy):
        await voice.says("/dscamket")
        await voice.presses("Nhắc các đồng chí còn thiếu")
    assert len(dao.heard()) == 1
    assert deputy.heard()[-1] == snapshot("""\
Đã nhắc 01 đồng chí chưa ký.

02 đồng chí đã được nhắc trong hôm nay; mỗi ngày hệ thống chỉ nhắc một lần.

01 đồng chí hệ thống chưa liên lạc được:
• Lê Văn Cả
Mong đồng chí gặp trực tiếp; ai đã đồng ý thì đồng chí mở danh sách, bấm “Ghi thay”.

Bản thân đồng chí cũng chưa ký; đồng chí gõ /camket để ký.

[1. Xem danh sách cam kết]\
""")
    await world.passes(days=1)
    dao.heard()
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert len(dao.heard()) == 1


async def test_at_night_the_reminder_waits_until_morning(world: World) -> None:
    """Words to others wait through the quiet hours; the secretary is told until when."""
    secretary, _an = await cell_of_five(world)
    dao = world.voices["Hồ Thị Đào"]
    await open_round(world)
    await world.reaches(datetime(2027, 1, 8, 22, 0, tzinfo=VIETNAM))
    await secretary.says("/dscamket")
    dao.heard()
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert dao.heard() == []
    assert secretary.last.split("\n\n")[0] == snapshot(
        "Bây giờ là giờ nghỉ. Lời nhắc sẽ đến 02 đồng chí lúc 06 giờ 30, ngày 09/01/2027."
    )
    await world.reaches(datetime(2027, 1, 9, 6, 30, tzinfo=VIETNAM))
    assert len(dao.heard()) == 1


async def test_who_signed_since_the_list_was_shown_is_not_reminded(world: World) -> None:
    """The button asks the database at that moment, not the list on the screen."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await secretary.says("/dscamket")
    await signs(an)
    await signs(secretary)
    an.heard()
    await secretary.presses("Nhắc các đồng chí còn thiếu")
    assert an.heard() == []
    assert secretary.last == snapshot("Tất cả các đồng chí trong chi bộ đã xác nhận; không còn ai phải nhắc.")


# ------------------------------------------------------------------------------------------ rights


async def test_the_upper_member_in_charge_sees_and_cannot_act(world: World) -> None:
    """They see counts and names; buttons to act are not there, and forged ones are refused."""
    await cell_of_five(world)
    above = await world.member(
        "Đặng Văn Trên", cell="Chi bộ cơ quan", roles=[Role.UPPER_MEMBER_IN_CHARGE], over="Chi bộ thôn 1"
    )
    number = await open_round(world)
    await above.says("/dscamket")
    assert above.heard() == snapshot(
        [
            """\
*Cam kết năm 2027 – Chi bộ thôn 1*

Hạn: 31/03/2027.
Đã xác nhận 0/04; đã ký bản giấy 0; còn thiếu 04.

Còn thiếu:
• Phạm Văn Thư
• Nguyễn Thị An
• Lê Văn Cả – chưa tham gia hệ thống
• Hồ Thị Đào

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem ai đã xác nhận] [Cập nhật]\
"""
        ]
    )
    cell = world.units["Chi bộ thôn 1"]
    for verb in ("pledge-remind", "pledge-behalf", "pledge-paper"):
        await above.forges(f"{verb}:{number}:{cell}")
        assert "không thuộc phần đồng chí phụ trách" in above.last
    assert await rows(world, pledges) == []


@pytest.mark.parametrize("verb", ["pledge-list", "pledge-signed", "pledge-remind", "pledge-behalf", "pledge-paper"])
async def test_members_and_other_cells_learn_nothing(world: World, verb: str) -> None:
    """A plain member, a note-taker, and another cell's secretary are refused at every button."""
    _secretary, an = await cell_of_five(world)
    note_taker = await world.member("Bùi Thị Ghi", roles=[Role.NOTE_TAKER])
    other = await world.secretary("Mai Văn Xa", cell="Chi bộ thôn 2")
    number = await open_round(world)
    for voice in (an, note_taker, other):
        await voice.forges(f"{verb}:{number}:{world.units['Chi bộ thôn 1']}:0")
        assert "không thuộc phần đồng chí phụ trách" in voice.last
    await an.says("/dscamket")
    assert "không thuộc phần đồng chí phụ trách" in an.last


@pytest.mark.parametrize("args", ["", "1", "x:y", "999999:1", "1:999999", "1:1", "-1:2", "1:2:x"])
async def test_forged_arguments_change_nothing(world: World, args: str) -> None:
    """Numbers that name nothing, or a committee where a cell must be, get an answer and no act."""
    secretary, _an = await cell_of_five(world)
    await open_round(world)
    for verb in ("pledge-list", "pledge-remind", "pledge-behalf", "pledge-paper", "pledge-undo", "pledge-object"):
        await secretary.forges(f"{verb}:{args}")
        assert secretary.heard()
    assert await rows(world, pledges) == []


async def test_an_old_button_of_a_round_that_is_over_still_shows_and_no_longer_acts(world: World) -> None:
    """After the next round has opened the old list can be seen; reminding and recording are over."""
    secretary, _an = await cell_of_five(world)
    old = await open_round(world, period="2026", due_at=datetime(2027, 1, 5, 23, 59, tzinfo=VIETNAM))
    await secretary.says("/dscamket")
    await world.passes(days=3)  # the calendar has opened the next one
    here = f"{old}:{world.units['Chi bộ thôn 1']}"
    secretary.heard()
    await secretary.forges(f"pledge-list:{here}:0")
    assert "Nhắc" not in secretary.last and "Còn thiếu" in secretary.last
    for verb in ("pledge-remind", "pledge-behalf"):
        await secretary.forges(f"{verb}:{here}")
        assert "Đợt cam kết năm 2026 đã kết thúc" in secretary.last


# -------------------------------------------------------------------------------------- many cells


async def test_an_officer_sees_all_cells_and_chooses_one(world: World) -> None:
    """Those with the most missing first; by number or by name; then the cell, and back to the others."""
    officer = await world.officer("Trần Văn Phòng")
    for cell, members in (("Chi bộ thôn 1", 1), ("Chi bộ thôn 2", 3), ("Chi bộ trường học", 2)):
        for number in range(members):
            await world.member(f"Đảng viên {number} {cell}", cell=cell)
    await open_round(world)
    await signs(world.voices["Đảng viên 0 Chi bộ thôn 1"])
    await officer.says("/dscamket")
    assert officer.heard() == snapshot(
        [
            """\
Cam kết năm 2027: đã xác nhận 01/06, còn thiếu 05.
Chi bộ còn thiếu nhiều xếp trước. Đồng chí chọn một chi bộ để xem:

1. Chi bộ thôn 2 – 0/03, còn thiếu 03
2. Chi bộ trường học – 0/02, còn thiếu 02
3. Chi bộ thôn 1 – 01/01, đã đủ

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
"""
        ]
    )
    await officer.says("truong hoc")
    assert officer.heard() == snapshot(
        [
            """\
*Cam kết năm 2027 – Chi bộ trường học*

Hạn: 31/03/2027.
Đã xác nhận 0/02; đã ký bản giấy 0; còn thiếu 02.

Còn thiếu:
• Đảng viên 0 Chi bộ trường học
• Đảng viên 1 Chi bộ trường học

Số liệu lúc 08 giờ 00, ngày 04/01/2027.

[1. Xem ai đã xác nhận] [Cập nhật] [Chi bộ khác]\
"""
        ]
    )
    await officer.presses("Chi bộ khác")
    await officer.says("thôn")
    assert officer.last == snapshot("""\
Có 02 chi bộ có tên “thôn”. Mong đồng chí gõ số đứng trước tên cần chọn:

1. Chi bộ thôn 2 – 0/03, còn thiếu 03
3. Chi bộ thôn 1 – 01/01, đã đủ

[Quay lại] [Dừng lại]\
""")
    await officer.says("3")
    assert "Tất cả các đồng chí trong chi bộ đã xác nhận." in officer.last


async def test_an_officer_of_another_committee_sees_none_of_it(world: World) -> None:
    """A part of the tree is worth nothing in another."""
    await cell_of_five(world)
    await open_round(world)
    stranger = await world.officer("Trần Văn Khác", over="Đảng ủy xã Khác")
    await stranger.says("/dscamket")
    assert stranger.last == "Chưa có đợt cam kết nào được mở. Khi mở đợt, danh sách sẽ có ở đây."


async def test_an_officer_above_sees_the_rounds_of_the_committees_below(world: World) -> None:
    """Where every commune has a round of its own, the province's officer sees their cells together."""
    await world.committee("Đảng ủy tỉnh Mẫu")
    officer = await world.officer("Trần Văn Phòng", over="Đảng ủy tỉnh Mẫu")
    for commune in ("Đảng ủy xã Một", "Đảng ủy xã Hai"):
        await world.committee(commune, parent="Đảng ủy tỉnh Mẫu")
        await world.cell(f"Chi bộ {commune}", parent=commune)
        await world.member(f"Đảng viên {commune}", cell=f"Chi bộ {commune}")
        await open_round(world, over=commune)
    await officer.says("/dscamket")
    assert "đã xác nhận 0/02" in officer.last
    assert "1. Chi bộ Đảng ủy xã Một – 0/01, còn thiếu 01" in officer.last
    assert "2. Chi bộ Đảng ủy xã Hai – 0/01, còn thiếu 01" in officer.last


async def test_my_tasks_of_a_secretary(world: World) -> None:
    """/toi says how many are missing, with the button to the list; nothing when nobody is."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await secretary.says("/toi")
    assert secretary.last == snapshot("""\
Kính chào đồng chí Phạm Văn Thư – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Ký cam kết năm 2027 (hạn 31/03/2027)
• Cam kết năm 2027: còn 02 đồng chí của Chi bộ thôn 1 chưa ký

Hệ thống sẽ nhắc đồng chí:
• 19 giờ 00, Thứ Tư, ngày 24/03/2027: Ký cam kết năm 2027 (hạn 31/03/2027)

[1. Ký cam kết] [2. Xem danh sách cam kết]\
""")
    await secretary.presses("Xem danh sách cam kết")
    assert "Còn thiếu:" in secretary.last
    await signs(an)
    await signs(secretary)
    await secretary.says("/toi")
    assert "cam kết" not in secretary.last


async def test_a_long_list_has_pages(world: World) -> None:
    """Ten names a page, in place, there and back."""
    secretary = await world.secretary("Phạm Văn Thư")
    for number in range(1, 24):
        await world.member(f"Đảng viên {number:02}", linked=False)
    await open_round(world)
    await secretary.says("/dscamket")
    assert "• Đảng viên 09" in secretary.last and "• Đảng viên 10" not in secretary.last
    await secretary.presses("Trang sau")
    await secretary.presses("Trang sau")
    assert "• Đảng viên 20" in secretary.last and "(Trang 3/3)" in secretary.last
    await secretary.presses("Trang trước")
    assert "(Trang 2/3)" in secretary.last
    (bubble,) = secretary.bubbles
    assert bubble.edits == 3
