"""A number that two questions could mean: something newer has come by itself while a dialogue was open. Nobody guesses."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from storage.schema import meeting_replies, pledges
from tests.conversations import pledge_rounds, report_scenes
from tests.conversations.channels import CHANNELS, world_on
from tests.conversations.meeting_scenes import call
from tests.conversations.report_scenes import rows
from tests.world import Voice, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(params=list(CHANNELS))
async def world(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An empty world on Monday 5 April 2027, on each channel."""
    world = await world_on(request.param, template, tmp_path)
    world.clock.move_to(datetime(2027, 4, 5, 8, tzinfo=VN))
    yield world
    await world.close()


async def invited_while_reading(world: World) -> Voice:
    """A member who reads the pledge while an invitation to a meeting comes."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await an.says("/camket")
    await call(secretary)
    an.heard()
    return an


async def answers(world: World) -> list[str]:
    """Every reply to an invitation."""
    return [row.answer for row in await rows(world, meeting_replies)]


async def test_the_person_is_asked_which_is_meant(world: World) -> None:
    """Nothing is done before they have said; the choices name both."""
    an = await invited_while_reading(world)
    await an.says("1")
    asked = an.bubbles[-1].message
    assert (asked.text, [choice.label for choice in asked.numbered()]) == snapshot(
        (
            "Đồng chí đang trả lời dở thì có tin mới đến, nên hệ thống chưa rõ “1” là trả lời cho điều nào:",
            ["“Tiếp tục” trong bản cam kết", "“Có mặt” của tin mới đến"],
        )
    )
    assert await answers(world) == []


async def test_the_dialogue_was_meant(world: World) -> None:
    """It goes on, and the next number is its own."""
    an = await invited_while_reading(world)
    await an.says("1")
    await an.says("1")
    title = an.bubbles[-1].message.title
    assert title.startswith("Bản cam kết") or title == "Xem lại trước khi ký"
    assert await answers(world) == []


async def test_what_came_was_meant(world: World) -> None:
    """It is answered, and the dialogue asks again, so that the next number is the dialogue's."""
    an = await invited_while_reading(world)
    await an.says("1")
    await an.says("2")
    assert await answers(world) == ["present"]
    assert an.bubbles[-1].message.title.startswith("Bản cam kết") or "Bản cam kết".upper() in an.last
    await an.says("1")
    assert await answers(world) == ["present"]


async def test_words_that_only_one_of_them_has_are_sure(world: World) -> None:
    """Who types the words is asked nothing; and the number after that is still asked about."""
    an = await invited_while_reading(world)
    await an.says("có mặt")
    assert await answers(world) == ["present"]
    await an.says("tiếp tục")
    assert an.bubbles[-1].message.title != ""
    assert await rows(world, pledges) == []


async def test_a_number_that_is_itself_an_answer(world: World) -> None:
    """A list is open, where numbers are names, and a reminder comes: the number goes to the list, if that was meant."""
    secretary = await world.secretary("Lê Văn Bí")
    await world.member("Đỗ Thị Tư", linked=False)
    await pledge_rounds.open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await world.settle()
    await secretary.says("1")
    assert [choice.label for choice in secretary.buttons] == [
        "“1” trong việc ghi thay cam kết",
        "“Tự báo cáo” của tin mới đến",
    ]
    await secretary.says("1")
    assert "Đồng chí Đỗ Thị Tư" in secretary.last or "đồng chí Đỗ Thị Tư" in secretary.last


async def test_an_answer_to_what_was_typed_is_no_surprise(world: World) -> None:
    """Only what came by itself is asked about: a menu that the person asked for takes its own numbers."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    await an.says("/baocao")
    await an.says("/trogiup")
    await an.says("/toi")
    choice = an.bubbles[-1].message.numbered()[0].label
    await an.says("1")
    assert "trả lời cho điều nào" not in an.last
    assert choice in ("Làm tiếp bản tự báo cáo", "Tự báo cáo")


async def test_a_question_that_is_over_is_said_so(world: World) -> None:
    """The dialogue was stopped in between: the choice that belonged to it says so, and nothing is stored."""
    an = await invited_while_reading(world)
    await an.says("1")
    data = an.bubbles[-1].message.numbered()[0].data
    await an.says("dừng lại")
    await an.forges(data)
    assert await answers(world) == []
