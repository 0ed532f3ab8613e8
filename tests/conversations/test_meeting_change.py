"""Changing and cancelling a meeting: everybody who was told hears what is different, and nobody else does."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from sqlalchemy import select, update

from storage.organisation import today
from storage.schema import meeting_versions, meetings, memberships
from tests.conversations.meeting_scenes import CELL, a_cell, call, called, counts, heard_by, hush, titles
from tests.world import Voice, World


async def change_time(secretary: Voice, when: str = "14/4 20h") -> None:
    """The meeting on another day, sent."""
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("1")
    await secretary.says(when)
    await secretary.presses("Đúng")
    await secretary.says("gửi")


async def change_place(secretary: Voice, place: str = "Trường tiểu học") -> None:
    """The meeting in another place, sent."""
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("2")
    await secretary.says(place)
    await secretary.says("gửi")


async def cancel(secretary: Voice) -> None:
    """The meeting cancelled."""
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.presses("Hủy buổi họp")
    await secretary.presses("Đúng, hủy buổi họp")


async def test_another_time_is_told_and_asked_again(spring: World) -> None:
    """Old and new stand side by side before it is sent and in what everybody hears; earlier answers do not count."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Có mặt")
    hush(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("1")
    await secretary.says("thứ 4 tuần sau 20h")
    await secretary.presses("Đúng")
    await secretary.presses("Gửi thay đổi cho 05 đồng chí")
    heard = heard_by(spring)
    assert heard["Lê Văn Bí"] == snapshot(
        [
            """\
*Đổi giấy mời họp*

1. Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
2. Địa điểm: Nhà văn hóa thôn 1
3. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

Muốn sửa, đồng chí gõ số: 1 (thời gian), 2 (địa điểm) hoặc 3 (nội dung). Nếu không họp nữa, đồng chí bấm “Hủy buổi họp”.

[Hủy buổi họp] [Dừng lại]\
""",
            """\
Họp ngày nào, lúc mấy giờ? Đồng chí gõ như thường nói.

Ví dụ: 3/12 19h30; thứ 6 tuần sau 19h30; tối mai 7h.

[Quay lại] [Dừng lại]\
""",
            """\
20 giờ 00, Thứ Tư, ngày 14/04/2027. Đúng chưa?

[1. Đúng] [2. Ghi lại] [Quay lại] [Dừng lại]\
""",
            """\
*Đổi giấy mời họp*

1. Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
    đổi thành: 20 giờ 00, Thứ Tư, ngày 14/04/2027
2. Địa điểm: Nhà văn hóa thôn 1
3. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

Báo thay đổi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.

Vì đổi thời gian, các đồng chí được hỏi lại; câu trả lời trước không tính cho giờ mới.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc

Muốn sửa, đồng chí gõ số: 1 (thời gian), 2 (địa điểm) hoặc 3 (nội dung). Nếu đã đúng, đồng chí bấm nút gửi.

[Gửi thay đổi cho 05 đồng chí] [Quay lại] [Dừng lại]\
""",
            """\
*Đã báo thay đổi*

Buổi sinh hoạt thường kỳ lúc 20 giờ 00, Thứ Tư, ngày 14/04/2027, tại Nhà văn hóa thôn 1.

Gửi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.
Ghi nhận lúc 06 giờ 30, ngày 06/04/2027.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc\
""",
            """\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

20 giờ 00, Thứ Tư, ngày 14/04/2027, tại Nhà văn hóa thôn 1.

Có mặt 0, vắng có lý do 0, chưa trả lời 05 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [2. Nhắc các đồng chí chưa trả lời] [3. Ghi thay] [4. Đổi hoặc hủy họp] [Cập nhật]\
""",
            """\
*Thay đổi giấy mời họp*

Kính gửi đồng chí Lê Văn Bí,

Chi bộ thôn 1 xin báo thay đổi về buổi sinh hoạt thường kỳ:
• Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027 đổi thành 20 giờ 00, Thứ Tư, ngày 14/04/2027

Giấy mời nay là:
Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Vì thời gian đã đổi, mong đồng chí trả lời lại, kể cả khi đã trả lời lần trước.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
""",
        ]
    )
    assert heard["Nguyễn Thị An"] == snapshot(
        [
            """\
*Thay đổi giấy mời họp*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 xin báo thay đổi về buổi sinh hoạt thường kỳ:
• Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027 đổi thành 20 giờ 00, Thứ Tư, ngày 14/04/2027

Giấy mời nay là:
Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Vì thời gian đã đổi, mong đồng chí trả lời lại, kể cả khi đã trả lời lần trước.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert heard["Võ Văn Trên"] == snapshot(
        [
            """\
*Thay đổi giấy mời họp*

Kính gửi đồng chí Võ Văn Trên,

Chi bộ thôn 1 xin báo thay đổi về buổi sinh hoạt thường kỳ:
• Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027 đổi thành 20 giờ 00, Thứ Tư, ngày 14/04/2027

Giấy mời nay là:
Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Vì thời gian đã đổi, mong đồng chí trả lời lại, kể cả khi đã trả lời lần trước.

Giấy mời gửi để đồng chí, cấp ủy viên phụ trách chi bộ, nắm; dự nếu sắp xếp được.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )


async def test_an_old_button_answers_for_the_new_time(spring: World) -> None:
    """A button of the first notice still works, and says that the time has changed; so it does for an absence."""
    secretary = await called(spring)
    await change_time(secretary)
    an, ba = spring.voices["Nguyễn Thị An"], spring.voices["Trần Văn Ba"]
    await an.presses("Có mặt", old=1)
    assert an.last == snapshot("""\
Đã ghi nhận đồng chí có mặt.

Lưu ý: thời gian đã đổi so với giấy mời đồng chí vừa bấm.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 20 giờ 00, Thứ Tư, ngày 14/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
""")
    await ba.presses("Vắng có lý do", old=1)
    assert "thời gian đã đổi so với giấy mời đồng chí vừa bấm" in ba.last
    await ba.says("Việc gia đình")
    assert "Có mặt 01, vắng có lý do 01, chưa trả lời 03" in counts(secretary)


async def test_the_time_changes_while_the_reason_is_asked_for(spring: World) -> None:
    """A reason for the old time is not taken for the new one: the question comes again, with the new time."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Vắng có lý do")
    await change_time(secretary)
    await an.says("Việc gia đình")
    assert an.last == snapshot("""\
Lưu ý: thời gian đã đổi so với giấy mời đồng chí vừa bấm.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 20 giờ 00, Thứ Tư, ngày 14/04/2027, tại Nhà văn hóa thôn 1.

Đồng chí vắng vì lý do gì? Mong đồng chí bấm một nút, hoặc gõ vài lời, không quá 300 chữ cái. Chỉ bí thư, phó bí thư chi bộ và cấp trên phụ trách xem được.

[1. Lý do sức khỏe] [2. Đi công tác, làm ăn xa] [3. Việc gia đình] [Quay lại] [Dừng lại]\
""")
    assert "vắng có lý do 0" in counts(secretary)


async def test_another_place_or_agenda_keeps_the_answers(spring: World) -> None:
    """Only what is different is said, and who has answered need not answer again."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await an.presses("Có mặt")
    hush(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("2")
    await secretary.says("Trường tiểu học")
    await secretary.says("3")
    await secretary.says("Công tác bầu cử")
    await secretary.presses("Gửi thay đổi cho 05 đồng chí")
    assert an.heard() == snapshot(
        [
            """\
*Thay đổi giấy mời họp*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 xin báo thay đổi về buổi sinh hoạt thường kỳ:
• Địa điểm: Nhà văn hóa thôn 1 đổi thành Trường tiểu học
• Nội dung: thay bằng nội dung dưới đây

Giấy mời nay là:
Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Trường tiểu học
Nội dung:
Công tác bầu cử

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert "Có mặt 01" in counts(secretary)


async def test_every_notice_is_kept(spring: World) -> None:
    """The versions of the notice stay, each with what it said."""
    secretary = await called(spring)
    await change_place(secretary)
    await change_time(secretary)
    async with spring.app.database.read() as tx:
        rows = await tx.all(select(meeting_versions).order_by(meeting_versions.c.version))
    assert [(row.version, row.place, row.starts_at.day) for row in rows] == [
        (1, "Nhà văn hóa thôn 1", 13),
        (2, "Trường tiểu học", 13),
        (3, "Trường tiểu học", 14),
    ]


async def test_nothing_changed_is_not_sent(spring: World) -> None:
    """Changed back to what it was, there is nothing to send; a number that is no item is no answer."""
    secretary = await called(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("2")
    await secretary.says("Trường tiểu học")
    await secretary.says("2")
    await secretary.says("Nhà văn hóa thôn 1")
    await secretary.says("gửi")
    assert "Chưa có gì thay đổi so với giấy mời đã gửi." in secretary.last
    await secretary.says("4")
    assert "gõ số từ 1 đến 3" in secretary.last
    assert list(titles(spring)) == ["Lê Văn Bí"]


async def test_whoever_has_heard_nothing_yet_gets_one_notice(spring: World) -> None:
    """Called at night and corrected before the morning: in the morning there is one notice, and no word of a change."""
    secretary = await a_cell(spring)
    await spring.passes(hours=15.5)
    await call(secretary)
    await change_place(secretary)
    hush(spring)
    await spring.passes(hours=9)
    assert titles(spring) == {name: ["Giấy mời họp chi bộ"] for name in spring.voices if name in _INVITED}
    assert "Địa điểm: Trường tiểu học" in spring.voices["Nguyễn Thị An"].last


_INVITED = ("Lê Văn Bí", "Phạm Thị Phó", "Nguyễn Thị An", "Trần Văn Ba", "Võ Văn Trên")


async def test_two_changes_in_one_night_are_told_as_one(spring: World) -> None:
    """Who has heard the first notice is told in the morning what differs from it, once."""
    secretary = await called(spring)
    await spring.passes(hours=15.5)
    await change_place(secretary)
    await change_time(secretary)
    hush(spring)
    await spring.passes(hours=9)
    assert spring.voices["Nguyễn Thị An"].heard() == snapshot(
        [
            """\
*Thay đổi giấy mời họp*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 xin báo thay đổi về buổi sinh hoạt thường kỳ:
• Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027 đổi thành 20 giờ 00, Thứ Tư, ngày 14/04/2027
• Địa điểm: Nhà văn hóa thôn 1 đổi thành Trường tiểu học

Giấy mời nay là:
Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
Địa điểm: Trường tiểu học
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Vì thời gian đã đổi, mong đồng chí trả lời lại, kể cả khi đã trả lời lần trước.

Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )


async def test_there_and_back_in_one_night(spring: World) -> None:
    """A time that was changed and changed back before anybody heard asks again, with the whole notice."""
    secretary = await called(spring)
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    await spring.passes(hours=15.5)
    await change_time(secretary)
    await change_time(secretary, when="13/4 19h30")
    hush(spring)
    await spring.passes(hours=9)
    assert titles(spring)["Nguyễn Thị An"] == ["Giấy mời họp chi bộ"]
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    assert "Có mặt 01" in counts(secretary)


async def test_cancelled(spring: World) -> None:
    """It is asked once more, then all who were told hear of it; its buttons say so from then on."""
    secretary = await called(spring)
    an = spring.voices["Nguyễn Thị An"]
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.presses("Hủy buổi họp")
    await secretary.says("hay là thôi")
    assert secretary.last == snapshot("""\
Hệ thống chưa nhận ra câu trả lời. Mong đồng chí bấm một nút, hoặc gõ số thứ tự của nút.

Hủy buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027? Hệ thống sẽ báo cho 05 đồng chí đã nhận giấy mời.

[1. Đúng, hủy buổi họp] [2. Không hủy] [Quay lại] [Dừng lại]\
""")
    await secretary.presses("Không hủy")
    assert list(titles(spring)) == ["Lê Văn Bí"]
    await cancel(secretary)
    assert secretary.heard() == snapshot(
        [
            """\
*Đổi giấy mời họp*

1. Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
2. Địa điểm: Nhà văn hóa thôn 1
3. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

Muốn sửa, đồng chí gõ số: 1 (thời gian), 2 (địa điểm) hoặc 3 (nội dung). Nếu không họp nữa, đồng chí bấm “Hủy buổi họp”.

[Hủy buổi họp] [Dừng lại]\
""",
            """\
Hủy buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027? Hệ thống sẽ báo cho 05 đồng chí đã nhận giấy mời.

[1. Đúng, hủy buổi họp] [2. Không hủy] [Quay lại] [Dừng lại]\
""",
            """\
*Đã hủy buổi họp*

Buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Đã báo hủy cho 05 đồng chí.
Ghi nhận lúc 06 giờ 30, ngày 06/04/2027.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc\
""",
            """\
*Thông báo hủy họp*

Kính gửi đồng chí Lê Văn Bí,

Chi bộ thôn 1 xin báo: buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1, không tổ chức nữa.

Mong đồng chí thông cảm. Trân trọng.\
""",
            """\
*Sinh hoạt thường kỳ – Chi bộ thôn 1*

19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Buổi họp này đã hủy.

Có mặt 0, vắng có lý do 0, chưa trả lời 05 (trên 05 đồng chí).

Cấp ủy viên phụ trách: đồng chí Võ Văn Trên, chưa trả lời.

Số liệu lúc 06 giờ 30, ngày 06/04/2027.

[1. Ai chưa trả lời] [Cập nhật]\
""",
        ]
    )
    assert an.heard() == snapshot(
        [
            """\
*Thông báo hủy họp*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 xin báo: buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1, không tổ chức nữa.

Mong đồng chí thông cảm. Trân trọng.\
"""
        ]
    )
    await an.presses("Có mặt")
    assert an.last == snapshot(
        "Buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027 đã hủy nên không cần trả lời nữa."
    )
    for verb in ("meeting-behalf", "meeting-change", "meeting-remind"):
        await secretary.forges(f"{verb}:1")
        assert "đã hủy nên không thay đổi được nữa" in secretary.last
    await an.says("/lichhop")
    assert "Hiện chưa có lịch họp nào" in an.last
    await spring.passes(days=8)
    assert "Chi bộ nhắc việc" not in str(an.heard())


async def test_cancelled_before_anybody_heard(spring: World) -> None:
    """Called and cancelled in one night: nobody hears anything."""
    secretary = await a_cell(spring)
    await spring.passes(hours=15.5)
    await call(secretary)
    await cancel(secretary)
    assert "Đã báo hủy cho 0 đồng chí" in secretary.bubbles[-1].message.text
    hush(spring)
    await spring.passes(days=1)
    assert heard_by(spring) == {}


async def test_who_left_or_came_meanwhile(spring: World) -> None:
    """Who has left the cell hears nothing of the change; who has come gets the notice as it is now."""
    secretary = await called(spring)
    ba = spring.voices["Trần Văn Ba"]
    async with spring.app.database.write() as tx:
        await tx.run(update(memberships).where(memberships.c.person_id == ba.person_id).values(valid_to=today(tx)))
    await spring.member("Mai Văn Mới", cell=CELL)
    await change_place(secretary)
    heard = titles(spring)
    assert "Trần Văn Ba" not in heard
    assert heard["Mai Văn Mới"] == ["Giấy mời họp chi bộ"]
    assert heard["Nguyễn Thị An"] == ["Thay đổi giấy mời họp"]


async def test_two_who_lead_change_at_once(spring: World) -> None:
    """The slower one is told that the notice has changed; what they had edited lies over the new notice."""
    secretary = await called(spring)
    deputy = spring.voices["Phạm Thị Phó"]
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("2")
    await secretary.says("Trường tiểu học")
    await deputy.says("/hop")
    await deputy.presses("Xem trả lời ngày 13/04/2027")
    await change_time(deputy)
    await secretary.says("gửi")
    assert secretary.last == snapshot("""\
*Đổi giấy mời họp*

Nội dung giấy mời họp cần sửa đã thay đổi từ lần trước. Hệ thống bắt đầu lại và giữ những câu trả lời còn phù hợp; mong đồng chí xem lại.

1. Thời gian: 20 giờ 00, Thứ Tư, ngày 14/04/2027
2. Địa điểm: Nhà văn hóa thôn 1
    đổi thành: Trường tiểu học
3. Nội dung:

“1. Thời sự
2. Nhiệm vụ tháng 4”

Báo thay đổi đến: 04 đảng viên và 01 cấp ủy viên phụ trách.

Hệ thống không gửi tới được 01 đồng chí, cần báo trực tiếp:
• Hoàng Thị Cúc

Muốn sửa, đồng chí gõ số: 1 (thời gian), 2 (địa điểm) hoặc 3 (nội dung). Nếu đã đúng, đồng chí bấm nút gửi.

[Gửi thay đổi cho 05 đồng chí] [Dừng lại]\
""")
    await secretary.says("gửi")
    async with spring.app.database.read() as tx:
        row = await tx.first(select(meetings))
    assert row is not None and (row.place, row.starts_at.day, row.version) == ("Trường tiểu học", 14, 3)


async def test_one_changes_while_another_cancels(spring: World) -> None:
    """The cancellation stands; the change is refused, and so is a second cancellation."""
    secretary = await called(spring)
    deputy = spring.voices["Phạm Thị Phó"]
    for voice in (secretary, deputy):
        await voice.forges("meeting-change:1")
        await voice.presses("Hủy buổi họp")
    await deputy.presses("Đúng, hủy buổi họp")
    assert "Buổi họp này đã hủy." in counts(secretary)
    await secretary.presses("Đúng, hủy buổi họp")
    assert "đã hủy nên không thay đổi được nữa" in secretary.last


async def test_a_change_that_is_sent_too_late(spring: World) -> None:
    """After the start nothing is changed; a new time that passes while it is looked at is asked for again."""
    secretary = await called(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("1")
    await secretary.says("hôm nay 8h")
    await secretary.presses("Đúng")
    send = secretary.buttons[0].data
    spring.clock.move_to(spring.clock.now() + timedelta(hours=2))
    await secretary.says("gửi")
    assert "08 giờ 00, Thứ Ba, ngày 06/04/2027 đã qua. Mong đồng chí chọn lại" in secretary.last
    await secretary.says("quay lại")
    assert "đã qua. Mong đồng chí chọn lại thời gian." in secretary.last
    await secretary.presses("Ghi lại thời gian")
    await secretary.says("20/4 8h")
    await secretary.presses("Đúng")
    spring.clock.move_to(spring.clock.now() + timedelta(days=6.9))
    await secretary.says("2")
    spring.clock.move_to(spring.clock.now() + timedelta(days=0.6))
    await secretary.says("Trường tiểu học")
    await secretary.says("gửi")
    assert "đã bắt đầu nên không thay đổi được nữa" in secretary.last
    await secretary.forges(send)
    assert "Buổi họp đã bắt đầu; hệ thống không ghi thêm." in counts(secretary)


@pytest.mark.parametrize("verb", ["meeting-change", "meeting-remind", "meeting-behalf"])
async def test_only_those_who_lead_the_cell_may(spring: World, verb: str) -> None:
    """Members, the one in charge, officers and other secretaries are refused."""
    await called(spring)
    other = await spring.secretary("Mai Thị Khác", cell="Chi bộ thôn 2")
    officer = await spring.officer("Cán bộ Xã")
    for voice in (spring.voices["Nguyễn Thị An"], spring.voices["Võ Văn Trên"], officer, other):
        await voice.forges(f"{verb}:1")
        assert "không thuộc phần đồng chí phụ trách" in voice.last
        await voice.forges(f"{verb}:x")
        assert "không còn dùng được" in voice.last
    await officer.forges("meeting-view:1")
    assert "chưa trả lời 05" in officer.last


async def test_a_change_that_another_process_was_faster_with(spring: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading and writing another has changed the meeting: nothing is overwritten, nobody is told."""
    secretary = await called(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("2")
    await secretary.says("Trường tiểu học")

    async def too_late(*_args: object, **_values: object) -> None:
        return

    monkeypatch.setattr("storage.meetings.change_meeting", too_late)
    hush(spring)
    await secretary.says("gửi")
    assert secretary.last == snapshot(
        "Giấy mời này vừa được đồng chí khác thay đổi hoặc hủy nên phần sửa của đồng chí chưa được gửi. Đồng chí gõ /hop để xem giấy mời hiện nay."
    )
    assert list(heard_by(spring)) == ["Lê Văn Bí"]
