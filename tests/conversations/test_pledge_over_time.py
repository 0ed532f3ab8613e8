"""A pledge over time: another day, after the deadline, after the next round has opened, with another text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from inline_snapshot import snapshot

from bot.chat import Pressed
from bot.content.loader import sample_source
from storage.schema import pledges
from tests.conversations.pledge_rounds import VIETNAM, open_round, reads, rows
from tests.world import Voice, World


async def test_a_draft_is_gone_on_with_another_day(world: World) -> None:
    """Stopped in the middle, taken up days later with the words already written."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Có")
    await an.presses("Hoàn thành tốt nhiệm vụ")
    await an.says("Trồng thêm 2 sào chè.")
    await an.says("dừng lại")
    await world.passes(days=5)
    an.heard()
    await an.says("/camket")
    assert an.heard() == snapshot(
        [
            """\
Đồng chí đang làm dở bản cam kết. Đồng chí muốn làm tiếp hay làm lại từ đầu?

[1. Làm tiếp] [2. Làm lại từ đầu]\
"""
        ]
    )
    await an.presses("Làm tiếp")
    await an.presses("Không")
    assert "Trồng thêm 2 sào chè." in an.last


async def test_after_the_deadline_it_is_taken_and_said_to_be_late(world: World) -> None:
    """Until the next round opens a late pledge is recorded; text, receipt and /toi say so."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await world.reaches(datetime(2027, 4, 2, 8, 0, tzinfo=VIETNAM))
    an.heard()
    await an.says("/toi")
    assert "Ký cam kết năm 2027 (đã quá hạn ngày 31/03/2027)" in an.last
    await an.says("/camket")
    assert an.last == snapshot("""\
*Bản cam kết tu dưỡng, rèn luyện, phấn đấu (phần 1/5)*

Đã quá hạn ngày 31/03/2027. Đồng chí vẫn ký được; hệ thống vẫn ghi nhận và ghi rõ là nộp muộn.

(Mẫu tham khảo, không phải văn bản của cấp có thẩm quyền.)

Là đảng viên của Chi bộ, tôi xin cam kết thực hiện tốt những nội dung sau đây trong năm:

1. Tư tưởng chính trị
Trung thành với mục tiêu, lý tưởng của Đảng. Học tập, làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh bằng việc làm cụ thể. Nắm vững và thực hiện chủ trương của Đảng, pháp luật của Nhà nước; không nói, viết, chia sẻ điều sai sự thật.

Đọc xong mỗi phần, đồng chí bấm “Tiếp tục”.

[1. Tiếp tục] [Dừng lại]\
""")
    await an.presses("Dừng lại")
    await an.presses("Làm tiếp")
    for _ in range(5):
        await an.presses("Tiếp tục")
    await an.presses("Không")
    assert an.last.splitlines()[2] == snapshot(
        "Đã quá hạn ngày 31/03/2027. Đồng chí vẫn ký được; hệ thống vẫn ghi nhận và ghi rõ là nộp muộn."
    )
    await an.presses("Ký cam kết")
    assert an.last == snapshot("""\
*Đã xác nhận trên hệ thống*

Cảm ơn đồng chí. Hệ thống đã ghi nhận cam kết năm 2027 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 02/04/2027

Nộp muộn (hạn ngày 31/03/2027).

Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng.\
""")


async def test_a_round_after_which_another_has_opened_is_over(world: World) -> None:
    """A draft of last year's pledge is not signed any more: the member is led to this year's."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world, period="2026", due_at=datetime(2027, 1, 10, 23, 59, tzinfo=VIETNAM))
    await reads(an)
    await an.presses("Không")
    await world.reaches(datetime(2027, 1, 20, 8, 0, tzinfo=VIETNAM))
    an.heard()
    await an.presses("Ký cam kết", old=_newer(an))
    assert an.heard() == snapshot(
        ["Đợt cam kết năm 2026 đã kết thúc vì đã mở đợt mới. Đồng chí gõ /camket để ký cam kết đợt mới."]
    )
    assert await rows(world, pledges) == []


def _newer(an: Voice) -> int:
    """How many newer buttons of the same label than the one at the summary the member has (reminders)."""
    labelled = [
        bubble for bubble in reversed(an.bubbles) if "Ký cam kết" in [one.label for one in bubble.message.choices]
    ]
    return next(place for place, bubble in enumerate(labelled) if bubble.message.title == "Xem lại trước khi ký")


def edited_content(folder: Path) -> Path:
    """A committee's own folder, with another pledge text."""
    words = sample_source("pledge.toml").content.decode()
    folder.mkdir()
    (folder / "pledge.toml").write_text(words.replace('version = "mau-1"', 'version = "xa-2"'), encoding="utf-8")
    return folder


@asynccontextmanager
async def with_new_text(world: World, an: Voice, folder: Path) -> AsyncIterator[Voice]:
    """The same member on the same database, after the committee changed the text and the program was restarted."""
    await world.close()
    url = world.app.database.url.render_as_string(hide_password=False)
    again = await World.open(url, start=world.clock.now(), content=edited_content(folder / "content"))
    again.events = world.events
    again.app.house.random(64)  # so that its codes are not those of the first world
    try:
        yield Voice(again, chat=an.chat, name=an.name, person_id=an.person_id)
    finally:
        await again.close()


async def test_a_new_text_asks_for_a_new_signature(world: World, tmp_path: Path) -> None:
    """Who confirmed the old text is asked again, keeps their own words, and has two pledges then."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Có")
    await an.presses("Hoàn thành tốt nhiệm vụ")
    await an.says("Trồng thêm 2 sào chè.")
    await an.presses("Không")
    await an.presses("Ký cam kết")
    async with with_new_text(world, an, tmp_path) as voice:
        await voice.says("/toi")
        assert "Ký cam kết năm 2027" in voice.last
        await voice.says("/camket")
        assert voice.last.split("\n\n")[1] == snapshot(
            "Nội dung cam kết đã được sửa sau khi đồng chí ký lúc 08 giờ 00, ngày 04/01/2027. Mong đồng chí đọc và ký lại."
        )
        for _ in range(5):
            await voice.presses("Tiếp tục")
        await voice.presses("Không")
        assert "Trồng thêm 2 sào chè." in voice.last
        await voice.presses("Ký cam kết")
        found = await rows(voice.world, pledges)
        assert [pledge.text_version for pledge in found] == ["mau-1", "xa-2"]


async def test_a_text_that_changes_while_it_is_read_begins_anew(world: World, tmp_path: Path) -> None:
    """The draft of the old text starts again with the new one; own words stay."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Có")
    await an.presses("Hoàn thành tốt nhiệm vụ")
    await an.says("Trồng thêm 2 sào chè.")
    sign = an.buttons[0]
    async with with_new_text(world, an, tmp_path) as voice:
        await voice.does(Pressed(sign.data, None))
        assert voice.last.split("\n\n")[1] == snapshot(
            "Nội dung bản cam kết đã thay đổi từ lần trước. Hệ thống bắt đầu lại và giữ những câu trả lời còn phù hợp; mong đồng chí xem lại."
        )
        assert "phần 1/5" in voice.last
        for _ in range(5):
            await voice.presses("Tiếp tục")
        await voice.presses("Không")
        assert "Trồng thêm 2 sào chè." in voice.last
