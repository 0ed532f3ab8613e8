"""Several closed questions in one message, answered in one, where there are no buttons: what a person types and hears."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.domain.organisation import CellKind
from storage.schema import self_reports
from tests.conversations import report_scenes
from tests.conversations.channels import CHANNELS, PAGE, world_on
from tests.conversations.report_scenes import at, rows
from tests.world import Voice, World

ALL = "1a 2a 3a 4a 5a 6a 7a 8a 9a 10a 11a 12a"


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Monday 4 January 2027, 08:00 in Viet Nam, all of whose people are on Zalo."""
    world = await world_on("zalo", template, tmp_path)
    yield world
    await world.close()


async def asked(world: World, *, kind: CellKind = CellKind.VILLAGE) -> Voice:
    """A member who is looking at the questions of a quarter."""
    await world.cell("Chi bộ thôn 1", kind=kind)
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    await an.says("/baocao")
    an.heard()
    return an


async def types(voice: Voice, *texts: str) -> list[str]:
    """Type one thing after the other; what is heard then."""
    for text in texts:
        await voice.says(text)
    return voice.heard()


async def sent(world: World) -> list[dict[str, str]]:
    """The answers of every report that was sent, without their notes, by the number of the question."""
    return [{key: one["value"] for key, one in row.answers.items()} for row in await rows(world, self_reports)]


async def test_what_was_understood_is_repeated_and_only_the_rest_is_asked(world: World) -> None:
    """Missing, unknown and doubled answers: said by their numbers; nothing is recorded before the last word."""
    an = await asked(world)
    [heard] = await types(an, "1a 2b 3x 4a 4c 15a")
    assert heard.split("\n\nMỗi câu")[0] == snapshot(
        """\
Hệ thống hiểu: câu 1 – Đạt; câu 2 – Một phần.
Câu 3 chưa rõ đồng chí trả lời gì. Câu 4 có hai câu trả lời khác nhau. Không có câu 15 ở đây.
Nếu có chỗ chưa đúng, đồng chí gõ lại câu đó.

Còn 10 câu của bản tự báo cáo bốn tốt quý IV năm 2026:\
"""
    )
    assert "\n1. " not in heard and "\n3. " in heard and "\n4. " in heard
    [heard] = await types(an, "3-11a")
    assert "Còn 01 câu" in heard and heard.count("Đồng chí gõ a, b hoặc c.") == 1
    assert await sent(world) == []
    [summary] = await types(an, "b")
    assert "12. Một phần" in summary
    await types(an, "gửi")
    [answers] = await sent(world)
    assert list(answers.values()) == ["met", "partly", *["met"] * 9, "partly"]


async def test_nothing_understood(world: World) -> None:
    """The questions come again, with why; a bare digit answers none of several."""
    an = await asked(world)
    assert [text.split("\n\n")[0] for text in await types(an, "tôi làm tốt cả", "1", "aaa", "ảnh")] == snapshot(
        [
            "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí gõ lại theo ví dụ ở cuối tin này.",
            "Câu 1 chưa rõ đồng chí trả lời gì.",
            "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí gõ lại theo ví dụ ở cuối tin này.",
            "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí gõ lại theo ví dụ ở cuối tin này.",
        ]
    )
    assert await sent(world) == []


async def test_an_answer_that_was_given_can_be_given_again(world: World) -> None:
    """While others are open, and at the summary; one question alone is answered by its letter."""
    an = await asked(world)
    await types(an, "1a 2a", "1c 3a", ALL.removeprefix("1a 2a 3a "))
    assert "1. Chưa đạt" in an.last
    [heard] = await types(an, "1b 2c")
    assert "Hệ thống hiểu: câu 1 – Một phần; câu 2 – Chưa đạt." in heard and "1. Một phần" in heard
    alone, summary = await types(an, "câu 5", "c")
    assert alone.startswith("Câu này đang ghi: Đạt.") and "5. Chưa đạt" in summary
    await types(an, "5 vắng hai buổi", "6b vì ốm")
    assert "Ý kiến: “vắng hai buổi”" in an.last and "6. Một phần" in an.last and "Ý kiến: “vì ốm”" in an.last
    await types(an, "5 bỏ ý kiến")
    assert "vắng hai buổi" not in an.last
    [refused] = await types(an, "chưa biết")
    assert "chưa gửi báo cáo" in refused
    [refused] = await types(an, "3 tài liệu TUYỆT MẬT")
    assert "bí mật" in refused and "Ý kiến: “tài liệu" not in refused


async def test_a_draft_is_kept_after_every_answer(world: World) -> None:
    """Stopped, and gone on with days later: only what is missing is asked."""
    an = await asked(world)
    await types(an, "1-6a", "dừng lại")
    await world.passes(days=3)
    an.heard()
    heard = await types(an, "/baocao", "1")
    assert "làm tiếp hay làm lại" in heard[0]
    assert "Còn 06 câu" in heard[1] and "\n6. " not in heard[1] and "\n7. " in heard[1]


async def test_points_are_typed_behind_a_colon(world: World) -> None:
    """A sheet of points in one message; more than there are is said."""
    an = await asked(world, kind=CellKind.AGENCY)
    [heard] = await types(an, "1: 14; 2: 7,5; 3: 6")
    assert "câu 1 – 14/15 điểm; câu 2 – 7,5/10 điểm" in heard and "Câu 3 chưa rõ" in heard
    [summary] = await types(an, "3: 5 4: 10 5: 10 6: 10 7: 10 8: 5 9: 10 10: 10 11: 5")
    assert "Tổng điểm tự chấm: 96,5/100." in summary
    assert "3: 4,5" in summary


async def test_for_a_member_without_a_telephone(world: World) -> None:
    """The secretary records what the member said, all at once."""
    secretary = await world.secretary("Lê Văn Bí")
    await world.member("Đỗ Thị Tư", linked=False)
    await report_scenes.open_round(world)
    await types(secretary, "/dsbaocao")
    await secretary.presses("Ghi thay")
    await types(secretary, "tư", ALL.replace("3a", "3c"))
    assert "của đồng chí Đỗ Thị Tư" in secretary.last and "3. Chưa đạt" in secretary.last
    await types(secretary, "gửi báo cáo")
    assert (await sent(world))[0]["initiative"] == "not_met"


async def test_a_form_that_changes_meanwhile_keeps_what_fits(world: World, tmp_path: Path) -> None:
    """The committee changes a question in between: it is asked anew, the rest is kept."""
    an = await asked(world)
    await types(an, "1-11a")
    folder = tmp_path / "content"
    folder.mkdir()
    for file in Path("bot/content/sample").glob("*.toml"):
        text = file.read_text("utf-8")
        if file.name == "criteria-member.toml":
            text = text.replace('version = "mau-1"', 'version = "mau-2"').replace('"closeness"', '"nearness"')
        (folder / file.name).write_text(text, "utf-8")
    async with report_scenes.with_content(world, an, folder) as later:
        [heard] = await types(later, "12a")
        assert "đã thay đổi" in heard and "Còn 02 câu" in heard
        assert "\n11. " in heard and "\n12. " in heard


async def test_a_draft_goes_from_one_question_a_time_to_all_at_once_and_back(world: World) -> None:
    """Begun by typing, gone on with on the page with buttons, finished by typing again: one draft."""
    an = await asked(world)
    assert world.app.house.page == PAGE
    await types(an, "1-5a", "làm trên trang web")
    page = await an.follows()
    assert page.last.startswith("*Câu 6/12")
    await page.presses("Một phần")
    await page.presses("Bỏ qua")
    await page.presses("Đạt")
    await types(an, "/toi")
    await an.presses("Làm tiếp bản tự báo cáo")
    assert "Còn 05 câu" in an.last and "\n8. " in an.last
    await types(an, "8-12a", "gửi báo cáo")
    [answers] = await sent(world)
    assert list(answers.values()) == [*["met"] * 5, "partly", *["met"] * 6]


async def test_a_sheet_that_is_too_long_comes_in_two(template: Path, tmp_path: Path) -> None:
    """Where a message is shorter, whole groups are asked after one another."""
    narrow = replace(CHANNELS["zalo"], text_limit=1200)
    world = await World.copy(template, tmp_path / "narrow.db", capabilities=narrow)
    an = await asked(world)
    assert "\n6. " in an.last and "\n7. " not in an.last
    [second] = await types(an, "tất cả a")
    assert "\n6. " not in second and "\n7. " in second and "\n12. " in second
    await types(an, "tất cả a", "gửi báo cáo")
    assert len(await sent(world)) == 1
    await world.close()


async def test_after_the_deadline(world: World) -> None:
    """It is said to be late before the questions, as with buttons."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world, due_at=at(4, 1, 7))
    await an.says("/baocao")
    assert "quá hạn" in an.last.splitlines()[0]
    assert world.clock.now() < datetime(2027, 1, 5, tzinfo=UTC)
