"""A self-report over time: changed until the deadline, late, the next round, other criteria, another device."""

from pathlib import Path

from inline_snapshot import snapshot

from bot.content.loader import sample_source
from storage.schema import receipts, self_reports
from tests.conversations.report_scenes import ALL_MET, answers, at, open_round, reports, rows, with_content
from tests.world import World


async def test_what_was_sent_may_be_changed_until_the_deadline(world: World) -> None:
    """The change starts from the answers sent and makes the next version; the one before is kept as it was."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an)
    await world.reaches(at(9, 1))
    an.heard()
    await an.says("/baocao")
    assert an.heard() == snapshot(
        [
            """\
*Đã nhận bản tự báo cáo*

Đồng chí đã gửi bản tự báo cáo bốn tốt quý IV năm 2026.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đồng chí còn sửa được đến hết ngày 15/01/2027.

[1. Xem lại bản đã gửi] [2. Sửa báo cáo đã gửi]\
"""
        ]
    )
    await an.presses("Sửa báo cáo đã gửi")
    assert an.heard()[-1].startswith("*Xem lại trước khi gửi*")
    assert "Đã nhận bản tự báo cáo" in an.bubbles[-2].message.title  # the receipt stays to be read
    await an.says("4")
    await an.says("2")
    await an.says("Vắng một buổi, có lý do.")
    await an.presses("Gửi báo cáo")
    assert an.heard()[-1] == snapshot("""\
*Đã nhận bản tự báo cáo*

Cảm ơn đồng chí. Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-JT59-2BXG-TKCZ
Thời điểm: 08 giờ 00, ngày 09/01/2027

Đây là lần gửi thứ 2, thay cho lần trước.

Đồng chí còn sửa được đến hết ngày 15/01/2027.

[1. Xem lại bản đã gửi] [2. Sửa báo cáo đã gửi]\
""")
    first, second = await rows(world, self_reports)
    assert (first.version, second.version) == (1, 2)
    assert (first.answers["attendance"], second.answers["attendance"]) == (
        {"value": "met"},
        {"value": "partly", "note": "Vắng một buổi, có lý do."},
    )
    assert len(await rows(world, receipts)) == 2


async def test_sending_again_without_a_change_makes_no_version(world: World) -> None:
    """The same answers sent again show the same receipt."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an)
    await an.presses("Sửa báo cáo đã gửi")
    await an.presses("Gửi báo cáo")
    assert len(await rows(world, self_reports)) == 1
    (receipt,) = await rows(world, receipts)
    assert receipt.code[2:6] in an.last


async def test_after_the_deadline_what_was_sent_stays(world: World) -> None:
    """Neither an old button nor a change half made changes it; the date is said, and when the next round opens."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an)
    await an.presses("Sửa báo cáo đã gửi")
    await an.says("4")
    await world.reaches(at(16, 1))
    an.heard()
    await an.presses("Chưa đạt")
    assert an.heard() == snapshot(
        [
            "Đã hết hạn sửa bản tự báo cáo bốn tốt quý IV năm 2026 (hạn hết ngày 15/01/2027). Bản gửi lúc 08 giờ 00, ngày 04/01/2027 được giữ nguyên."
        ]
    )
    await an.presses("Sửa báo cáo đã gửi")
    await an.says("/baocao")
    assert an.heard() == snapshot(
        [
            "Đã hết hạn sửa bản tự báo cáo bốn tốt quý IV năm 2026 (hạn hết ngày 15/01/2027). Bản gửi lúc 08 giờ 00, ngày 04/01/2027 được giữ nguyên.",
            """\
*Đã nhận bản tự báo cáo*

Đồng chí đã gửi bản tự báo cáo bốn tốt quý IV năm 2026.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đã quá hạn (hết ngày 15/01/2027) nên không sửa được nữa.

Đợt tới là quý I năm 2027, mở ngày 21/03/2027; khi mở đợt, hệ thống sẽ báo đồng chí.

[1. Xem lại bản đã gửi]\
""",
        ]
    )
    await an.presses("Xem lại bản đã gửi")
    assert "Sửa báo cáo đã gửi" not in an.last
    assert [one.version for one in await rows(world, self_reports)] == [1]


async def test_who_has_sent_nothing_may_still_hand_it_in_late(world: World) -> None:
    """Until the next round opens it is taken, marked late by its time, and not changed afterwards."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await world.reaches(at(20, 1))
    an.heard()
    await an.says("/toi")
    assert "Gửi bản tự báo cáo bốn tốt quý IV năm 2026 (đã quá hạn ngày 15/01/2027)" in an.last
    await an.says("/baocao")
    assert an.last.split("\n\n")[0] == snapshot(
        "Đã quá hạn ngày 15/01/2027. Đồng chí vẫn gửi được; hệ thống ghi rõ là nộp muộn."
    )
    await an.presses("Bắt đầu")
    await answers(an)
    await an.presses("Gửi báo cáo")
    assert an.last == snapshot("""\
*Đã nhận bản tự báo cáo*

Cảm ơn đồng chí. Hệ thống đã ghi nhận bản tự báo cáo bốn tốt quý IV năm 2026 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 20/01/2027

Nộp muộn (hạn ngày 15/01/2027).

[1. Xem lại bản đã gửi]\
""")
    await an.says("/baocao")
    assert [choice.label for choice in an.buttons] == ["Xem lại bản đã gửi"]


async def test_a_round_after_which_another_has_opened_is_over(world: World) -> None:
    """A draft of the old round is not sent any more: the member is led to the new one."""
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(1, 3))
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an)
    await world.reaches(at(22, 3))
    an.heard()
    await an.presses("Gửi báo cáo")
    assert an.heard() == snapshot(
        [
            "Đợt gửi bản tự báo cáo bốn tốt quý IV năm 2026 đã kết thúc vì đã mở đợt mới. Đồng chí gõ /baocao để làm bản của đợt mới."
        ]
    )
    assert await rows(world, self_reports) == []
    await an.says("/baocao")
    assert "quý I năm 2027" in an.last


async def test_without_a_round_it_is_said_when_the_next_one_opens(world: World) -> None:
    """Before the first round the calendar's next opening is named."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/baocao")
    assert an.heard() == snapshot(
        [
            "Hiện chưa đến đợt tự báo cáo. Đợt tới là quý I năm 2027, mở ngày 21/03/2027; khi mở đợt, hệ thống sẽ báo đồng chí."
        ]
    )


async def test_a_round_of_the_calendar_asks_and_takes_the_report(world: World) -> None:
    """The round that the calendar opens says so with the button; who has sent is not reminded again."""
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(21, 3, 7, 59))
    an.heard()
    await world.reaches(at(22, 3, 8, 1))
    assert an.heard() == snapshot(
        [
            """\
*Chi bộ thông báo*

Đã đến đợt gửi bản tự báo cáo bốn tốt quý I năm 2027. Kính mong đồng chí thực hiện, hạn hết ngày 05/04/2027.

Trân trọng.

[1. Tự báo cáo] [2. Nhắc lại ngày mai] [3. Nhắc lại sau 03 ngày]\
"""
        ]
    )
    await an.presses("Tự báo cáo")
    await an.presses("Bắt đầu")
    await answers(an)
    await an.presses("Gửi báo cáo")
    an.heard()
    await world.reaches(at(6, 4))
    assert [heard for heard in an.heard() if "báo cáo" in heard] == []


# ------------------------------------------------------------------------------ other criteria


def other_criteria(folder: Path) -> Path:
    """A committee's own set: of twelve questions ten stay, one is answered in another way, one is new."""
    words = sample_source("criteria-member.toml").content.decode()
    words = words.replace('version = "mau-1"', 'version = "xa-2"').replace("sample = true\n", "")
    words = words.replace('{ key = "assigned", kind = "three_way"', '{ key = "assigned", kind = "pass_fail"')
    words = words.replace('{ key = "pledge", kind', '{ key = "digital", kind')
    folder.mkdir()
    (folder / "criteria-member.toml").write_text(words, encoding="utf-8")
    return folder


async def test_criteria_that_change_while_it_is_answered_keep_what_fits(world: World, tmp_path: Path) -> None:
    """The member is told, asked only what has no answer that fits, and the report names the new edition."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an, "2" + "1" * 10)
    async with with_content(world, an, other_criteria(tmp_path / "content")) as voice:
        await voice.says("1")
        assert voice.heard()[-1] == snapshot("""\
*Câu 1/12 – Tốt 1: Hoàn thành tốt nhiệm vụ*

Nội dung bản tự báo cáo đã thay đổi từ lần trước. Hệ thống bắt đầu lại và giữ những câu trả lời còn phù hợp; mong đồng chí xem lại.

Hoàn thành việc được Chi bộ, cơ quan hoặc thôn giao, đúng thời hạn.

Đồng chí tự đánh giá việc này:

[1. Đạt] [2. Chưa đạt] [Dừng lại]\
""")
        await voice.says("1")
        assert voice.last.startswith("*Câu 12/12")
        await voice.says("1")
        await voice.presses("Gửi báo cáo")
        (sent,) = await rows(voice.world, self_reports)
        assert (sent.criteria_version, sent.answers["digital"]) == ("xa-2", {"value": "met"})
        assert "pledge" not in sent.answers


async def test_a_report_is_shown_as_it_was_asked_when_the_criteria_have_changed(world: World, tmp_path: Path) -> None:
    """Old answers stay readable with their own questions; a change asks the new ones."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reports(an, ALL_MET)
    async with with_content(world, an, other_criteria(tmp_path / "content")) as voice:
        await voice.presses("Xem lại bản đã gửi")
        assert "12. Đạt: Thực hiện những điều đã cam kết trong năm." in voice.last
        await voice.presses("Sửa báo cáo đã gửi")
        assert voice.last.startswith("*Câu 12/12")
        await voice.says("1")
        await voice.presses("Gửi báo cáo")
        assert [one.criteria_version for one in await rows(voice.world, self_reports)] == ["mau-1", "xa-2"]


async def test_without_criteria_for_the_cell_it_is_said(world: World, tmp_path: Path) -> None:
    """A committee whose only set is for schools asks villagers nothing, and says whom to tell."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    words = sample_source("criteria-member.toml").content.decode()
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "criteria-school.toml").write_text(
        words.replace('for_whom = "member"', 'for_whom = "member"\ncell_kinds = ["school"]'), encoding="utf-8"
    )
    async with with_content(world, an, tmp_path / "content") as voice:
        await voice.says("1")
        assert voice.heard()[-1] == snapshot(
            "Chưa có bộ tiêu chí tự báo cáo cho chi bộ của đồng chí. Mong đồng chí báo bí thư chi bộ để hỏi văn phòng đảng ủy."
        )
        await voice.says("dừng lại")
        await voice.presses("Làm tiếp")
        assert "Chưa có bộ tiêu chí" in voice.last


async def test_a_set_for_the_new_year_does_not_ask_about_the_old_one(world: World, tmp_path: Path) -> None:
    """Early in January the last quarter is still judged by the set that was valid in it."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    words = sample_source("criteria-member.toml").content.decode()
    (tmp_path / "content").mkdir()
    for name, days in (("old", "valid_from = 2025-01-01\nvalid_to = 2027-01-01"), ("new", "valid_from = 2027-01-01")):
        (tmp_path / "content" / f"criteria-{name}.toml").write_text(
            words.replace('key = "member"', f'key = "{name}"').replace("valid_from = 2025-01-01", days),
            encoding="utf-8",
        )
    async with with_content(world, an, tmp_path / "content") as voice:
        await reports(voice)
        await voice.world.reaches(at(22, 3))
        await reports(voice)
        assert [one.criteria_key for one in await rows(voice.world, self_reports)] == ["old", "new"]


# ------------------------------------------------------------------------------ another device


async def test_a_version_sent_meanwhile_is_shown_before_it_is_replaced(world: World) -> None:
    """Two people, two drafts: the member is told of what was recorded for them, and replaces it only when sent again."""
    an = await world.member("Nguyễn Thị An")
    secretary = await world.secretary("Lê Văn Bí")
    await open_round(world)
    await an.says("/baocao")
    await an.presses("Bắt đầu")
    await answers(an, "2" * 12)
    await secretary.says("/dsbaocao")
    await secretary.presses("Ghi thay")
    await secretary.says("An")
    await secretary.presses("Bắt đầu")
    await answers(secretary)
    await secretary.presses("Gửi báo cáo")
    an.heard()
    await an.presses("Gửi báo cáo")
    assert an.heard()[-1].split("\n\n")[1] == snapshot(
        "Trong khi đồng chí soạn bản này, đã có một bản do đồng chí Lê Văn Bí ghi thay gửi lúc 08 giờ 00, ngày 04/01/2027. Nếu đồng chí bấm “Gửi báo cáo”, bản dưới đây thay bản đó."
    )
    assert len(await rows(world, self_reports)) == 1
    await an.presses("Gửi báo cáo")
    assert [one.version for one in await rows(world, self_reports)] == [1, 2]
