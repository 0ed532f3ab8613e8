"""Answering a notice, for oneself and on behalf; what those who lead see of it as it comes."""

from datetime import UTC, datetime, timedelta

from inline_snapshot import snapshot
from sqlalchemy import select, update

from bot.domain.member import Status
from bot.domain.rights import Role
from storage import people
from storage.organisation import today
from storage.schema import meeting_replies, memberships, outbox, roles
from tests.conversations.meeting_scenes import CELL, a_cell, call, called, counts, heard_by, hush, titles
from tests.world import Voice, World


async def answers(world: World) -> list[tuple[int, str, str, bool]]:
    """Every answer ever given: who, what, why, on behalf."""
    columns = meeting_replies.c
    async with world.app.database.read() as tx:
        rows = await tx.all(
            select(columns.person_id, columns.answer, columns.reason, columns.on_behalf).order_by(columns.id)
        )
    return [(row.person_id, row.answer, row.reason, row.on_behalf) for row in rows]


async def leaves(world: World, voice: Voice) -> None:
    """The member is transferred today."""
    async with world.app.database.write() as tx:
        await tx.run(update(memberships).where(memberships.c.person_id == voice.person_id).values(valid_to=today(tx)))


async def test_present_is_recorded_and_the_secretary_sees_it(spring: World) -> None:
    """A short receipt that names the meeting; the secretary's message moves, and no other is made."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    before = len(secretary.bubbles)
    await an.presses("Có mặt")
    assert an.heard() == snapshot(
        [
            """\
Đã ghi nhận đồng chí có mặt.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
"""
        ]
    )
    assert secretary.heard() == snapshot(
        [
            """\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 01, vắng có lý do 0, chưa trả lời 04 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [2. Nhắc các đồng chí chưa trả lời] [3. Ghi thay] [4. Đổi hoặc hủy họp] [Cập nhật]\
"""
        ]
    )
    assert len(secretary.bubbles) == before


async def test_typed_answers_are_understood(spring: World) -> None:
    """Words with or without diacritics, their beginning, or the number answer the newest notice."""
    await called(spring)
    an, ba, pho = (spring.voices[name] for name in ("Nguyễn Thị An", "Trần Văn Ba", "Phạm Thị Phó"))
    for voice, typed in ((an, "CÓ MẶT"), (ba, "co mat"), (pho, "1")):
        await voice.says(typed)
        assert "Đã ghi nhận đồng chí có mặt" in voice.last
    for voice, typed in ((an, "vắng"), (ba, "2"), (pho, "vang co ly do")):
        await voice.says(typed)
        assert "Đồng chí vắng vì lý do gì?" in voice.last


async def test_a_word_answers_the_notice_though_something_else_was_left_open(spring: World) -> None:
    """A question left open days ago does not take the answer to the notice that came since."""
    await a_cell(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.says("/tracuu")
    await call(spring.voices["Lê Văn Bí"])
    await an.says("vắng")
    assert "Đồng chí vắng vì lý do gì?" in an.last


async def test_absent_asks_for_the_reason(spring: World) -> None:
    """A usual reason is picked, or one's own is typed; the secretary sees it by name."""
    secretary = await called(spring)
    an, ba = spring.voices["Nguyễn Thị An"], spring.voices["Trần Văn Ba"]
    await an.presses("Vắng có lý do")
    await an.presses("Lý do sức khỏe")
    assert an.heard() == snapshot(
        [
            """\
Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Đồng chí vắng vì lý do gì? Mong đồng chí bấm một nút, hoặc gõ vài lời, không quá 300 chữ cái. Chỉ bí thư, phó bí thư chi bộ và cấp trên phụ trách xem được.

[1. Lý do sức khỏe] [2. Đi công tác, làm ăn xa] [3. Việc gia đình] [Dừng lại]\
""",
            """\
Đã ghi nhận đồng chí vắng có lý do: “Lý do sức khỏe”.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
""",
        ]
    )
    await ba.says("2")
    await ba.says("Đưa cháu đi thi\nở Vinh")
    assert secretary.heard()[-1] == snapshot("""\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 0, vắng có lý do 02, chưa trả lời 03 (trên 05 đồng chí).

Vắng có lý do:
• Nguyễn Thị An: Lý do sức khỏe
• Trần Văn Ba: Đưa cháu đi thi ở Vinh

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [2. Nhắc các đồng chí chưa trả lời] [3. Ghi thay] [4. Đổi hoặc hủy họp] [Xem đủ lý do vắng] [Cập nhật]\
""")


async def test_reasons_are_checked(spring: World) -> None:
    """A reason that is empty, too long or marked secret is not taken; "có mặt" instead of a reason is an answer."""
    await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    for typed, why in (("?", "chưa thấy chữ nào"), ("x" * 301, "dài quá 300"), ("Việc TỐI MẬT", "bí mật nhà nước")):
        await an.says(typed)
        assert why in an.last
    await an.says("có mặt")
    assert [answer for _, answer, _, _ in await answers(spring)] == ["present"]


async def test_the_newest_answer_counts_and_every_answer_is_kept(spring: World) -> None:
    """Until the meeting starts one may change one's mind; a second press of the same says since when."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Có mặt")
    await an.presses("Có mặt")
    assert an.last == snapshot("""\
Đồng chí đã báo có mặt từ trước, lúc 06 giờ 30, ngày 06/04/2027.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
""")
    await an.presses("Vắng có lý do")
    await an.presses("Việc gia đình")
    await an.presses("Vắng có lý do")
    assert an.last == snapshot("""\
Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Hệ thống đã ghi nhận đồng chí vắng, lý do: “Việc gia đình”. Nếu muốn sửa, đồng chí ghi lại lý do.

Đồng chí vắng vì lý do gì? Mong đồng chí bấm một nút, hoặc gõ vài lời, không quá 300 chữ cái. Chỉ bí thư, phó bí thư chi bộ và cấp trên phụ trách xem được.

[1. Lý do sức khỏe] [2. Đi công tác, làm ăn xa] [3. Việc gia đình] [Dừng lại]\
""")
    await an.says("Đám cưới")
    assert "Nguyễn Thị An: Đám cưới" in counts(secretary)
    assert [answer for _, answer, _, _ in await answers(spring)] == ["present", "excused", "excused"]


async def test_a_button_of_a_finished_question_shows_what_is_recorded(spring: World) -> None:
    """Pressing a reason again records nothing and shows the notice with the answer."""
    await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    reason = an.buttons[0].data
    await an.forges(reason)
    await an.forges(reason)
    assert "Đồng chí đã trả lời: vắng có lý do" in an.last
    assert len(await answers(spring)) == 1


async def test_after_the_start_nothing_is_taken(spring: World) -> None:
    """The member hears what was recorded; a reason that comes too late is not recorded; the secretary cannot act."""
    secretary = await called(spring)
    an, ba = spring.voices["Nguyễn Thị An"], spring.voices["Trần Văn Ba"]
    await an.presses("Có mặt")
    await ba.presses("Vắng có lý do")
    spring.clock.move_to(spring.clock.now() + timedelta(days=7, hours=14))
    await an.presses("Vắng có lý do")
    assert an.last == snapshot(
        "Buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027 đã bắt đầu nên hệ thống không ghi thêm. Câu trả lời đã ghi trước giờ họp: có mặt. Nếu cần, đồng chí báo bí thư chi bộ."
    )
    await ba.presses("Lý do sức khỏe")
    assert ba.last == snapshot(
        "Buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027 đã bắt đầu nên hệ thống không ghi thêm. Trước giờ họp đồng chí chưa trả lời. Nếu cần, đồng chí báo bí thư chi bộ."
    )
    for label in ("Nhắc các đồng chí chưa trả lời", "Ghi thay", "Đổi hoặc hủy họp"):
        await secretary.presses(label)
        assert "đã bắt đầu nên không thay đổi được nữa" in secretary.last
    await secretary.presses("Cập nhật")
    assert counts(secretary) == snapshot("""\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Buổi họp đã bắt đầu; hệ thống không ghi thêm.

Có mặt 01, vắng có lý do 0, chưa trả lời 04 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 20 giờ 30, ngày 13/04/2027.

[1. Ai chưa trả lời] [Cập nhật]\
""")
    assert len(await answers(spring)) == 1


async def test_who_is_not_invited_is_refused(spring: World) -> None:
    """A member of another cell, an exempt one, a guest, and one who has left since learn nothing of the meeting."""
    await called(spring)
    other = await spring.member("Mai Thị Khác", cell="Chi bộ thôn 2")
    exempt, an = spring.voices["Đoàn Văn Miễn"], spring.voices["Nguyễn Thị An"]
    await leaves(spring, an)
    for voice in (other, exempt, an):
        for verb in ("meeting-yes", "meeting-no", "meeting-show"):
            await voice.forges(f"{verb}:1:1")
            assert voice.last == snapshot(
                "Đồng chí không có tên trong danh sách mời của buổi họp này nên hệ thống không nhận câu trả lời. Nếu có nhầm lẫn, mong đồng chí báo bí thư chi bộ."
            )
    for verb in ("meeting-view", "meeting-waiting", "meeting-reasons", "meeting-remind", "meeting-behalf"):
        await an.forges(f"{verb}:1")
        assert "không thuộc phần đồng chí phụ trách" in an.last
    guest = spring.stranger()
    await guest.forges("meeting-yes:1:1")
    assert "chưa tham gia" in guest.last
    await other.forges("meeting-yes:999:1")
    assert "không còn dùng được" in other.last
    assert await answers(spring) == []


async def test_who_has_left_while_asked_for_the_reason(spring: World) -> None:
    """A reason that comes after the member has left the cell is not recorded."""
    await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    await leaves(spring, an)
    await an.says("Chuyển công tác")
    assert "không có tên trong danh sách mời" in an.last
    assert await answers(spring) == []


async def test_who_is_in_charge_answers_apart(spring: World) -> None:
    """The upper-level member in charge is shown beside the counts, sees them too, and cannot act for the cell."""
    secretary = await called(spring)
    above = spring.voices["Võ Văn Trên"]
    await above.presses("Có mặt")
    assert "Có mặt 0, vắng có lý do 0, chưa trả lời 05" in counts(secretary)
    assert "Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, có mặt." in counts(secretary)
    await above.says("/lichhop")
    await above.presses("Xem trả lời")
    assert above.last == snapshot("""\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 0, vắng có lý do 0, chưa trả lời 05 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, có mặt.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [Cập nhật]\
""")
    await above.forges("meeting-remind:1")
    assert "không thuộc phần đồng chí phụ trách" in above.last


async def test_who_has_not_answered_and_reminding_them(spring: World) -> None:
    """The list says whom no message reaches; the reminder goes once a day, and not to who presses."""
    secretary = await called(spring)
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    hush(spring)
    await secretary.presses("Ai chưa trả lời")
    assert secretary.heard() == snapshot(
        [
            """\
*Chưa trả lời: 04 đồng chí*

Buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027.

• Lê Văn Bí
• Phạm Thị Phó
• Trần Văn Ba
• Hoàng Thị Cúc – chưa tham gia hệ thống

[1. Nhắc các đồng chí chưa trả lời] [2. Ghi thay] [Xem số trả lời]\
"""
        ]
    )
    await secretary.presses("Nhắc các đồng chí chưa trả lời")
    assert heard_by(spring) == snapshot(
        {
            "Lê Văn Bí": [
                """\
Đã nhắc 02 đồng chí chưa trả lời.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc
Khi đã hỏi được, đồng chí bấm “Ghi thay”.

Chính đồng chí cũng chưa trả lời giấy mời.\
"""
            ],
            "Phạm Thị Phó": [
                """\
*Chi bộ nhắc việc*

Đồng chí chưa trả lời giấy mời dự sinh hoạt thường kỳ của Chi bộ thôn 1.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1

Mong đồng chí trả lời để chi bộ chuẩn bị. Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
            ],
            "Trần Văn Ba": [
                """\
*Chi bộ nhắc việc*

Đồng chí chưa trả lời giấy mời dự sinh hoạt thường kỳ của Chi bộ thôn 1.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1

Mong đồng chí trả lời để chi bộ chuẩn bị. Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
            ],
        }
    )
    await secretary.presses("Nhắc các đồng chí chưa trả lời")
    assert "02 đồng chí đã được nhắc trong hôm nay" in secretary.last
    assert "Phạm Thị Phó" not in heard_by(spring)


async def test_nobody_left_to_remind(spring: World) -> None:
    """When all have answered, the reminder and the list say so."""
    secretary = await spring.secretary("Lê Văn Bí")
    await call(secretary)
    remind = next(choice.data for choice in secretary.bubbles[-2].message.choices if choice.label.startswith("Nhắc"))
    await secretary.presses("Có mặt")
    await secretary.forges(remind)
    assert secretary.last == snapshot(
        "Tất cả các đồng chí đã trả lời giấy mời dự buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027."
    )
    await secretary.forges("meeting-waiting:1")
    assert "Tất cả các đồng chí đã trả lời" in secretary.last


async def test_recorded_on_behalf(spring: World) -> None:
    """For somebody without a phone, marked so; who has one is told, and their own word counts after it."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await secretary.presses("Ghi thay")
    assert secretary.last == snapshot("""\
Ghi thay câu trả lời giấy mời họp cho đồng chí nào? Chỉ ghi khi đã hỏi trực tiếp đồng chí ấy.

1. Lê Văn Bí
2. Phạm Thị Phó
3. Nguyễn Thị An
4. Trần Văn Ba
5. Hoàng Thị Cúc

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""")
    await secretary.says("cuc")
    await secretary.presses("Vắng có lý do")
    await secretary.says("Ốm")
    assert "Đã ghi thay đồng chí Hoàng Thị Cúc: vắng có lý do, lý do “Ốm”." in secretary.bubbles[-1].message.text
    await secretary.presses("Ghi thay đồng chí khác")
    await secretary.says("An")
    await secretary.presses("Có mặt")
    assert an.heard() == snapshot(
        [
            """\
*Đã ghi thay đồng chí*

Đồng chí Lê Văn Bí đã ghi thay câu trả lời của đồng chí: có mặt.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu không đúng, mong đồng chí bấm lại một nút dưới đây.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    await an.presses("Vắng có lý do")
    await an.presses("Lý do sức khỏe")
    await secretary.presses("Xem trả lời")
    assert "• Hoàng Thị Cúc: Ốm – ghi thay" in secretary.last
    assert "• Nguyễn Thị An: Lý do sức khỏe\n" in secretary.last


async def test_the_list_and_the_counts_do_not_disturb_each_other(spring: World) -> None:
    """A reply that comes while the secretary chooses moves the counts, and neither the list nor what its numbers mean."""
    secretary = await called(spring)
    await secretary.presses("Ghi thay")
    listed = secretary.bubbles[-1]
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    assert secretary.bubbles[-1] is listed and "Ghi thay câu trả lời" in listed.message.text
    await secretary.says("5")
    await spring.voices["Trần Văn Ba"].presses("Có mặt")
    await secretary.says("1")
    assert "Đã ghi thay đồng chí Hoàng Thị Cúc: có mặt" in secretary.last


async def test_on_behalf_of_who_has_left_or_too_late(spring: World) -> None:
    """Somebody who left the cell since the list was shown is not recorded for; nor is anybody after the start."""
    secretary = await called(spring)
    await secretary.presses("Ghi thay")
    await secretary.says("An")
    await leaves(spring, spring.voices["Nguyễn Thị An"])
    await secretary.says("hai")
    assert "Mong đồng chí bấm một nút" in secretary.last
    await secretary.presses("Có mặt")
    assert "Đồng chí Nguyễn Thị An không còn trong danh sách mời họp." in secretary.last
    await secretary.says("Cúc")
    old = secretary.buttons[0].data
    await secretary.forges(old)
    assert "Đã ghi thay" in secretary.last
    await secretary.forges(old)
    assert "Có mặt 01" in secretary.last
    spring.clock.move_to(datetime(2027, 4, 13, 12, 0, tzinfo=UTC))
    await secretary.presses("Ghi thay")
    await secretary.says("Cúc")
    spring.clock.move_to(datetime(2027, 4, 13, 12, 31, tzinfo=UTC))
    await secretary.presses("Có mặt")
    assert "đã bắt đầu nên không thay đổi được nữa" in secretary.last


async def test_the_time_changes_while_somebody_records_on_behalf(spring: World) -> None:
    """What a member said to the old time is not recorded for the new one: the list comes again and says so."""
    secretary = await called(spring)
    deputy = spring.voices["Phạm Thị Phó"]
    await deputy.forges("meeting-behalf:1")
    await deputy.says("Cúc")
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("1")
    await secretary.says("14/4 20h")
    await secretary.presses("Đúng")
    await secretary.says("gửi")
    await deputy.presses("Có mặt", old=1)
    assert "Thời gian họp vừa đổi thành 20 giờ 00, Thứ Tư, ngày 14/04/2027." in deputy.heard()[-1]
    assert await answers(spring) == []


async def test_many_reasons_stay_one_message_that_moves(spring: World) -> None:
    """The counts show the first reasons, cut short; all of them at full length are a press away."""
    secretary = await a_cell(spring)
    many = [await spring.member(f"Đảng viên {number}", cell=CELL) for number in range(1, 16)]
    await call(secretary)
    hush(spring)
    for voice in many:
        await voice.presses("Vắng có lý do")
        await voice.says("Bận việc " + "rất " * 70 + "lâu")
    assert "… và 03 đồng chí khác" in counts(secretary)
    assert len(counts(secretary)) < 2000
    await secretary.presses("Xem đủ lý do vắng")
    assert "Đảng viên 15: Bận việc" in secretary.last


async def test_who_no_longer_leads_sees_no_more_reasons(spring: World) -> None:
    """The message of who sent the notice stops moving when they hand the cell over."""
    secretary = await called(spring)
    async with spring.app.database.write() as tx:
        await tx.run(update(roles).where(roles.c.person_id == secretary.person_id).values(valid_to=today(tx)))
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    assert secretary.heard() == []


async def test_the_calendar(spring: World) -> None:
    """/lichhop: nothing; one meeting with its buttons; several with a button each; one's own answer beside it."""
    secretary = await a_cell(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.says("/lichhop")
    assert an.last == snapshot("Hiện chưa có lịch họp nào sắp tới. Khi chi bộ mời họp, hệ thống sẽ báo đồng chí.")
    await an.says("có mặt")
    assert "Hiện chưa có lịch họp nào" in an.last
    await call(secretary)
    await an.says("/lichhop")
    assert "Đồng chí chưa trả lời." in an.last
    await an.presses("Có mặt")
    await call(secretary, when="20/4 14h")
    await an.says("lịch họp")
    assert an.last == snapshot("""\
*Lịch họp sắp tới*

• 19 giờ 30, Thứ Ba, ngày 13/04/2027: sinh hoạt thường kỳ, Chi bộ thôn 1, tại Nhà văn hóa thôn 1. Đồng chí đã trả lời: có mặt (lúc 06 giờ 30, ngày 06/04/2027).
• 14 giờ 00, Thứ Ba, ngày 20/04/2027: sinh hoạt thường kỳ, Chi bộ thôn 1, tại Nhà văn hóa thôn 1. Đồng chí chưa trả lời.

[1. Ngày 13/04/2027, Chi bộ thôn 1] [2. Ngày 20/04/2027, Chi bộ thôn 1]\
""")
    await an.presses("Ngày 20/04/2027, Chi bộ thôn 1")
    assert "14 giờ 00, Thứ Ba, ngày 20/04/2027" in an.last
    other = await spring.member("Mai Thị Khác", cell="Chi bộ thôn 2")
    await other.says("/lichhop")
    assert "Hiện chưa có lịch họp nào" in other.last


async def test_words_that_may_mean_several_meetings(spring: World) -> None:
    """Typed out of the blue, an answer means the one meeting that waits for it; where several do, they are listed."""
    secretary = await a_cell(spring)
    an = spring.voices["Nguyễn Thị An"]
    await call(secretary)
    await call(secretary, when="20/4 14h")
    await an.says("/tracuu")
    await an.says("dừng lại")
    await an.says("tôi có mặt")
    assert "Lịch họp sắp tới" in an.last
    await an.presses("Ngày 13/04/2027, Chi bộ thôn 1")
    await an.presses("Có mặt")
    await an.says("xin vắng")
    assert "14 giờ 00, Thứ Ba, ngày 20/04/2027" in an.last and "Đồng chí vắng vì lý do gì?" in an.last


async def test_who_leads_without_being_asked_sees_the_counts_in_the_calendar(spring: World) -> None:
    """An exempt secretary is not invited and still finds the meeting."""
    await called(spring)
    leader = await spring.member("Bùi Văn Cựu", cell=CELL, status=Status.EXEMPT, roles=[Role.DEPUTY_SECRETARY])
    await leader.says("/lichhop")
    assert "chưa trả lời 05" in leader.last
    await leader.says("/toi")
    assert "có mặt 0, vắng có lý do 0, chưa trả lời 05" in leader.last


async def test_what_is_mine(spring: World) -> None:
    """/toi: what waits for an answer and when the bot reminds; who comes sees when; who is absent is left in peace."""
    secretary = await called(spring)
    an, above = spring.voices["Nguyễn Thị An"], spring.voices["Võ Văn Trên"]
    for voice in (secretary, an, above):
        await voice.says("/toi")
    assert secretary.last == snapshot("""\
Kính chào đồng chí Lê Văn Bí – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Trả lời giấy mời họp: sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027
• Sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027: có mặt 0, vắng có lý do 0, chưa trả lời 05
• Chi bộ thôn 1 còn 01 đồng chí chưa tham gia.

Hệ thống sẽ nhắc đồng chí:
• 08 giờ 00, Thứ Bảy, ngày 10/04/2027: Trả lời giấy mời họp: sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027

[1. Trả lời giấy mời] [2. Xem trả lời] [3. Phiếu mời Chi bộ thôn 1]\
""")
    assert an.last == snapshot("""\
Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Trả lời giấy mời họp: sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027

Hệ thống sẽ nhắc đồng chí:
• 08 giờ 00, Thứ Bảy, ngày 10/04/2027: Trả lời giấy mời họp: sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027

[1. Trả lời giấy mời]\
""")
    assert above.last == snapshot("""\
Kính chào đồng chí Võ Văn Trên – Chi bộ cơ quan xã.

Việc đang chờ đồng chí:
• Trả lời giấy mời họp: sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027

[1. Trả lời giấy mời]\
""")
    await an.presses("Trả lời giấy mời")
    await an.presses("Có mặt")
    await an.says("/toi")
    assert an.last == snapshot("""\
Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Dự sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1

Hệ thống sẽ nhắc đồng chí:
• 08 giờ 00, Thứ Hai, ngày 12/04/2027: Dự sinh hoạt thường kỳ, Chi bộ thôn 1, 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1

[1. Xem hệ thống giúp được gì]\
""")
    await an.says("vắng")
    await an.presses("Lý do sức khỏe")
    await an.says("/toi")
    assert "sinh hoạt thường kỳ" not in an.last
    assert titles(spring)["Lê Văn Bí"]


async def test_reasons_are_in_no_message_but_those_of_who_may_see_them(spring: World) -> None:
    """What a member wrote reaches the one who follows the replies, and nobody else."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    await an.says("Đi viện tuyến trên")
    async with spring.app.database.read() as tx:
        rows = await tx.all(select(outbox.c.person_id).where(outbox.c.body.contains("tuyến trên")))
    assert {row.person_id for row in rows} == {an.person_id, secretary.person_id}


async def test_who_leads_two_cells_has_both_in_the_calendar(spring: World) -> None:
    """Of the cell one belongs to with one's answer, of the other without."""
    secretary = await called(spring)
    other = await spring.secretary("Mai Thị Khác", cell="Chi bộ thôn 2")
    assert other.person_id is not None
    async with spring.app.database.write() as tx:
        await people.add_role(tx, person=other.person_id, unit=spring.units[CELL], role=Role.DEPUTY_SECRETARY)
    await other.says("/hop")
    await other.presses("Chi bộ thôn 2")
    await other.presses("Sinh hoạt thường kỳ")
    await other.says("14/4 8h")
    await other.presses("Đúng")
    await other.says("Trường học")
    await other.says("Thời sự")
    await other.says("gửi")
    await other.says("/lichhop")
    assert other.last == snapshot("""\
*Lịch họp sắp tới*

• 19 giờ 30, Thứ Ba, ngày 13/04/2027: sinh hoạt thường kỳ, Chi bộ thôn 1, tại Nhà văn hóa thôn 1.
• 08 giờ 00, Thứ Tư, ngày 14/04/2027: sinh hoạt thường kỳ, Chi bộ thôn 2, tại Trường học. Đồng chí chưa trả lời.

[1. Ngày 13/04/2027, Chi bộ thôn 1] [2. Ngày 14/04/2027, Chi bộ thôn 2]\
""")
    await other.presses("Ngày 13/04/2027, Chi bộ thôn 1")
    assert "chưa trả lời 05" in other.last
    assert secretary.heard() == []


async def test_after_the_last_reminder_nothing_more_is_promised(spring: World) -> None:
    """/toi of who comes names the meeting, and no reminder that will not come."""
    await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Có mặt")
    await spring.passes(days=6.5)
    await an.says("/toi")
    assert "Dự sinh hoạt thường kỳ" in an.last and "Hệ thống sẽ nhắc" not in an.last


async def test_absent_with_the_reason_at_once(spring: World) -> None:
    """Who types why at once is not asked; a reason that will not do is asked for as ever."""
    await called(spring)
    an, ba = spring.voices["Nguyễn Thị An"], spring.voices["Trần Văn Ba"]
    await an.says("Vắng vì ốm nặng")
    [told] = an.heard()
    assert told.startswith("Đã ghi nhận đồng chí vắng có lý do: “ốm nặng”.")
    await ba.says("xin vang " + "x" * 301)
    assert "Đồng chí vắng vì lý do gì?" in ba.heard()[-1]
