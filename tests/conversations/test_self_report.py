"""A member's own report: question by question, notes, going back, the summary, sending, and words that do not fit."""

import pytest
from inline_snapshot import snapshot

from bot.domain.member import Status
from bot.domain.organisation import CellKind
from storage.schema import dialogues, outbox, receipts, self_reports
from tests.conversations.report_scenes import ALL_MET, answers, open_round, reports, rows
from tests.world import World


async def test_a_report_from_the_first_question_to_the_receipt(world: World) -> None:
    """One criterion a screen, a note where less than "đạt" was said, a summary by good, a receipt with code and time."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await an.presses("Đạt")
    await an.presses("Một phần")
    await an.says("Mới dự một nửa số buổi\nlàm vệ sinh chung.")
    await an.says("chua")
    await an.presses("Bỏ qua")
    assert an.heard() == snapshot(
        [
            """\
Bản tự báo cáo bốn tốt quý IV năm 2026 có 12 câu, hạn hết ngày 15/01/2027. Mỗi lần đồng chí trả lời một câu; cần nghỉ thì bấm “Dừng lại”, phần đã trả lời được giữ.

Chỉ đồng chí và bí thư chi bộ xem được bản này. Cấp trên chỉ thấy số tổng hợp, không có tên.

(Đảng viên tự đánh giá theo “4 tốt”. Mẫu tham khảo, không phải văn bản của cấp có thẩm quyền.)

[1. Bắt đầu] [Dừng lại]\
""",
            """\
*Câu 1/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời hạn.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 2/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Tham gia và vận động gia đình tham gia việc chung: xây dựng nông thôn mới, giữ gìn vệ sinh, an ninh trật tự, khuyến học.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 2/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Tham gia và vận động gia đình tham gia việc chung: xây dựng…
Đang ghi: Một phần.

Đồng chí có muốn ghi thêm không? Nếu không, đồng chí bấm “Bỏ qua”. Nếu có, đồng chí gõ vào đây, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[1. Bỏ qua] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 3/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập thể.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 3/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Có việc làm mới, cách làm hay, hoặc nhận giúp việc khó của tập…
Đang ghi: Chưa đạt.

Đồng chí có muốn ghi thêm không? Nếu không, đồng chí bấm “Bỏ qua”. Nếu có, đồng chí gõ vào đây, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[1. Bỏ qua] [Quay lại] [Dừng lại]\
""",
            """\
*Câu 4/12 – Tốt 2: Chất lượng sinh hoạt tốt*

Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Quay lại] [Dừng lại]\
""",
        ]
    )
    await answers(an, "1" * 9)
    assert an.heard()[-1] == snapshot("""\
*Xem lại trước khi gửi*

Bản tự báo cáo bốn tốt quý IV năm 2026:

Tốt 1: Hoàn thành tốt nhiệm vụ
1. Đạt: Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời…
2. Một phần: Tham gia và vận động gia đình tham gia việc chung: xây dựng…
Ý kiến: “Mới dự một nửa số buổi
làm vệ sinh chung.”
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
11. Đạt: Gần gũi, lắng nghe, giúp đỡ nhân dân, đồng nghiệp bằng việc làm…
12. Đạt: Thực hiện những điều đã cam kết trong năm.

Muốn sửa câu nào, đồng chí gõ số của câu đó. Nếu đã đúng, đồng chí bấm “Gửi báo cáo”.

[Gửi báo cáo] [Quay lại] [Dừng lại]\
""")
    await an.presses("Gửi báo cáo")
    assert an.heard() == snapshot(
        [
            """\
*Đã nhận bản tự báo cáo*

Cảm ơn đồng chí. Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đồng chí còn sửa được đến hết ngày 15/01/2027.

[1. Xem lại bản đã gửi] [2. Sửa báo cáo đã gửi]\
"""
        ]
    )
    (sent,) = await rows(world, self_reports)
    assert (sent.person_id, sent.version, sent.on_behalf, sent.criteria_key) == (an.person_id, 1, False, "member")
    assert sent.answers["assigned"] == {"value": "met"}
    assert sent.answers["common_work"] == {"value": "partly", "note": "Mới dự một nửa số buổi\nlàm vệ sinh chung."}
    assert sent.answers["initiative"] == {"value": "not_met"}
    assert len(sent.answers) == 12


async def test_the_receipt_says_yes_to_anybody_who_has_the_code(world: World) -> None:
    """The code on the receipt can be checked, and tells nothing but when."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an)
    (receipt,) = await rows(world, receipts)
    assert receipt.kind == "self_report"
    stranger = world.stranger()
    await stranger.says(f"/tracuu {receipt.code}")
    assert "Đúng." in stranger.last and "An" not in stranger.last


async def test_an_answer_is_changed_by_its_number_and_leads_back_to_the_summary(world: World) -> None:
    """The number opens the question with the answer given, a note can be added, and the summary comes again."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an)
    an.heard()
    await an.says("Câu 5")
    assert an.heard() == snapshot(
        [
            """\
*Câu 5/12 – Tốt 2: Chất lượng sinh hoạt tốt*

Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi sinh hoạt.

Đang ghi: Đạt.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Ghi thêm ý kiến] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.presses("Ghi thêm ý kiến")
    assert an.heard() == snapshot(
        [
            """\
*Câu 5/12 – Tốt 2: Chất lượng sinh hoạt tốt*

Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi…
Đang ghi: Đạt.

Đồng chí có muốn ghi thêm không? Nếu không, đồng chí bấm “Bỏ qua”. Nếu có, đồng chí gõ vào đây, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[1. Bỏ qua] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.says("Đã phát biểu ở 03 buổi.")
    assert "5. Đạt: Đọc trước nội dung" in an.last and "Ý kiến: “Đã phát biểu ở 03 buổi.”" in an.last
    await an.says("5")
    await an.presses("Chưa đạt")
    assert an.heard()[-1] == snapshot("""\
*Câu 5/12 – Tốt 2: Chất lượng sinh hoạt tốt*

Đọc trước nội dung và phát biểu ý kiến thiết thực trong buổi…
Đang ghi: Chưa đạt. Ý kiến: “Đã phát biểu ở 03 buổi.”

Nếu giữ ý kiến này, đồng chí bấm “Giữ nguyên”. Nếu muốn thay, đồng chí gõ vào đây, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[1. Giữ nguyên] [2. Bỏ ý kiến này] [Quay lại] [Dừng lại]\
""")
    await an.presses("Bỏ ý kiến này")
    assert "5. Chưa đạt: Đọc trước nội dung" in an.last and "Ý kiến" not in an.last
    await an.says("7")
    await an.presses("Quay lại")
    assert "Xem lại trước khi gửi" in an.last


@pytest.mark.parametrize("typed", ["13", "0", "1000000", "câu", "sửa giúp tôi"])
async def test_a_number_that_no_question_has_sends_nothing(world: World, typed: str) -> None:
    """At the summary anything but a question's number or sending asks again."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an)
    await an.says(typed)
    assert "Mong đồng chí gõ số từ 1 đến 12 để sửa câu đó, hoặc bấm “Gửi báo cáo”." in an.last
    assert await rows(world, self_reports) == []


async def test_going_back_shows_what_was_answered(world: World) -> None:
    """Back shows the question before with its answer; a new answer goes on where the report was."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an, "11")
    an.heard()
    await an.presses("Quay lại")
    assert an.heard() == snapshot(
        [
            """\
*Câu 2/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Tham gia và vận động gia đình tham gia việc chung: xây dựng nông thôn mới, giữ gìn vệ sinh, an ninh trật tự, khuyến học.

Đang ghi: Đạt.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Một phần] [3. Chưa đạt] [Ghi thêm ý kiến] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.says("3")
    await an.presses("Bỏ qua")
    assert an.last.startswith("*Câu 3/12")


async def test_a_draft_is_gone_on_with_another_day(world: World) -> None:
    """Stopped after two answers, taken up days later at the third; /toi knows of it."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an, "11")
    await an.says("dừng lại")
    assert an.heard()[-1] == snapshot("""\
Đã dừng bản tự báo cáo. Phần đồng chí đã trả lời được giữ lại; khi nào tiện, đồng chí bấm “Làm tiếp”.

[1. Làm tiếp]\
""")
    await world.reaches(world.clock.now().replace(day=8))
    await an.says("/baocao")
    await an.presses("Làm tiếp")
    assert an.last.startswith("*Câu 3/12")
    await answers(an, "1" * 10)
    await an.presses("Gửi báo cáo")
    (sent,) = await rows(world, self_reports)
    assert len(sent.answers) == 12


async def test_points_are_typed_in_any_way_within_their_bounds(world: World) -> None:
    """A set of points has no picks: numbers with a comma or a point, never more than the maximum, and a sum."""
    await world.cell("Chi bộ cơ quan xã", kind=CellKind.AGENCY)
    an = await world.member("Nguyễn Thị An", cell="Chi bộ cơ quan xã")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    assert an.heard()[-1] == snapshot("""\
*Câu 1/11 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Hoàn thành nhiệm vụ chuyên môn và việc Chi bộ giao, đúng tiến độ, bảo đảm chất lượng.

Đồng chí tự chấm mấy điểm? Mong đồng chí gõ một số từ 0 đến 15; nửa điểm cũng được, ví dụ 7,5.

[Quay lại] [Dừng lại]\
""")
    await an.says("mười hai")
    await an.says("15,5")
    assert [heard.split("\n\n")[1] for heard in an.heard()] == snapshot(
        [
            "Hệ thống chưa nhận ra số điểm. Mong đồng chí gõ lại bằng số.",
            "Câu này chấm từ 0 đến 15 điểm. Mong đồng chí gõ lại.",
        ]
    )
    for typed in ("12,5", "10 điểm", "4.5", "9/10", "10", "10", "10", "5", "10", "8", "0"):
        await an.says(typed)
    assert an.heard()[-1] == snapshot("""\
*Xem lại trước khi gửi*

Bản tự báo cáo bốn tốt quý IV năm 2026:

Tốt 1: Hoàn thành tốt nhiệm vụ
1. 12,5/15 điểm: Hoàn thành nhiệm vụ chuyên môn và việc Chi bộ giao, đúng tiến…
2. 10/10 điểm: Giải quyết công việc cho người dân, đồng nghiệp kịp thời, đúng…
3. 4,5/5 điểm: Có sáng kiến, cải tiến lề lối làm việc, ứng dụng công nghệ.

Tốt 2: Chất lượng sinh hoạt tốt
4. 9/10 điểm: Dự sinh hoạt chi bộ đầy đủ, đúng giờ; khi vắng có báo cáo lý do.
5. 10/10 điểm: Chuẩn bị và phát biểu ý kiến; thực hiện kết luận, nghị quyết…

Tốt 3: Đoàn kết tốt, kỷ luật tốt
6. 10/10 điểm: Chấp hành kỷ luật Đảng, pháp luật, nội quy cơ quan; đóng đảng…
7. 10/10 điểm: Giữ gìn đoàn kết, phối hợp tốt với đồng nghiệp.
8. 5/5 điểm: Tự phê bình, phê bình chân thành; sửa những hạn chế đã được góp…

Tốt 4: Cán bộ, đảng viên tốt
9. 10/10 điểm: Giữ gìn đạo đức, lối sống, văn hóa công vụ; không tham nhũng…
10. 8/10 điểm: Nêu gương ở nơi công tác; giữ mối liên hệ với chi bộ và nhân…
11. 0/5 điểm: Thực hiện những điều đã cam kết trong năm.

Tổng điểm tự chấm: 89/100.

Muốn sửa câu nào, đồng chí gõ số của câu đó. Nếu đã đúng, đồng chí bấm “Gửi báo cáo”.

[Gửi báo cáo] [Quay lại] [Dừng lại]\
""")
    await an.says("11")
    await an.presses("Ghi thêm ý kiến")
    await an.says("Chưa làm được việc đã hứa.")
    await an.presses("Gửi báo cáo")
    (sent,) = await rows(world, self_reports)
    assert (sent.criteria_key, sent.answers["results"]) == ("member_points", {"value": "12.5"})
    assert sent.answers["pledge"] == {"value": "0", "note": "Chưa làm được việc đã hứa."}


async def test_words_that_answer_nothing_are_asked_again(world: World) -> None:
    """At a question without points only its verdicts are taken, in words or by number."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    for typed in ("4", "chắc là được", "Đạt rồi mà"):
        await an.says(typed)
        assert an.last.split("\n\n")[1] == snapshot(
            "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí bấm một nút, hoặc gõ số 1, 2 hoặc 3."
        )
    await an.says("có")
    assert an.last.startswith("*Câu 2/12")


@pytest.mark.parametrize("typed", ["Không", "ko", "không có gì"])
async def test_to_add_nothing_can_be_typed(world: World, typed: str) -> None:
    """A typed "no" at the question for a note is not taken for a note."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await an.says("2")
    await an.says(typed)
    assert an.last.startswith("*Câu 2/12")
    await an.presses("Quay lại")
    assert "“" not in an.last.replace("“Bỏ qua”", "")


async def test_notes_that_cannot_be_kept_are_refused(world: World) -> None:
    """A yes, a bare number, a mark of secrecy and too many letters are asked again; nothing of them is stored."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await an.says("3")
    an.heard()
    for typed in ("có", "7", "Theo công văn MẬT số 17 về quốc phòng", "dài " * 200, "…"):
        await an.says(typed)
    assert [heard.split("\n\n")[1] for heard in an.heard()] == snapshot(
        [
            "Mong đồng chí gõ ý kiến bằng lời, hoặc bấm một nút dưới đây.",
            "Mong đồng chí gõ ý kiến bằng lời, hoặc bấm một nút dưới đây.",
            "Phần đồng chí ghi có dấu hiệu thuộc bí mật nhà nước (MẬT, TỐI MẬT, TUYỆT MẬT). Hệ thống không nhận, không lưu nội dung này. Mong đồng chí ghi lại, không kèm nội dung mật.",
            "Phần đồng chí ghi dài quá 500 chữ cái nên hệ thống chưa lưu. Mong đồng chí rút gọn lại.",
            "Hệ thống chưa thấy chữ nào. Mong đồng chí ghi lại bằng lời.",
        ]
    )
    (draft,) = await rows(world, dialogues)
    assert draft.answers["given"] == {"assigned": {"value": "not_met"}}
    assert not [row for row in await rows(world, outbox) if "quốc phòng" in row.body]


async def test_sending_twice_is_one_report_with_one_receipt(world: World) -> None:
    """The second press of the same button shows the receipt that there is."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an)
    send = an.buttons[0]
    await an.presses("Gửi báo cáo")
    first = an.heard()[-1]
    await an.forges(send.data)
    second = an.heard()[-1]
    (sent,) = await rows(world, self_reports)
    assert len(await rows(world, receipts)) == 1
    assert [line for line in first.splitlines() if line.startswith("Mã")] == [
        line for line in second.splitlines() if line.startswith("Mã")
    ]
    assert sent.code.removeprefix("BN")[:4] in second


async def test_old_and_forged_buttons_get_a_true_answer(world: World) -> None:
    """Buttons of questions long answered, of other people's rounds and of nothing change nothing."""
    an = await world.member("Nguyễn Thị An")
    binh = await world.member("Trần Văn Bình", cell="Chi bộ thôn 2")
    found = await open_round(world, over="Chi bộ thôn 2")
    await binh.says("/baocao")
    await binh.presses("Bắt đầu")
    first = binh.buttons[0].data
    await binh.presses("Đạt")
    await binh.forges(first)
    assert binh.last.split("\n\n")[1] == snapshot("Câu đó đã được trả lời. Câu đang chờ đồng chí là:")
    await binh.forges(first.replace(":question:1:", ":question:2:").replace(":met", ":best"))
    assert "Hệ thống chưa nhận ra câu trả lời" in binh.last
    an.heard()
    for data in (first, f"report-change:{found}", f"report-show:{found}", "report-change:99", "report-show:x"):
        await an.forges(data)
    assert an.heard() == snapshot(
        [
            "Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
            "Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy.",
            "Đồng chí chưa gửi bản tự báo cáo bốn tốt quý IV năm 2026.",
            "Nút này không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
            "Nút này không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
        ]
    )
    (draft,) = await rows(world, dialogues)
    assert draft.answers["given"] == {"assigned": {"value": "met"}}


async def test_only_members_who_are_asked_report(world: World) -> None:
    """Strangers, officers without a cell and exempt members are told so; nothing is asked of them."""
    officer = await world.officer("Hồ Văn Phòng")
    exempt = await world.member("Trần Văn Cụ", status=Status.EXEMPT)
    await open_round(world)
    stranger = world.stranger()
    for voice in (officer, exempt, stranger):
        await voice.says("/baocao")
        assert "Câu 1" not in voice.last and "Bắt đầu" not in voice.last
        await voice.says("/toi")
        assert "tự báo cáo" not in voice.last
    assert exempt.heard()[0] == snapshot(
        "Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy."
    )


async def test_what_is_mine_names_the_report_until_it_is_sent(world: World) -> None:
    """/toi has the open report with its deadline and button; afterwards nothing of it."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/toi")
    assert an.heard() == snapshot(
        [
            """\
Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Gửi bản tự báo cáo bốn tốt quý IV năm 2026 (hạn 15/01/2027)

[1. Tự báo cáo]\
"""
        ]
    )
    await an.presses("Tự báo cáo")
    await an.presses("Bắt đầu")
    await answers(an, ALL_MET)
    await an.presses("Gửi báo cáo")
    await an.says("/toi")
    assert "báo cáo" not in an.last
