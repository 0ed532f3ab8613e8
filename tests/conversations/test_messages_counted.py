"""How many messages a journey costs on each channel, and a month on Zalo: each one there counts against a quota."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import external_file, snapshot

from bot.channels.zalo import CAPABILITIES as ZALO
from bot.domain.rights import Role
from tests.conversations.channels import CHANNELS, world_on
from tests.conversations.journey_stories import STORIES
from tests.conversations.meeting_scenes import call
from tests.world import Voice, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")
MEMBERS = 50
CELL = "Chi bộ thôn 1"


def at(day: int, hour: int, month: int = 6) -> datetime:
    """An instant of 2027 in Viet Nam."""
    return datetime(2027, month, day, hour, tzinfo=VN)


def new_messages(voice: Voice) -> int:
    """The messages that were sent to this chat since it was listened to last, without those that were only changed."""
    return sum(bubble.edits == 0 for bubble in voice.recorder.news.pop(voice.chat, []))


# ------------------------------------------------------------------------------------- a journey


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("journey", STORIES)
async def test_each_journey_on_each_channel(journey: str, channel: str, template: Path, tmp_path: Path) -> None:
    """The main story of every journey runs on every channel, and ends with something said to everybody in it."""
    world = await world_on(channel, template, tmp_path)
    heard = await STORIES[journey](world)
    assert all(new_messages(voice) > 0 for voice in heard.values())
    await world.close()


async def test_the_table_of_messages(template: Path, tmp_path: Path) -> None:
    """docs/tin-nhan.md says how many messages each journey costs each channel; it is written by this test."""
    counts: dict[tuple[str, str], list[int]] = {}
    for number, channel in enumerate(CHANNELS):
        for place, (journey, story) in enumerate(STORIES.items()):
            folder = tmp_path / f"{number}-{place}"
            folder.mkdir()
            world = await world_on(channel, template, folder)
            for who, voice in (await story(world)).items():
                counts.setdefault((journey, who), []).append(new_messages(voice))
            await world.close()
    assert _page(counts) == external_file("../../docs/tin-nhan.md", format=".txt")


def _page(counts: dict[tuple[str, str], list[int]]) -> str:
    names = {"telegram": "Telegram", "zalo": "Zalo", "web": "trang web"}
    rows = [f"| {journey} | {who} | {' | '.join(map(str, found))} |" for (journey, who), found in counts.items()]
    return "\n".join(
        [
            "# Mỗi việc tốn bao nhiêu tin",
            "",
            "Số tin hệ thống gửi đi trong câu chuyện chính của mỗi việc, trên từng kênh; tin được sửa tại chỗ không tính là tin mới.",
            "Trên Zalo mỗi tin tính vào hạn mức tháng của bot (gói miễn phí: 3.000 tin), nên nhiều câu hỏi đi trong một tin.",
            "",
            "Bảng này do `tests/conversations/test_messages_counted.py` viết ra; đổi rồi thì viết lại bằng",
            '`make test JOBS=0 ARGS="--inline-snapshot=fix tests/conversations/test_messages_counted.py"`.',
            "",
            f"| Việc | Ai nhận | {' | '.join(names[channel] for channel in CHANNELS)} |",
            f"|---|---|{'---|' * len(CHANNELS)}",
            *rows,
            "",
        ]
    )


# --------------------------------------------------------------------------------- a month on Zalo


async def june(world: World, people: Sequence[Voice], secretary: Voice) -> None:
    """A month with a meeting and a quarter's report: everybody answers, is reminded, and reports."""
    await world.reaches(at(10, 9))
    await call(secretary, when="17/6 19h30")
    for place, voice in enumerate(people):
        await voice.says("vắng vì bận việc nhà" if place % 10 == 9 else "có mặt")
    await world.reaches(at(25, 19))
    for voice in people:
        await voice.says("/baocao")
        await voice.says("1a 2a 3b 4a 5a 6a 7a 8a 9a 10a 11a 12a")
        await voice.says("gửi báo cáo")
    await world.reaches(at(30, 23))


async def on_zalo(template: Path, folder: Path, *, members: int) -> tuple[World, Voice, list[Voice]]:
    """A cell on Zalo at the end of May, nothing said to it yet."""
    world = await world_on("zalo", template, folder)
    world.clock.move_to(at(31, 23, month=5))
    secretary = await world.secretary("Lê Văn Bí", cell=CELL)
    people = [await world.member(f"Nguyễn Văn {number}", cell=CELL) for number in range(members)]
    return world, secretary, people


async def test_a_members_month_on_zalo(template: Path, tmp_path: Path) -> None:
    """Notice, reply, reminder, the quarter's report: at most 20 messages, and in fact far fewer."""
    world, secretary, [an, idle] = await on_zalo(template, tmp_path, members=2)
    await june(world, [an], secretary)
    acted, did_nothing = new_messages(an), new_messages(idle)
    assert max(acted, did_nothing) <= 20
    assert (acted, did_nothing) == snapshot((7, 5))
    await world.close()


async def test_fifty_people_on_one_zalo_account(template: Path, tmp_path: Path) -> None:
    """Forty-six members, their secretary, deputy, who is in charge above and an officer: half of the month's messages are
    left, and nobody had more than 20."""
    assert ZALO.monthly_quota is not None
    world, secretary, people = await on_zalo(template, tmp_path, members=MEMBERS - 4)
    deputy = await world.member("Phạm Thị Phó", cell=CELL, roles=[Role.DEPUTY_SECRETARY])
    officer = await world.officer("Phạm Thị Văn")
    above = await world.member("Võ Văn Trên", cell="Chi bộ cơ quan", roles=[Role.UPPER_MEMBER_IN_CHARGE], over=CELL)
    everybody = [*people, secretary, deputy, above, officer]
    assert len(everybody) == MEMBERS
    await june(world, [*people, secretary, deputy], secretary)
    for voice in (secretary, deputy, above):
        await voice.says("/dsbaocao")
    await officer.says("/tiendo")
    counts = [new_messages(voice) for voice in everybody]
    assert max(counts[: len(people)]) <= 20
    assert sum(counts) <= ZALO.monthly_quota / 2
    assert sum(counts) == snapshot(349)
    await world.close()
