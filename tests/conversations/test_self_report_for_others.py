"""A self-report recorded on behalf of a member, and one read by the secretary: who may, and who is told."""

from datetime import datetime

import pytest
from inline_snapshot import snapshot

from bot.domain.rights import Role
from storage.schema import audit, dialogues, self_reports
from tests.conversations.report_scenes import ALL_MET, VIETNAM, answers, at, open_round, reports, rows
from tests.world import Voice, World


async def cell_of_five(world: World) -> tuple[Voice, Voice, Voice]:
    """A cell with secretary and deputy, two members, and one without a phone; a round is open."""
    secretary = await world.secretary("Phạm Văn Thư")
    deputy = await world.member("Bùi Thị Phó", roles=[Role.DEPUTY_SECRETARY])
    an = await world.member("Nguyễn Thị An")
    await world.member("Hồ Thị Đào")
    await world.member("Lê Văn Cả", linked=False)
    await open_round(world)
    return secretary, deputy, an


async def records(leader: Voice, name: str, numbers: str = ALL_MET) -> None:
    """Record a report for the member with this name, from the list on."""
    await leader.says("/dsbaocao")
    await leader.presses("Ghi thay")
    await leader.says(name)
    await leader.presses("Bắt đầu")
    await answers(leader, numbers)
    await leader.presses("Gửi báo cáo")


async def test_a_report_is_recorded_for_who_has_no_phone(world: World) -> None:
    """The leader asks the same questions, is named as the one who records, and the receipt says for whom."""
    secretary, _deputy, an = await cell_of_five(world)
    await reports(an)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    assert secretary.heard()[-1] == snapshot("""\
Ghi thay bản tự báo cáo bốn tốt quý IV năm 2026 cho đồng chí nào?

1. Bùi Thị Phó
2. Hồ Thị Đào
3. Lê Văn Cả

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""")
    await secretary.says("ca")
    await secretary.presses("Bắt đầu")
    await secretary.presses("Chưa đạt")
    assert secretary.heard() == snapshot(
        [
            """\
Đồng chí ghi thay bản tự báo cáo bốn tốt quý IV năm 2026 cho đồng chí Lê Văn Cả, Chi bộ thôn 1. Có 12 câu.

Mong đồng chí hỏi và ghi đúng lời tự đánh giá của đồng chí Lê Văn Cả. Hệ thống ghi rõ đây là bản ghi thay.

[1. Bắt đầu] [Dừng lại]\
""",
            """\
*Câu 1/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời hạn.

Đồng chí Lê Văn Cả tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 1/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
Đang ghi: Chưa đạt.

Đồng chí có muốn ghi thêm không? Nếu không, đồng chí bấm “Bỏ qua”. Nếu có, đồng chí gõ vào đây, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[1. Bỏ qua] [Quay lại] [Dừng lại]\
""",
        ]
    )
    await secretary.presses("Bỏ qua")
    await answers(secretary, "1" * 11)
    assert "Bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí Lê Văn Cả:" in secretary.last
    await secretary.presses("Gửi báo cáo")
    assert secretary.heard()[-1] == snapshot("""\
*Đã nhận bản tự báo cáo*

Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí Lê Văn Cả, do đồng chí Phạm Văn Thư ghi thay.

Mã biên nhận: BN-JT59-2BXG-TKCZ
Thời điểm: 08 giờ 00, ngày 04/01/2027

[1. Ghi thay đồng chí khác] [2. Xem danh sách báo cáo]\
""")
    sent = (await rows(world, self_reports))[-1]
    assert (sent.on_behalf, sent.submitted_by, sent.version) == (True, secretary.person_id, 1)
    assert sent.person_id == world.voices["Lê Văn Cả"].person_id
    await secretary.presses("Xem danh sách báo cáo")
    await secretary.presses("Xem ai đã gửi")
    assert "• Lê Văn Cả – 08 giờ 00, ngày 04/01/2027; ghi thay" in secretary.last


async def test_the_member_is_told_and_may_set_it_right(world: World) -> None:
    """Who can be reached hears of it, sees it, changes it; then nobody records for them any more."""
    secretary, deputy, an = await cell_of_five(world)
    await records(deputy, "an", "2" + "1" * 11)
    assert an.heard() == snapshot(
        [
            """\
*Chi bộ thông báo*

Đồng chí Bùi Thị Phó vừa ghi thay bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Mong đồng chí xem lại. Nếu có chỗ chưa đúng, đồng chí tự sửa được đến hết ngày 15/01/2027.

[1. Xem lại bản đã gửi] [2. Sửa báo cáo đã gửi]\
"""
        ]
    )
    await an.presses("Xem lại bản đã gửi")
    assert "Do đồng chí Bùi Thị Phó ghi thay." in an.last
    await an.presses("Sửa báo cáo đã gửi")
    await an.says("1")
    await an.presses("Đạt")
    await an.presses("Gửi báo cáo")
    first, second = await rows(world, self_reports)
    assert (first.on_behalf, second.on_behalf, second.submitted_by) == (True, False, an.person_id)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    assert "Nguyễn Thị An" not in secretary.last


async def test_what_was_recorded_on_behalf_can_be_corrected(world: World) -> None:
    """Until the deadline a leader starts from what was recorded; the correction is a new version."""
    secretary, _deputy, _an = await cell_of_five(world)
    await records(secretary, "ca")
    secretary.heard()
    await secretary.presses("Ghi thay đồng chí khác")
    assert "Lê Văn Cả – đã ghi thay, chọn để sửa" in secretary.last
    await secretary.says("ca")
    await secretary.says("2")
    await secretary.presses("Một phần")
    await secretary.says("Đồng chí Cả nói còn bận việc nhà.")
    await secretary.presses("Gửi báo cáo")
    assert secretary.heard()[-1].split("\n\n")[2:] == snapshot(
        [
            """\
Mã biên nhận: BN-JT59-2BXG-TKCZ
Thời điểm: 08 giờ 00, ngày 04/01/2027\
""",
            "Đây là lần gửi thứ 2, thay cho lần trước.",
            "[1. Ghi thay đồng chí khác] [2. Xem danh sách báo cáo]",
        ]
    )
    assert [one.version for one in await rows(world, self_reports)] == [1, 2]
    await world.reaches(at(16, 1))
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    assert "Lê Văn Cả" not in secretary.last


async def test_a_report_sent_meanwhile_by_the_member_is_not_replaced(world: World) -> None:
    """The member sends their own while a leader still asks: the leader is told and nothing is recorded."""
    secretary, _deputy, an = await cell_of_five(world)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    await secretary.says("an")
    await secretary.presses("Bắt đầu")
    await answers(secretary)
    await reports(an)
    secretary.heard()
    await secretary.presses("Gửi báo cáo")
    assert secretary.heard() == snapshot(
        [
            "Đồng chí Nguyễn Thị An đã tự gửi báo cáo lúc 08 giờ 00, ngày 04/01/2027 nên không ghi thay nữa. Nếu cần sửa, mong đồng chí báo đồng chí Nguyễn Thị An tự sửa."
        ]
    )
    (sent,) = await rows(world, self_reports)
    assert not sent.on_behalf


async def test_one_leader_s_old_button_shows_what_came_of_it(world: World) -> None:
    """The second press of "Gửi" for somebody else shows their receipt; nothing is recorded twice."""
    secretary, _deputy, _an = await cell_of_five(world)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    await secretary.says("ca")
    await secretary.presses("Bắt đầu")
    await answers(secretary)
    send = secretary.buttons[0]
    await secretary.presses("Gửi báo cáo")
    first = secretary.heard()[-1]
    await secretary.forges(send.data)
    assert secretary.heard() == [first]
    assert len(await rows(world, self_reports)) == 1


async def test_when_everybody_has_sent_there_is_nobody_to_record_for(world: World) -> None:
    """The button says so; a leader never records for themselves."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    assert secretary.heard()[-1] == snapshot("Không còn đồng chí nào cần ghi thay báo cáo.")


async def test_at_night_the_member_is_told_in_the_morning(world: World) -> None:
    """Words to somebody who did not ask wait for the end of the quiet hours."""
    secretary, _deputy, an = await cell_of_five(world)
    await world.reaches(datetime(2027, 1, 4, 22, 0, tzinfo=VIETNAM))
    an.heard()
    await records(secretary, "an")
    assert [heard for heard in an.heard() if "ghi thay" in heard] == []
    await world.reaches(at(5, 1, 6, 31))
    assert len([heard for heard in an.heard() if "ghi thay" in heard]) == 1


# ------------------------------------------------------------------------------------- reading


async def test_the_secretary_reads_one_report_and_it_is_written_down(world: World) -> None:
    """Of the members of their own cell, one at a time; who read whose, and when, is in the audit."""
    secretary, _deputy, an = await cell_of_five(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await an.says("3")
    await an.says("Còn chậm hai việc.")
    await answers(an, "1" * 11)
    await an.presses("Gửi báo cáo")
    await secretary.says("/dsbaocao")
    await secretary.presses("Xem ai đã gửi")
    secretary.heard()
    await secretary.presses("Xem bản của một đồng chí")
    await secretary.says("1")
    assert secretary.heard() == snapshot(
        [
            """\
Đồng chí muốn xem bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí nào? Mỗi lần xem, hệ thống có ghi lại.

1. Nguyễn Thị An

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""",
            """\
Bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí Nguyễn Thị An, gửi lúc 08 giờ 00, ngày 04/01/2027.

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Chưa đạt: Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
Ý kiến: “Còn chậm hai việc.”
2. Đạt: Tham gia và vận động gia đình tham gia việc chung: xây dựng…
3. Đạt: Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập…

Tốt 2: Chất lượng sinh hoạt tốt
4. Đạt: Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.
5. Đạt: Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi…
6. Đạt: Thực hiện nghị quyết của Chi bộ và việc được phân công sau buổi…

Tốt 3: Đoàn kết tốt, kỷ luật tốt
7. Đạt: Chấp hành Điều lệ Đảng, pháp luật và quy định về những điều…
8. Đạt: Giữ gìn đoàn kết trong Chi bộ, nơi công tác và nơi cư trú; góp…
9. Đạt: Tự phê bình và phê bình chân thành; sửa những hạn chế đã được…

Tốt 4: Cán bộ, đảng viên tốt
10. Đạt: Giữ lối sống trung thực, giản dị, tiết kiệm; gia đình hòa…
11. Đạt: Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm…
12. Đạt: Thực hiện những điều đã cam kết trong năm.

[1. Xem bản khác] [2. Xem danh sách báo cáo]\
""",
        ]
    )
    read = (await rows(world, audit))[-1]
    assert (read.action, read.actor_id, read.subject) == (
        "self_report_read",
        secretary.person_id,
        f"person:{an.person_id}",
    )
    assert "chậm" not in str(read.details)
    await secretary.presses("Xem bản khác")
    assert "1. Nguyễn Thị An" in secretary.last


async def test_the_deputy_does_not_read_what_a_member_wrote(world: World) -> None:
    """Neither is the button there, nor does a forged one work."""
    secretary, deputy, an = await cell_of_five(world)
    await reports(an, "3" * 12)
    await deputy.says("/dsbaocao")
    await deputy.presses("Xem ai đã gửi")
    assert "Xem bản của một đồng chí" not in [choice.label for choice in deputy.buttons]
    await secretary.says("/dsbaocao")
    await secretary.presses("Xem ai đã gửi")
    read = next(choice.data for choice in secretary.buttons if choice.label == "Xem bản của một đồng chí")
    await deputy.forges(read)
    assert deputy.heard()[-1] == snapshot(
        "Chỉ bí thư chi bộ xem được bản tự báo cáo của từng đồng chí. Đồng chí xem được số tổng hợp của chi bộ."
    )
    assert "self_report_read" not in [row.action for row in await rows(world, audit)]


async def test_nobody_s_report_is_there_to_be_read(world: World) -> None:
    """Before anybody has sent, the secretary is told so."""
    secretary, _deputy, _an = await cell_of_five(world)
    await secretary.forges(f"report-read:1:{world.units['Chi bộ thôn 1']}")
    assert secretary.last == "Chưa có đồng chí nào gửi báo cáo."


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.DEPUTY_SECRETARY])
async def test_leaders_of_another_cell_record_and_read_nothing(world: World, role: Role) -> None:
    """Being a leader elsewhere gives no right over this cell, nor over its members' dialogues."""
    secretary, _deputy, an = await cell_of_five(world)
    await reports(an)
    other = await world.member("Vũ Văn Lân", cell="Chi bộ thôn 2", roles=[role])
    cell = world.units["Chi bộ thôn 1"]
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    await secretary.says("ca")
    dialogue = (await rows(world, dialogues))[-1].id
    for data in (f"report-behalf:1:{cell}", f"report-read:1:{cell}", f"d:{dialogue}:intro:0:begin"):
        await other.forges(data)
    assert "Lê Văn Cả" not in "".join(other.heard()) and "Nguyễn Thị An" not in "".join(other.heard())
    assert len(await rows(world, self_reports)) == 1
