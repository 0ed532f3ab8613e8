"""Reminders over a year: only to who is missing, never in quiet hours, never late, put off on request."""

from datetime import datetime
from zoneinfo import ZoneInfo

from inline_snapshot import snapshot

from bot.domain.member import Status
from tests.world import World

VN = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day: int, month: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant of 2027 in Viet Nam."""
    return datetime(2027, month, day, hour, minute, tzinfo=VN)


def of_the_pledge(heard: list[str]) -> list[str]:
    """What was said of the pledge: the self-reports of the quarters around it have reminders of their own."""
    return [words for words in heard if "cam kết" in words]


async def test_the_pledge_round_opens_and_tells_who_is_asked(world: World) -> None:
    """On the day of the calendar every asked member hears of the round, an exempt one does not."""
    an = await world.member("Nguyễn Thị An")
    cu = await world.member("Trần Văn Cụ", status=Status.EXEMPT)
    await world.reaches(at(5, 1, 8, 1))
    assert of_the_pledge(an.heard()) == snapshot(
        [
            """\
*Chi bộ thông báo*

Đã đến đợt ký bản cam kết năm 2027. Kính mong đồng chí thực hiện, hạn hết ngày 31/03/2027.

Trân trọng.

[1. Ký cam kết] [2. Nhắc lại ngày mai] [3. Nhắc lại sau 03 ngày]\
"""
        ]
    )
    assert cu.heard() == []


async def test_the_ladder_speaks_on_its_days_and_not_between(world: World) -> None:
    """Reminders come at T-7, T-3, T-1 and on the day, at the ladder's hours."""
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(24, 3, 18, 59))
    an.heard()
    heard = []
    for day, hour in ((24, 20), (27, 20), (28, 20), (29, 20), (30, 20), (31, 23)):
        await world.reaches(at(day, 3, hour))
        heard.append(len(of_the_pledge(an.heard())))
    assert heard == [1, 0, 1, 0, 1, 1]
    await world.reaches(at(30, 4))
    assert of_the_pledge(an.heard()) == []


async def test_put_off_until_tomorrow(world: World) -> None:
    """Who asks to be reminded tomorrow is reminded tomorrow, once."""
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(5, 1, 9))
    await an.presses("Nhắc lại ngày mai")
    assert an.heard()[-1] == snapshot(
        "Hệ thống sẽ nhắc lại đồng chí về bản cam kết năm 2027 lúc 08 giờ 00, Thứ Tư, ngày 06/01/2027."
    )
    await world.reaches(at(6, 1, 7, 59))
    assert an.heard() == []
    await world.reaches(at(6, 1, 8, 1))
    assert len(an.heard()) == 1
    await world.reaches(at(8, 1))
    assert an.heard() == []


async def test_a_week_of_downtime_sends_nothing_late_and_tells_the_secretary(world: World) -> None:
    """A step that came more than the allowed lateness ago is missed: the secretary hears of it, the member does not."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(23, 3))
    an.heard(), secretary.heard()
    world.clock.move_to(at(26, 3))
    await world.settle()
    assert an.heard() == []
    assert secretary.heard() == snapshot(
        [
            """\
*Lời nhắc chưa gửi*

Hệ thống tạm ngừng nên lời nhắc về bản cam kết năm 2027 lúc 19 giờ 00, Thứ Tư, ngày 24/03/2027 đã quá giờ và không gửi nữa. Chi bộ còn 02 đồng chí chưa thực hiện; nếu cần, đồng chí chủ động nhắc.\
"""
        ]
    )
    await world.reaches(at(27, 3))
    assert an.heard() == []
