"""Reminders before a meeting: to who has not answered, once more to who comes, never late, never at night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inline_snapshot import snapshot

from tests.conversations.meeting_scenes import a_cell, call, called, heard_by, hush, titles
from tests.world import World

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of April 2027 in Viet Nam."""
    return datetime(2027, 4, day, hour, minute, tzinfo=VIETNAM)


async def test_three_days_and_one_day_before(spring: World) -> None:
    """Who has not answered hears twice, who comes once, who is absent and who is in charge not at all."""
    await called(spring)
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    await spring.voices["Trần Văn Ba"].presses("Vắng có lý do")
    await spring.voices["Trần Văn Ba"].presses("Lý do sức khỏe")
    hush(spring)
    await spring.reaches(at(10, 7, 59))
    assert heard_by(spring) == {}
    await spring.reaches(at(10, 8, 1))
    assert titles(spring) == {"Lê Văn Bí": ["Chi bộ nhắc việc"], "Phạm Thị Phó": ["Chi bộ nhắc việc"]}
    await spring.reaches(at(12, 7, 59))
    assert heard_by(spring) == {}
    await spring.reaches(at(12, 8, 1))
    heard = heard_by(spring)
    assert sorted(heard) == ["Lê Văn Bí", "Nguyễn Thị An", "Phạm Thị Phó"]
    assert heard["Phạm Thị Phó"] == snapshot(
        [
            """\
*Chi bộ nhắc việc*

Đồng chí chưa trả lời giấy mời dự sinh hoạt thường kỳ của Chi bộ thôn 1.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1

Mong đồng chí trả lời để chi bộ chuẩn bị. Trân trọng.

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert heard["Nguyễn Thị An"] == snapshot(
        [
            """\
*Chi bộ nhắc lịch họp*

Đồng chí đã báo có mặt dự sinh hoạt thường kỳ của Chi bộ thôn 1.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1

Trân trọng.\
"""
        ]
    )
    await spring.reaches(at(20, 8))
    assert heard_by(spring) == {}


async def test_who_is_in_charge_and_comes_is_reminded_once(spring: World) -> None:
    """The upper-level member who has said that they come hears the short reminder."""
    await called(spring)
    above = spring.voices["Võ Văn Trên"]
    await above.presses("Có mặt")
    hush(spring)
    await spring.reaches(at(13, 8))
    assert titles(spring)["Võ Văn Trên"] == ["Chi bộ nhắc lịch họp"]


async def test_another_time_brings_its_own_reminders(spring: World) -> None:
    """After a change of time the steps before the old one are not said, those before the new one are."""
    secretary = await called(spring)
    await secretary.presses("Đổi hoặc hủy họp")
    await secretary.says("1")
    await secretary.says("20/4 8h")
    await secretary.presses("Đúng")
    await secretary.says("gửi")
    hush(spring)
    await spring.reaches(at(17, 7, 59))
    assert heard_by(spring) == {}
    await spring.reaches(at(17, 8, 1))
    assert "Nguyễn Thị An" in heard_by(spring)


async def test_no_reminder_on_the_heels_of_the_notice(spring: World) -> None:
    """A notice of the day before is not followed by the reminder an hour later; nothing is missed by that."""
    secretary = await a_cell(spring)
    await call(secretary, when="mai 19h30")
    hush(spring)
    await spring.reaches(at(9, 8))
    assert heard_by(spring) == {}


async def test_a_downtime_tells_those_who_lead(spring: World) -> None:
    """Reminders that came too late are not sent; the secretary and the deputy hear how many have not answered."""
    await called(spring)
    await spring.voices["Nguyễn Thị An"].presses("Có mặt")
    hush(spring)
    spring.clock.move_to(at(11, 8))
    await spring.settle()
    heard = heard_by(spring)
    assert sorted(heard) == ["Lê Văn Bí", "Phạm Thị Phó"]
    assert heard["Phạm Thị Phó"] == snapshot(
        [
            """\
*Lời nhắc chưa gửi*

Hệ thống tạm ngừng nên lời nhắc trả lời giấy mời dự buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027 (định gửi lúc 08 giờ 00, ngày 10/04/2027) đã quá giờ và không gửi nữa. Còn 04 đồng chí chưa trả lời; nếu cần, đồng chí chủ động nhắc.\
"""
        ]
    )
    await spring.reaches(at(12, 8, 1))
    assert "Nguyễn Thị An" in heard_by(spring)


async def test_a_downtime_until_after_the_meeting(spring: World) -> None:
    """When both steps and the meeting have passed, members hear nothing."""
    await called(spring)
    spring.clock.move_to(at(14, 8))
    await spring.settle()
    assert {name: len(said) for name, said in heard_by(spring).items()} == {"Lê Văn Bí": 2, "Phạm Thị Phó": 2}


async def test_a_step_that_is_still_worth_saying_after_a_downtime(spring: World) -> None:
    """Back within the allowed lateness of the last step, that one is said, and the earlier one is reported."""
    await called(spring)
    spring.clock.move_to(at(12, 12))
    await spring.settle()
    heard = titles(spring)
    assert heard["Nguyễn Thị An"] == ["Chi bộ nhắc việc"]
    assert heard["Phạm Thị Phó"] == ["Lời nhắc chưa gửi", "Chi bộ nhắc việc"]


async def test_reminders_keep_off_the_holiday(spring: World) -> None:
    """A step that falls on a holiday waits for the first day that is none, or is left to the later one."""
    secretary = await a_cell(spring)
    await call(secretary, when="17/4 19h30")
    hush(spring)
    # T-3 is Wednesday 14; T-1 would be Friday 16, the kings' day: it moves to Saturday.
    await spring.reaches(at(16, 23))
    assert titles(spring)["Nguyễn Thị An"] == ["Chi bộ nhắc việc"]
    await spring.reaches(at(17, 8, 1))
    assert titles(spring)["Nguyễn Thị An"] == ["Chi bộ nhắc việc"]


async def test_what_comes_next_is_on_the_clock(spring: World) -> None:
    """The rehearsal's clock names the meeting's next reminder."""
    await called(spring)
    coming = [thing for thing in await spring.app.ticker.coming() if "Nhắc về buổi" in thing.what]
    assert [(thing.at, thing.what) for thing in coming] == [
        (at(10, 8), "Nhắc về buổi sinh hoạt thường kỳ lúc 19 giờ 30, Thứ Ba, ngày 13/04/2027")
    ]


async def test_a_tick_repeated_says_nothing_twice(spring: World) -> None:
    """However often the clock ticks, each step is said once."""
    await called(spring)
    await spring.reaches(at(10, 8))
    hush(spring)
    for _ in range(3):
        await spring.settle()
        spring.clock.move_to(spring.clock.now() + timedelta(seconds=5))
    assert heard_by(spring) == {}
