"""Every journey where there are no buttons, nothing can be replaced and no file goes: as on Zalo, by typing alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from bot.channels.zalo import CAPABILITIES
from bot.chat import Delivery, DeliveryFailure, Paper, RateLimited, TransientFailure
from bot.domain.invitation import invitation_code
from bot.texts import plain
from handlers.issuing import issue
from handlers.turn import Act
from storage import invitations
from tests.conversations import pledge_rounds, report_scenes
from tests.conversations.test_broadcast import a_commune
from tests.world import Voice, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")
TYPED = replace(CAPABILITIES, per_second=None, chat_seconds=None)
"""Zalo, at once: time stands still while something is said here."""


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Monday 4 January 2027, 08:00 in Viet Nam, all of whose people are on Zalo."""
    world = await World.copy(template, tmp_path / "world.db", capabilities=TYPED)
    yield world
    await world.close()


async def code_of(world: World, person: Voice) -> str:
    """The code on the slip of somebody who has not joined."""
    assert person.person_id is not None
    async with world.app.database.write() as tx:
        issued = await issue(tx, world.app.house, [person.person_id], issued_by=None)
        [invitation] = await invitations.by_ids(tx, issued.ids)
    return invitation_code(invitation.seed, pepper=world.app.house.pepper).grouped


async def types(voice: Voice, *texts: str) -> list[str]:
    """Type one thing after the other; what is heard then."""
    for text in texts:
        await voice.says(text)
    return voice.heard()


def no_link(world: World) -> bool:
    """Whether nobody was told to open, press or scan anything that Zalo does not have."""
    said = [plain.as_text(one.message) for bubbles in world.recorder.chats.values() for one in bubbles]
    return not [text for text in said if "http" in text or "quét" in text or "đường dẫn" in text]


# ------------------------------------------------------------------------------------------ joining


async def test_joining_by_typing(world: World) -> None:
    """The first words are greeted, whatever they are; then the code, numbers and words are the whole way in."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An", linked=False)
    assert await types(an, "alo") == snapshot(
        [
            """\
KÍNH CHÀO ĐỒNG CHÍ

Đây là hệ thống hỗ trợ chi bộ và đảng viên thực hiện Phong trào thi đua “4 tốt”.

Để tham gia, mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…

Chưa có mã, đồng chí hỏi bí thư chi bộ. Gõ /trogiup để xem hệ thống làm được gì.\
"""
        ]
    )
    code = await code_of(world, an)
    assert [text.split("\n\n")[-1] for text in await types(an, code, "ĐỌC TIẾP", "1", "dung")] == (
        snapshot(
            [
                "Đồng chí gõ số 1 hoặc gõ “Đọc tiếp”. Cũng có thể gõ “Dừng lại”.",
                "Đồng chí gõ số 1, số 2 hoặc gõ chữ. Cũng có thể gõ “Quay lại” hoặc “Dừng lại”.",
                "Đồng chí gõ số 1, số 2 hoặc gõ chữ. Cũng có thể gõ “Quay lại” hoặc “Dừng lại”.",
                "Thay cho bấm nút, đồng chí gõ số 1, số 2 hoặc gõ chữ. Cũng có thể gõ “Quay lại” hoặc “Dừng lại”.",
            ]
        )
    )
    assert await types(an, "Đúng") == snapshot(
        [
            """\
ĐỒNG CHÍ ĐÃ THAM GIA

Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Hệ thống đã ghi nhận đồng chí đồng ý và tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027. Đồng chí có thể rút lại bất cứ lúc nào: gõ /rutlui.

Mời đồng chí bấm một nút để bắt đầu:

1. Đọc và ký cam kết
2. Tự báo cáo theo bốn tốt
3. Xem việc của tôi

Thay cho bấm nút, đồng chí gõ số (từ 1 đến 3) hoặc gõ chữ.\
"""
        ]
    )
    assert await types(ba, "khong dung nguoi") == snapshot(
        [
            """\
Đồng chí Nguyễn Thị An (Chi bộ thôn 1) đã tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027.

Nếu người tham gia không phải đồng chí ấy, xin bấm “Không đúng người”.

1. Không đúng người

Thay cho bấm nút, đồng chí gõ số 1 hoặc gõ “Không đúng người”.\
""",
            """\
GỠ TÀI KHOẢN KHỎI TÊN ĐỒNG CHÍ NGUYỄN THỊ AN (CHI BỘ THÔN 1)?

Tài khoản này tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027. Nếu gỡ, hệ thống thôi nhắn vào đó và xóa những câu trả lời còn dở ở đó. Những gì đã ký, đã nộp thì không xóa.

1. Gỡ tài khoản
2. Giữ nguyên

Đồng chí gõ số 1, số 2 hoặc gõ chữ.\
""",
        ]
    )
    assert no_link(world)


async def test_going_back_and_stopping_by_words(world: World) -> None:
    """The ways back and out are understood with and without diacritics, and go on later by number."""
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    heard = await types(
        an, "/camket", "tiep tuc", "quay lai", "QUAY LẠI", "1", "dừng lại", "lam tiep", "Dung lai.", "1"
    )
    assert [text.splitlines()[0] for text in heard] == snapshot(
        [
            "BẢN CAM KẾT TU DƯỠNG, RÈN LUYỆN, PHẤN ĐẤU",
            "XEM LẠI TRƯỚC KHI KÝ",
            "BẢN CAM KẾT TU DƯỠNG, RÈN LUYỆN, PHẤN ĐẤU",
            "BẢN CAM KẾT TU DƯỠNG, RÈN LUYỆN, PHẤN ĐẤU",
            "XEM LẠI TRƯỚC KHI KÝ",
            "Đã dừng bản cam kết. Phần đồng chí đã trả lời được giữ lại; khi nào tiện, đồng chí bấm “Làm tiếp”.",
            "XEM LẠI TRƯỚC KHI KÝ",
            "Đã dừng bản cam kết. Phần đồng chí đã trả lời được giữ lại; khi nào tiện, đồng chí bấm “Làm tiếp”.",
            "XEM LẠI TRƯỚC KHI KÝ",
        ]
    )


# ------------------------------------------------------------------------------------ pledge, report


async def test_signing_the_pledge(world: World) -> None:
    """All parts in one message, nothing added, looked at again, signed: three messages in all."""
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    heard = await types(an, "/camket", "1", "ky cam ket")
    assert len(heard) == 3
    heard = heard[1:]
    assert heard == snapshot(
        [
            """\
XEM LẠI TRƯỚC KHI KÝ

Bản cam kết tu dưỡng, rèn luyện, phấn đấu, năm 2027, gồm:
• Tư tưởng chính trị
• Phẩm chất đạo đức, lối sống
• Thực hiện nhiệm vụ
• Tổ chức kỷ luật và nêu gương
• Khắc phục hạn chế

Cam kết riêng của đồng chí:
1. Hoàn thành tốt nhiệm vụ: (không ghi thêm)
2. Chất lượng sinh hoạt tốt: (không ghi thêm)
3. Đoàn kết tốt, kỷ luật tốt: (không ghi thêm)
4. Cán bộ, đảng viên tốt: (không ghi thêm)

Muốn ghi hoặc sửa cam kết riêng, đồng chí gõ số 1, 2, 3 hoặc 4.

Nếu đã đồng ý với toàn bộ nội dung, đồng chí bấm “Ký cam kết”.

Thay cho bấm nút, đồng chí có thể gõ “Ký cam kết”, “Xem lại”, “Quay lại” hoặc “Dừng lại”.\
""",
            """\
ĐÃ XÁC NHẬN TRÊN HỆ THỐNG

Cảm ơn đồng chí. Hệ thống đã ghi nhận cam kết năm 2027 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng.\
""",
        ]
    )


async def test_sending_a_self_report(world: World) -> None:
    """Twelve questions in one message, answered in one; an opinion and a correction at the summary; sent."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    heard = await types(an, "/baocao", "1-11a 12a", "11 một phần: đã làm được một nửa", "3c", "gui bao cao")
    assert heard == snapshot(
        [
            """\
Bản tự báo cáo bốn tốt quý IV năm 2026, 12 câu, hạn hết ngày 15/01/2027. Chỉ đồng chí và bí thư chi bộ xem được bản này; cấp trên chỉ thấy số tổng hợp, không có tên.

(Mẫu tham khảo, không phải văn bản của cấp có thẩm quyền.)

Mỗi câu đồng chí chọn một chữ: a = Đạt, b = Một phần, c = Chưa đạt.

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời hạn.
2. Tham gia và vận động gia đình tham gia việc chung: xây dựng nông thôn mới, giữ gìn vệ sinh, an ninh trật tự, khuyến học.
3. Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập thể.

Tốt 2: Chất lượng sinh hoạt tốt
4. Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.
5. Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi sinh hoạt.
6. Thực hiện nghị quyết của Chi bộ và việc được phân công sau buổi sinh hoạt.

Tốt 3: Đoàn kết tốt, kỷ luật tốt
7. Chấp hành Điều lệ Đảng, pháp luật và quy định về những điều đảng viên không được làm; đóng đảng phí đầy đủ.
8. Giữ gìn đoàn kết trong Chi bộ, nơi công tác và nơi cư trú; góp phần hòa giải khi có bất hòa.
9. Tự phê bình và phê bình chân thành; sửa những hạn chế đã được góp ý.

Tốt 4: Cán bộ, đảng viên tốt
10. Giữ lối sống trung thực, giản dị, tiết kiệm; gia đình hòa thuận, gương mẫu.
11. Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm cụ thể.
12. Thực hiện những điều đã cam kết trong năm.

Đồng chí gõ số câu kèm chữ đã chọn, tất cả trong một tin, ví dụ: 1a 2b 3a
Chưa trả lời hết cũng được; hệ thống giữ lại và hỏi tiếp những câu còn thiếu.

Đồng chí có thể gõ “Dừng lại”.\
""",
            """\
XEM LẠI TRƯỚC KHI GỬI

Bản tự báo cáo bốn tốt quý IV năm 2026:

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Đạt: Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
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

Nếu đã đúng, đồng chí gõ: gửi báo cáo
Muốn sửa, đồng chí gõ số câu kèm chữ, ví dụ: 3b
Muốn ghi thêm ý kiến, đồng chí gõ số câu rồi gõ ý kiến, ví dụ: 3 còn vắng một buổi

Đồng chí có thể gõ “Gửi báo cáo”, “Quay lại” hoặc “Dừng lại”.\
""",
            """\
XEM LẠI TRƯỚC KHI GỬI

Đã sửa ý kiến của câu 11.

Bản tự báo cáo bốn tốt quý IV năm 2026:

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Đạt: Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
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
11. Một phần: Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm…
Ý kiến: “đã làm được một nửa”
12. Đạt: Thực hiện những điều đã cam kết trong năm.

Nếu đã đúng, đồng chí gõ: gửi báo cáo
Muốn sửa, đồng chí gõ số câu kèm chữ, ví dụ: 3b
Muốn ghi thêm ý kiến, đồng chí gõ số câu rồi gõ ý kiến, ví dụ: 3 còn vắng một buổi
Muốn bỏ ý kiến, đồng chí gõ số câu rồi gõ: bỏ ý kiến

Đồng chí có thể gõ “Gửi báo cáo”, “Quay lại” hoặc “Dừng lại”.\
""",
            """\
XEM LẠI TRƯỚC KHI GỬI

Hệ thống hiểu: câu 3 – Chưa đạt.

Bản tự báo cáo bốn tốt quý IV năm 2026:

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Đạt: Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
2. Đạt: Tham gia và vận động gia đình tham gia việc chung: xây dựng…
3. Chưa đạt: Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập…

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
11. Một phần: Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm…
Ý kiến: “đã làm được một nửa”
12. Đạt: Thực hiện những điều đã cam kết trong năm.

Nếu đã đúng, đồng chí gõ: gửi báo cáo
Muốn sửa, đồng chí gõ số câu kèm chữ, ví dụ: 3b
Muốn ghi thêm ý kiến, đồng chí gõ số câu rồi gõ ý kiến, ví dụ: 3 còn vắng một buổi
Muốn bỏ ý kiến, đồng chí gõ số câu rồi gõ: bỏ ý kiến

Đồng chí có thể gõ “Gửi báo cáo”, “Quay lại” hoặc “Dừng lại”.\
""",
            """\
ĐÃ NHẬN BẢN TỰ BÁO CÁO

Cảm ơn đồng chí. Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đồng chí còn sửa được đến hết ngày 15/01/2027.

1. Xem lại bản đã gửi
2. Sửa báo cáo đã gửi

Đồng chí gõ số 1, số 2 hoặc gõ chữ.\
""",
        ]
    )


async def test_putting_off_a_reminder(world: World) -> None:
    """The number of the newest message counts; the words do as well."""
    an = await world.member("Nguyễn Thị An")
    await world.reaches(datetime(2027, 1, 5, 9, tzinfo=VN))
    assert an.heard()[-1] == snapshot("""\
CHI BỘ THÔNG BÁO

Đã đến đợt ký bản cam kết năm 2027. Kính mong đồng chí thực hiện, hạn hết ngày 31/03/2027.

Trân trọng.

1. Ký cam kết
2. Nhắc lại ngày mai
3. Nhắc lại sau 03 ngày

Đồng chí gõ số (từ 1 đến 3) hoặc gõ chữ.\
""")
    assert await types(an, "nhac lai ngay mai") == snapshot(
        ["Hệ thống sẽ nhắc lại đồng chí về bản cam kết năm 2027 lúc 08 giờ 00, Thứ Tư, ngày 06/01/2027."]
    )
    await world.reaches(datetime(2027, 1, 6, 9, tzinfo=VN))
    assert len(an.heard()) == 1


# ------------------------------------------------------------------------------------------ meetings


async def test_a_meeting_from_the_call_to_the_replies(world: World) -> None:
    """Called, answered, changed one's mind: the counts come when asked for or with a reminder, not with each reply."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    world.clock.move_to(datetime(2027, 4, 5, 8, tzinfo=VN))
    await types(ba, "/hop", "1", "thứ 3 tuần sau 19h30", "1", "Nhà văn hóa thôn 1", "1. Thời sự\n2. Nhiệm vụ tháng 4")
    sent = await types(ba, "gui thong bao")
    assert [text.splitlines()[0] for text in sent] == snapshot(
        ["ĐÃ GỬI GIẤY MỜI HỌP", "SINH HOẠT THƯỜNG KỲ – CHI BỘ THÔN 1", "GIẤY MỜI HỌP CHI BỘ"]
    )
    assert an.heard() == snapshot(
        [
            """\
GIẤY MỜI HỌP CHI BỘ

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 trân trọng kính mời đồng chí dự sinh hoạt thường kỳ.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Mong đồng chí trả lời “Có mặt” hoặc “Vắng có lý do” trước giờ họp.

Trân trọng.

1. Có mặt
2. Vắng có lý do

Đồng chí gõ số 1, số 2 hoặc gõ chữ.\
"""
        ]
    )
    assert await types(an, "2", "bận việc nhà") == snapshot(
        [
            """\
Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Đồng chí vắng vì lý do gì? Mong đồng chí bấm một nút, hoặc gõ vài lời, không quá 300 chữ cái. Chỉ bí thư, phó bí thư chi bộ và cấp trên phụ trách xem được.

1. Lý do sức khỏe
2. Đi công tác, làm ăn xa
3. Việc gia đình

Thay cho bấm nút, đồng chí gõ số (từ 1 đến 3) hoặc gõ chữ. Cũng có thể gõ “Dừng lại”.\
""",
            """\
Đã ghi nhận đồng chí vắng có lý do: “bận việc nhà”.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
""",
        ]
    )
    assert await types(an, "có mặt") == snapshot(
        [
            """\
Đã ghi nhận đồng chí có mặt.

Sinh hoạt thường kỳ của Chi bộ thôn 1: 19 giờ 30, Thứ Ba, ngày 13/04/2027, tại Nhà văn hóa thôn 1.

Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”.\
"""
        ]
    )
    assert ba.heard() == []
    await types(ba, "co mat")
    await world.reaches(datetime(2027, 4, 13, 19, tzinfo=VN))
    counts = [text for text in ba.heard() if text.startswith("SINH HOẠT THƯỜNG KỲ")]
    assert len(counts) == len(set(counts)) <= 2
    assert no_link(world)


# ------------------------------------------------------------------------- what cannot be replaced


async def test_a_progress_that_cannot_move_is_said_once(world: World) -> None:
    """A broadcast says that it goes, and at the end what became of it, however long it takes between."""
    officer = await a_commune(world)
    late = world.voices["Đảng viên Chi bộ Trường học"]
    until = world.clock.now() + timedelta(minutes=10)

    def throttled(delivery: Delivery) -> DeliveryFailure | None:
        return RateLimited(60) if delivery.chat == late.chat and world.clock.now() < until else None

    world.recorder.fails = throttled
    await types(officer, "/thongbao", "1", "Ngày mai tổng vệ sinh.", "khong kem tep", "1")
    await world.passes(hours=1)
    titles = [bubble.message.title for bubble in officer.bubbles if bubble.message.slot]
    assert titles == ["Thông báo số 1 đang gửi", "Thông báo số 1 đã gửi xong"]
    assert [bubble.edits for bubble in officer.bubbles] == [0] * len(officer.bubbles)
    assert len(late.heard()) == 1


async def test_a_broadcast_is_stopped_by_its_number(world: World) -> None:
    """The message that it goes has a number that stops it, for as long as nothing newer is asked."""
    officer = await a_commune(world)
    late = world.voices["Đảng viên Chi bộ Trường học"]
    world.recorder.fails = lambda delivery: TransientFailure("down") if delivery.chat == late.chat else None
    await types(officer, "/thongbao", "1", "Ngày mai tổng vệ sinh.", "khong kem tep", "1")
    await world.passes(hours=0.01)
    assert "1. Dừng gửi" in officer.last
    assert (await types(officer, "1"))[-1].startswith("THÔNG BÁO SỐ 1 ĐÃ DỪNG")


# -------------------------------------------------------------------------------------------- files


async def test_no_file_is_made_where_none_can_go(world: World) -> None:
    """The message goes without its file and says so; nothing is drawn for it."""
    ba = await world.officer("Phạm Thị Văn Phòng")
    heard = await types(ba, "/mauexcel")
    assert any(bubble.message.paper for bubble in ba.bubbles) and ba.files() == []
    assert plain.file_not_here() in heard[-1]


async def test_no_codes_are_issued_for_a_sheet_that_cannot_be_sent(world: World) -> None:
    """Invitations are made elsewhere; codes that are out stay good."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An", linked=False)
    code = await code_of(world, an)
    assert (await types(ba, "/phieumoi", "1", "1"))[-1] == snapshot(
        "Phiếu mời là tệp để in, mà tệp không gửi được qua ứng dụng này, nên hệ thống chưa làm phiếu; mã đã phát trước đây vẫn dùng được. Mong đồng chí nhờ văn phòng đảng ủy làm giúp."
    )
    assert (await types(ba, "/phieumoi", "2", "Nguyễn Thị An", "1"))[-1] == plain.no_sheet_here().text
    assert "TRƯỚC KHI BẮT ĐẦU" in (await types(an, code))[-1]


async def test_a_file_in_a_message_is_no_reason_to_fail(world: World) -> None:
    """Even a file that could never be made does not keep its words back."""
    ba = await world.secretary("Trần Văn Ba")
    assert ba.person_id is not None
    async with world.app.database.write() as tx:
        act = Act(tx, world.app.house)
        message = plain.no_sheet_here()
        await act.tell(ba.person_id, replace(message, paper=Paper("unknown")))
        await act.flush()
    await world.settle()
    assert [plain.file_not_here() in text for text in ba.heard()].count(True) == 1
