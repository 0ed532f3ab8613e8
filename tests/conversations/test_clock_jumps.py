"""The clock jumps, stands still for a week, goes over month ends and years: nothing is said twice, nothing is dropped in
silence, nothing is due for ever, and a clock that is set back holds nothing up."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat import Address, Delivery, DeliveryFailure, Incoming, Text, TransientFailure
from storage import clock_jumps, vitals
from tests.conversations.test_broadcast import a_commune, compose
from tests.world import ACCOUNT, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")
TWO_DAYS = timedelta(days=2)
A_MOMENT = timedelta(microseconds=1)
HELP = "Những việc hệ thống giúp được"


def at(day: int, month: int, hour: int = 8, minute: int = 0, year: int = 2027) -> datetime:
    """An instant in Viet Nam."""
    return datetime(year, month, day, hour, minute, tzinfo=VN)


def set_clock(world: World, instant: datetime) -> None:
    """As somebody sets a machine's clock: back as well, and with nothing happening on the way."""
    world.clock._stands_at = instant  # our own clocks never go back


async def due_now(world: World) -> dict[str, int]:
    """The kinds of dated facts of which some are due."""
    async with world.app.database.read() as tx:
        found = await vitals.overdue(tx, before=tx.now + A_MOMENT)
    return {one.kind: one.rows for one in found if one.rows}


async def test_two_days_ahead_and_back_repeats_nothing_and_stalls_nothing(world: World) -> None:
    """A step in the two days that never were is missed and told; after the clock is right again the others come, at
    their times, once."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(24, 3, 8))
    an.heard(), secretary.heard()
    set_clock(world, at(26, 3, 8))
    await world.settle()
    assert an.heard() == []
    assert [words.splitlines()[0] for words in secretary.heard()] == ["*Lời nhắc chưa gửi*"]
    set_clock(world, at(24, 3, 8, 1))
    await world.settle()
    heard = []
    for day in range(24, 32):
        await world.reaches(at(day, 3, 23))
        heard.append(len([words for words in an.heard() if "cam kết" in words]))
    assert heard == [0, 0, 0, 0, 1, 0, 1, 1]  # T-3, T-1 and the last day; T-7 was missed
    assert await due_now(world) == {}


async def test_what_a_clock_ahead_answered_is_said_when_it_is_right_again(world: World) -> None:
    """An answer that was written two days ahead does not wait two days."""
    an = await world.member("Nguyễn Thị An")
    await world.settle()
    an.heard()
    now = world.clock.now()
    set_clock(world, now + TWO_DAYS)
    await world.app.ticker.tick()
    await world.app.router.handle(
        Incoming(address=Address(ACCOUNT, an.chat), event_id="ahead", payload=Text("/trogiup"))
    )
    set_clock(world, now)
    assert await world.app.sender.drain() == 0
    await world.settle()
    assert len([words for words in an.heard() if HELP in words]) == 1


async def test_a_broadcast_goes_on_after_the_clock_was_set_back(world: World) -> None:
    """Its window and its report come as if nothing had been; nobody is told twice."""
    officer = await a_commune(world)
    now = world.clock.now()
    set_clock(world, now + TWO_DAYS)
    await world.app.ticker.tick()
    await compose(officer)
    await officer.presses("Gửi cho 05 đồng chí")
    set_clock(world, now)
    await world.passes(hours=1)
    assert "đã gửi xong" in officer.last
    assert len(world.voices["Đảng viên Chi bộ Thôn 1"].heard()) == 1


async def test_a_clock_that_was_wrong_before_the_start_holds_nothing_up(world: World) -> None:
    """The program was stopped while the clock was two days ahead, and starts with a right one."""
    an = await world.member("Nguyễn Thị An")
    await world.settle()
    an.heard()
    now = world.clock.now()
    set_clock(world, now + TWO_DAYS)
    await world.app.router.handle(
        Incoming(address=Address(ACCOUNT, an.chat), event_id="ahead", payload=Text("/trogiup"))
    )
    set_clock(world, now)
    async with world.app.database.write() as tx:
        await clock_jumps.mend(tx, seen=False)
    await world.settle()
    assert len([words for words in an.heard() if HELP in words]) == 1


async def test_a_reminder_put_off_into_a_downtime_is_told_to_the_secretary(world: World) -> None:
    """It is too late for who wanted it; it is not dropped in silence."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(5, 1, 9))
    await an.presses("Nhắc lại ngày mai")
    an.heard(), secretary.heard()
    set_clock(world, at(8, 1))
    await world.settle()
    assert an.heard() == []
    (told,) = [words for words in secretary.heard() if "Lời nhắc chưa gửi" in words]
    assert "08 giờ 00, Thứ Tư, ngày 06/01/2027" in told
    assert await due_now(world) == {}


async def test_what_a_messenger_did_not_take_in_time_is_told_to_the_secretary(world: World) -> None:
    """An outage longer than a reminder makes sense: it is missed, and who leads the cell hears how many did not."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An")
    await world.member("Trần Thị Bình")
    await world.reaches(at(24, 3, 18))
    an.heard(), secretary.heard()

    def out_of_reach(delivery: Delivery) -> DeliveryFailure | None:
        return TransientFailure("out of reach") if delivery.chat == an.chat else None

    world.recorder.fails = out_of_reach
    await world.reaches(at(25, 3, 12))
    world.recorder.fails = lambda _delivery: None
    await world.reaches(at(25, 3, 14))
    assert [words for words in an.heard() if "cam kết" in words] == []
    (told,) = [words for words in secretary.heard() if "Tin chưa gửi được" in words]
    assert "01 đồng chí của Chi bộ thôn 1" in told
    assert await due_now(world) == {}


async def test_a_round_whose_whole_time_passed_is_told_to_the_officers(world: World) -> None:
    """Four months of standstill: the round of the quarter is not opened late, and not forgotten."""
    officer = await world.officer("Phạm Thị Văn Phòng")
    an = await world.member("Nguyễn Thị An")
    await world.reaches(at(1, 3))
    an.heard(), officer.heard()
    set_clock(world, at(1, 6))
    await world.settle()
    told = [words for words in officer.heard() if "Đợt chưa mở" in words]
    assert len(told) == 1 and "quý I năm 2027" in told[0]
    await world.settle()
    assert officer.heard() == []


async def test_over_two_years_of_jumps_nothing_stays_due_and_nothing_is_said_twice(world: World) -> None:
    """Month ends, year ends, Tết and a leap day, by steps of hours and of weeks, forwards and back: after every tick
    nothing is due, and no message has a second copy."""
    chance = random.Random(31)
    secretary = await world.secretary("Lê Văn Bí")
    await world.officer("Phạm Thị Văn Phòng")
    an = await world.member("Nguyễn Thị An")
    stops = [
        at(31, 1, 23),
        at(28, 2, 23),
        at(31, 3, 23),
        at(31, 12, 23),
        at(29, 2, 23, year=2028),
        at(31, 12, year=2028),
    ]
    while stops:
        jump = timedelta(days=chance.choice([0.1, 1, 2, 7, 30]) * chance.random(), seconds=chance.randrange(60))
        set_clock(world, min(world.clock.now() + jump, stops[0]))
        await world.settle()
        assert await due_now(world) == {}
        if world.clock.now() == stops[0]:
            stops.pop(0)
        if chance.random() < 0.2:
            set_clock(world, world.clock.now() - TWO_DAYS)
            await world.settle()
            assert await due_now(world) == {}
    for voice in (an, secretary):
        dated = [bubble.message.text for bubble in voice.bubbles if not bubble.message.in_place]
        assert dated, "two years in which nothing was said prove nothing"
    async with world.app.database.read() as tx:
        rows = await tx.sql("SELECT COUNT(*), COUNT(DISTINCT unique_key) FROM outbox WHERE unique_key IS NOT NULL")
    assert rows[0][0] == rows[0][1] > 20
