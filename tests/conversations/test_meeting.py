"""Calling a meeting: typed as people type, shown back in full, looked at once more, sent once."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from sqlalchemy import func, select, update

from bot.chat import Capabilities
from bot.domain.rights import Role
from storage import people
from storage.organisation import today
from storage.schema import audit, meetings, outbox, unit_versions
from tests.conversations.meeting_scenes import CELL, a_cell, call, called, compose, heard_by, hush, titles
from tests.world import World


async def count(world: World) -> int:
    """How many meetings are stored."""
    async with world.app.database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(meetings)))


async def test_from_the_command_to_the_notice(spring: World) -> None:
    """One question at a time, the time shown back in full, a summary, a receipt, and the counts that will move."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says("thứ 3 tuần sau 19:30")
    await secretary.presses("Đúng")
    await secretary.says("Nhà văn hóa thôn 1")
    await secretary.says("Thời sự\nNhiệm vụ tháng 4")
    await secretary.presses("Gửi thông báo cho 05 đồng chí")
    assert secretary.heard() == snapshot(
        [
            """\
Mời họp Chi bộ thôn 1. Đây là buổi sinh hoạt thường kỳ hay chuyên đề?

[1. Sinh hoạt thường kỳ] [2. Sinh hoạt chuyên đề] [Dừng lại]\
""",
            """\
Họp ngày nào, lúc mấy giờ? Đồng chí gõ như thường nói.

Ví dụ: 3/12 19h30; thứ 6 tuần sau 19h30; tối mai 7h.

[Quay lại] [Dừng lại]\
""",
            """\
19 giờ 30, Thứ Ba, ngày 13/04/2027. Đúng chưa?

[1. Đúng] [2. Ghi lại] [Quay lại] [Dừng lại]\
""",
            """\
Họp ở đâu? Mong đồng chí ghi rõ địa điểm, không quá 200 chữ cái.

[Quay lại] [Dừng lại]\
""",
            """\
Nội dung họp gồm những gì? Đồng chí gõ mỗi nội dung một dòng, không quá 1.500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

Nội dung gợi ý (mẫu tham khảo, sửa được):
1. Thông tin thời sự, chủ trương mới
2. Kiểm điểm việc thực hiện nghị quyết tháng trước
3. Nhiệm vụ trọng tâm tháng này; phân công thực hiện
4. Việc thực hiện bốn tốt của chi bộ và đảng viên
5. Thảo luận, biểu quyết nghị quyết

[1. Dùng nội dung gợi ý] [Quay lại] [Dừng lại]\
""",
            """\
*Xem lại trước khi gửi*

1. Loại: Sinh hoạt thường kỳ
2. Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
3. Địa điểm: Nhà văn hóa thôn 1
4. Nội dung:

“Thời sự
Nhiệm vụ tháng 4”

Gửi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc

Muốn sửa, đồng chí gõ số: 1 (loại), 2 (thời gian), 3 (địa điểm) hoặc 4 (nội dung). Nếu đã đúng, đồng chí bấm nút gửi.

[Gửi thông báo cho 05 đồng chí] [Quay lại] [Dừng lại]\
""",
            """\
*Đã gửi giấy mời họp*

Sinh hoạt thường kỳ
Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1

Gửi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.
Ghi nhận lúc 06 giờ 30, ngày 06/04/2027.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc\
""",
            """\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 0, vắng có lý do 0, chưa trả lời 05 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [2. Nhắc các đồng chí chưa trả lời] [3. Ghi thay] [4. Đổi hoặc hủy họp] [Cập nhật]\
""",
            """\
*Giấy mời họp chi bộ*

Kính gửi đồng chí Lê Văn Bí,

Chi bộ thôn 1 trân trọng kính mời đồng chí dự sinh hoạt thường kỳ.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
Thời sự
Nhiệm vụ tháng 4

Mong đồng chí trả lời “Có mặt” hoặc “Vắng có lý do” trước giờ họp.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
""",
        ]
    )


async def test_the_notice_reaches_members_and_who_is_in_charge(spring: World) -> None:
    """Every member who is asked and the upper-level member in charge get a notice of their own; the exempt do not."""
    await call(await a_cell(spring))
    heard = heard_by(spring)
    assert heard["Nguyễn Thị An"] == snapshot(
        [
            """\
*Giấy mời họp chi bộ*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 trân trọng kính mời đồng chí dự sinh hoạt thường kỳ.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Mong đồng chí trả lời “Có mặt” hoặc “Vắng có lý do” trước giờ họp.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert heard["Võ Văn Trên"] == snapshot(
        [
            """\
*Giấy mời họp chi bộ*

Kính gửi đồng chí Võ Văn Trên,

Chi bộ thôn 1 trân trọng kính mời đồng chí dự sinh hoạt thường kỳ.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Giấy mời gửi để đồng chí, cấp ủy viên phụ trách chi bộ, nắm; dự nếu sắp xếp được.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert sorted(heard) == ["Lê Văn Bí", "Nguyễn Thị An", "Phạm Thị Phó", "Trần Văn Ba", "Võ Văn Trên"]


async def test_a_day_alone_asks_for_the_time_in_its_part_of_the_day(spring: World) -> None:
    """After "tối mai", "7h" is 19 giờ; the short notice is worth a second look."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt chuyên đề")
    await secretary.says("toi mai")
    assert secretary.last == snapshot(
        """\
Thứ Tư, ngày 07/04/2027, buổi tối. Họp lúc mấy giờ?

Ví dụ: 19h30; 7 giờ rưỡi tối; 14:00.

[Quay lại] [Dừng lại]\
"""
    )
    await secretary.says("7h")
    assert secretary.last == snapshot(
        """\
19 giờ 00, Thứ Tư, ngày 07/04/2027. Đúng chưa?

Lưu ý: lệ thường giấy mời gửi trước ít nhất 03 ngày; lần này gấp hơn.

[1. Đúng] [2. Ghi lại] [Quay lại] [Dừng lại]\
"""
    )


async def test_a_time_alone_asks_for_the_day(spring: World) -> None:
    """After "19h30" only the day is asked for; who then types both means both."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says("19h30")
    assert secretary.last == snapshot(
        """\
Họp lúc 19 giờ 30. Vào ngày nào?

Ví dụ: 3/12; thứ 6 tuần sau; cuối tháng.

[Quay lại] [Dừng lại]\
"""
    )
    await secretary.says("20/4")
    assert "19 giờ 30, Thứ Ba, ngày 20/04/2027. Đúng chưa?" in secretary.last
    await secretary.presses("Ghi lại")
    await secretary.says("19h30")
    await secretary.says("21/4 8h")
    assert "08 giờ 00, Thứ Tư, ngày 21/04/2027. Đúng chưa?" in secretary.last
    await secretary.presses("Ghi lại")
    await secretary.says("22/4")
    await secretary.says("23/4 14h")
    assert "14 giờ 00, Thứ Sáu, ngày 23/04/2027. Đúng chưa?" in secretary.last


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("hôm qua 19h", "đã qua"),
        ("5/4 19h30", "đã qua"),
        ("30/2 19h30", "Trong lịch không có “30/2”"),
        ("15/4 25h", "Không có giờ “25h”"),
        ("15/4 2h", "02 giờ 00 hay 14 giờ 00"),
        ("tối mai 7h sáng", "Hệ thống chưa hiểu"),
        ("rằm tháng 3", "chưa nhận ngày âm lịch"),
        ("khi nào tiện", "Hệ thống chưa hiểu"),
        ("x" * 4000, "Hệ thống chưa hiểu"),
    ],
)
async def test_a_time_that_cannot_be_taken_is_asked_for_again(spring: World, typed: str, answer: str) -> None:
    """What is wrong is said, with something to type instead, and nothing is guessed."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says(typed)
    assert answer in secretary.last
    assert "Đúng chưa" not in secretary.last


async def test_the_time_shown_back_takes_another_time_but_no_riddle(spring: World) -> None:
    """Instead of pressing "Ghi lại" one may type the right time; "dung" is neither yes nor a time."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says("13/4 19h30")
    await secretary.says("dung")
    assert "Mong đồng chí bấm một nút" in secretary.last
    await secretary.says("14/4 20h")
    assert "20 giờ 00, Thứ Tư, ngày 14/04/2027. Đúng chưa?" in secretary.last
    await secretary.says("ĐÚNG")
    assert "Họp ở đâu?" in secretary.last


async def test_a_holiday_and_another_meeting_that_day_are_worth_a_second_look(spring: World) -> None:
    """The concerns are said beside the time and again in the summary; none of them forbids."""
    secretary = await a_cell(spring)
    await call(secretary, when="30/4 8h")
    await compose(secretary, when="30/4 14h")
    assert secretary.last == snapshot("""\
*Xem lại trước khi gửi*

1. Loại: Sinh hoạt thường kỳ
2. Thời gian: 14 giờ 00, Thứ Sáu, ngày 30/04/2027
3. Địa điểm: Nhà văn hóa thôn 1
4. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

Gửi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc

Lưu ý: ngày này chi bộ đã có sinh hoạt thường kỳ lúc 08 giờ 00, giấy mời do đồng chí Lê Văn Bí gửi.

Lưu ý: ngày này là ngày nghỉ lễ, Tết.

Muốn sửa, đồng chí gõ số: 1 (loại), 2 (thời gian), 3 (địa điểm) hoặc 4 (nội dung). Nếu đã đúng, đồng chí bấm nút gửi.

[Gửi thông báo cho 05 đồng chí] [Quay lại] [Dừng lại]\
""")
    await secretary.presses("Gửi thông báo cho 05 đồng chí")
    assert await count(spring) == 2


async def test_place_and_agenda_are_offered(spring: World) -> None:
    """The last place and the reference outline are one press away."""
    secretary = await called(spring)
    await secretary.says("/hop")
    assert secretary.last == snapshot("""\
Chi bộ thôn 1 đã có giấy mời họp:
• Sinh hoạt thường kỳ: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1

Đồng chí muốn làm gì?

[1. Xem trả lời ngày 13/04/2027] [2. Mời cuộc họp khác]\
""")
    await secretary.presses("Mời cuộc họp khác")
    await secretary.presses("Sinh hoạt chuyên đề")
    await secretary.says("20/4 19h30")
    await secretary.presses("Đúng")
    assert "Lần trước họp tại: Nhà văn hóa thôn 1" in secretary.last
    await secretary.presses("Như lần trước")
    assert secretary.last == snapshot("""\
Nội dung họp gồm những gì? Đồng chí gõ mỗi nội dung một dòng, không quá 1.500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

Nội dung gợi ý (mẫu tham khảo, sửa được):
1. Báo cáo chuyên đề
2. Thảo luận, liên hệ với tình hình của chi bộ
3. Kết luận, phân công thực hiện

[1. Dùng nội dung gợi ý] [Quay lại] [Dừng lại]\
""")
    await secretary.presses("Dùng nội dung gợi ý")
    assert "3. Địa điểm: Nhà văn hóa thôn 1" in secretary.last
    assert "Thảo luận, liên hệ với tình hình của chi bộ" in secretary.last


async def test_every_item_can_be_changed_from_the_summary(spring: World) -> None:
    """A number changes one item and comes back to the summary; other words do nothing."""
    secretary = await a_cell(spring)
    await compose(secretary)
    for number, answer in (("1", "Sinh hoạt chuyên đề"), ("3", "Trường học"), ("4", "Chuyên đề tháng 4")):
        await secretary.says(number)
        await secretary.says(answer)
    await secretary.says("2")
    await secretary.says("14/4 20h")
    await secretary.presses("Đúng")
    await secretary.says("5")
    assert secretary.last == snapshot("""\
*Xem lại trước khi gửi*

Mong đồng chí gõ số từ 1 đến 4 để sửa, hoặc bấm một nút dưới đây.

1. Loại: Sinh hoạt chuyên đề
2. Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
3. Địa điểm: Trường học
4. Nội dung:

“Chuyên đề tháng 4”

Gửi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc

Muốn sửa, đồng chí gõ số: 1 (loại), 2 (thời gian), 3 (địa điểm) hoặc 4 (nội dung). Nếu đã đúng, đồng chí bấm nút gửi.

[Gửi thông báo cho 05 đồng chí] [Quay lại] [Dừng lại]\
""")


async def test_classified_and_overlong_words_are_refused(spring: World) -> None:
    """Neither place nor agenda takes a mark of secrecy or too many words, and nothing of them is kept."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says("13/4 19h30")
    await secretary.presses("Đúng")
    await secretary.says("Hội trường\nTUYỆT MẬT")
    assert "bí mật nhà nước" in secretary.last
    await secretary.says("x" * 201)
    assert "dài quá 200" in secretary.last
    await secretary.says("...")
    assert "chưa thấy chữ nào" in secretary.last
    await secretary.sends_file("a.pdf", b"x")
    assert "không lưu tệp đồng chí vừa gửi" in secretary.last
    await secretary.says("Hội trường")
    await secretary.says("MẬT: kế hoạch")
    assert "bí mật nhà nước" in secretary.last
    await secretary.says("x" * 1501)
    assert "dài quá 1500" in secretary.last
    async with spring.app.database.read() as tx:
        bodies = "".join(row.body for row in await tx.all(select(outbox.c.body)))
    assert "kế hoạch" not in bodies


async def test_sent_once_however_often_it_is_pressed(spring: World) -> None:
    """The button of the summary, pressed again, shows what was sent and sends nothing."""
    secretary = await a_cell(spring)
    await compose(secretary)
    send = secretary.buttons[0].data
    await secretary.forges(send)
    hush(spring)
    await secretary.forges(send)
    assert list(titles(spring)) == ["Lê Văn Bí"]
    assert "Chi bộ thôn 1 đã có giấy mời họp" in secretary.last
    assert await count(spring) == 1


async def test_two_secretaries_at_once_see_each_other(spring: World) -> None:
    """When the deputy was faster, the secretary's summary comes again with the deputy's meeting; then it may be sent."""
    secretary = await a_cell(spring)
    deputy = spring.voices["Phạm Thị Phó"]
    await compose(secretary)
    await call(deputy, when="13/4 8h")
    await secretary.says("gửi thông báo")
    assert (
        "ngày này chi bộ đã có sinh hoạt thường kỳ lúc 08 giờ 00, giấy mời do đồng chí Phạm Thị Phó gửi"
        in secretary.last
    )
    assert await count(spring) == 1
    await secretary.says("gui")
    assert await count(spring) == 2


async def test_a_draft_left_until_its_time_has_passed(spring: World) -> None:
    """Gone on with too late, the draft asks for the time anew and keeps the rest."""
    secretary = await a_cell(spring)
    await compose(secretary, when="mai 8h")
    old = secretary.buttons[0].data
    await secretary.says("dừng lại")
    await spring.passes(days=1, hours=3)
    await secretary.presses("Làm tiếp")
    assert secretary.last == snapshot("""\
*Xem lại trước khi gửi*

1. Loại: Sinh hoạt thường kỳ
2. Thời gian: 08 giờ 00, Thứ Tư, ngày 07/04/2027
3. Địa điểm: Nhà văn hóa thôn 1
4. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

08 giờ 00, Thứ Tư, ngày 07/04/2027 đã qua. Mong đồng chí chọn lại thời gian.

[Ghi lại thời gian] [Quay lại] [Dừng lại]\
""")
    await secretary.forges(old)
    assert await count(spring) == 0
    await secretary.presses("Ghi lại thời gian")
    assert "08 giờ 00, Thứ Tư, ngày 07/04/2027 đã qua. Mong đồng chí chọn lại" in secretary.last
    await secretary.says("13/4 19h30")
    await secretary.presses("Đúng")
    await secretary.says("gửi")
    assert await count(spring) == 1


async def test_the_time_passes_while_the_summary_is_read(spring: World) -> None:
    """Sent a moment too late, the time is asked for again; so it is when "Đúng" comes too late."""
    secretary = await a_cell(spring)
    await compose(secretary, when="hôm nay 7h")
    spring.clock.move_to(spring.clock.now() + timedelta(hours=1))
    await secretary.says("gửi")
    assert "07 giờ 00, Thứ Ba, ngày 06/04/2027 đã qua" in secretary.last
    await secretary.says("hôm nay 8h")
    spring.clock.move_to(spring.clock.now() + timedelta(hours=1))
    await secretary.says("Đúng")
    assert "08 giờ 00, Thứ Ba, ngày 06/04/2027 đã qua" in secretary.last
    assert await count(spring) == 0


async def test_at_night_the_notice_waits_unless_the_meeting_is_near(spring: World) -> None:
    """At 22:00 a notice waits for the morning, and says so; a meeting within a day is told at once."""
    secretary = await a_cell(spring)
    an = spring.voices["Nguyễn Thị An"]
    await spring.passes(hours=15.5)
    await compose(secretary)
    assert "Bây giờ là giờ nghỉ; tin sẽ đến lúc 06 giờ 30, ngày 07/04/2027." in secretary.last
    await secretary.says("gửi")
    assert an.heard() == []
    await spring.passes(hours=8)
    assert len(an.heard()) == 0
    await spring.passes(hours=1)
    assert len(an.heard()) == 1
    await spring.passes(hours=15)
    await call(secretary, when="mai 19h30")
    assert len(an.heard()) == 1


async def test_who_leads_several_cells_chooses(spring: World) -> None:
    """The cell is chosen first, and its name stands in the question."""
    secretary = await a_cell(spring)
    assert secretary.person_id is not None
    await spring.cell("Chi bộ thôn 2")
    async with spring.app.database.write() as tx:
        await people.add_role(tx, person=secretary.person_id, unit=spring.units["Chi bộ thôn 2"], role=Role.SECRETARY)
    await secretary.says("/hop")
    assert secretary.last == snapshot("""\
Đồng chí mời họp chi bộ nào?

[1. Chi bộ thôn 1] [2. Chi bộ thôn 2]\
""")
    await secretary.presses("Chi bộ thôn 2")
    assert "Mời họp Chi bộ thôn 2" in secretary.last


async def test_others_may_not_call_a_meeting(spring: World) -> None:
    """Members, officers and secretaries of other cells are refused, at the command and at a forged button."""
    await a_cell(spring)
    other = await spring.secretary("Mai Thị Khác", cell="Chi bộ thôn 2")
    officer = await spring.officer("Cán bộ Xã")
    for voice in (spring.voices["Nguyễn Thị An"], spring.voices["Võ Văn Trên"], officer):
        await voice.says("/hop")
        assert "không thuộc phần đồng chí phụ trách" in voice.last
    for voice in (other, officer, spring.voices["Nguyễn Thị An"]):
        for verb in ("meeting-cell", "meeting-new"):
            await voice.forges(f"{verb}:{spring.units[CELL]}")
            assert "không thuộc phần đồng chí phụ trách" in voice.last
    await other.forges("meeting-new:999")
    assert "không còn dùng được" in other.last
    await other.forges(f"meeting-new:{spring.units['Đảng ủy xã Mẫu']}")
    assert "không còn dùng được" in other.last
    guest = spring.stranger()
    await guest.says("/hop")
    assert "chưa tham gia" in guest.last


async def test_what_is_written_down_holds_no_free_text(spring: World) -> None:
    """The audit names the meeting and its time, and neither place nor agenda nor reason."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    await an.says("Đưa cháu đi viện")
    async with spring.app.database.read() as tx:
        rows = await tx.all(select(audit.c.action, audit.c.actor_id, audit.c.details).order_by(audit.c.id))
    assert [(row.action, row.actor_id) for row in rows] == [
        ("meeting_called", secretary.person_id),
        ("meeting_answered", an.person_id),
    ]
    assert [dict(row.details) for row in rows] == snapshot(
        [
            {"kind": "regular_meeting", "starts_at": "2027-04-13T12:30:00+00:00"},
            {"meeting": 1, "version": 1, "answer": "excused"},
        ]
    )


async def test_where_nothing_can_be_edited_no_reply_makes_a_message(spring: World) -> None:
    """On a channel that cannot replace messages the secretary gets the counts with the reminders, not at every reply."""
    spring.recorder.capabilities = Capabilities(buttons=True, edit=False, files=True, text_limit=2000)
    secretary = await called(spring)
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    await spring.voices["Trần Văn Ba"].presses("Có mặt")
    assert secretary.heard() == []
    await spring.passes(days=4.1)
    assert [said for said in secretary.heard() if "Có mặt 02" in said] == snapshot(
        [
            """\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 02, vắng có lý do 0, chưa trả lời 03 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 08 giờ 00, ngày 10/04/2027.

[1. Ai chưa trả lời] [2. Nhắc các đồng chí chưa trả lời] [3. Ghi thay] [4. Đổi hoặc hủy họp] [Cập nhật]\
"""
        ]
    )


async def test_words_instead_of_a_kind(spring: World) -> None:
    """Which meeting it is must be one of the two; the question comes again."""
    secretary = await a_cell(spring)
    await secretary.says("/hop")
    await secretary.says("họp bất thường")
    assert "Mong đồng chí bấm một nút" in secretary.last
    await secretary.says("2")
    await secretary.says("13/4 19h30")
    await secretary.presses("Đúng")
    await secretary.says("Nhà văn hóa")
    await secretary.says("Chuyên đề quý II")
    assert "1. Loại: Sinh hoạt chuyên đề" in secretary.last


async def test_a_cell_that_is_no_more(spring: World) -> None:
    """Who led a cell that was dissolved calls no meeting, and nobody is reminded of the one that was called."""
    secretary = await called(spring)
    async with spring.app.database.write() as tx:
        await tx.run(
            update(unit_versions).where(unit_versions.c.unit_id == spring.units[CELL]).values(valid_to=today(tx))
        )
    await secretary.says("/hop")
    assert secretary.last == snapshot(
        "Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy."
    )
    hush(spring)
    await spring.passes(days=8)
    assert heard_by(spring) == {}


async def test_who_leads_a_committee_leads_no_cell_by_that(spring: World) -> None:
    """The secretary of a committee calls no cell, by the command or by a forged button."""
    await spring.committee()
    above = await spring.member("Đỗ Văn Xã", cell=None, roles=[Role.SECRETARY], over="Đảng ủy xã Mẫu")
    await above.says("/hop")
    assert "không thuộc phần đồng chí phụ trách" in above.last
    await above.forges(f"meeting-new:{spring.units['Đảng ủy xã Mẫu']}")
    assert "không còn dùng được" in above.last
