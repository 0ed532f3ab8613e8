"""One person at several addresses: where they are told things, and that what they answer counts once for all of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.channels.zalo import CAPABILITIES as ZALO_CAN
from bot.chat import AddressBlocked, Channel, Delivery, DeliveryFailure, OutcomeUnknown, PermanentFailure
from bot.doors import Door
from storage import service
from storage.addresses import addresses_of
from tests.conversations.meeting_scenes import CELL, call, counts
from tests.world import ABLE, ACCOUNT, Recorder, Voice, World

ZALO, TABLET = "zalo", "tablet"
DOORS = (
    Door(account=ACCOUNT, messenger="Telegram", name="@xa_mau_bot", start="https://t.example/xa_mau_bot?start="),
    Door(account=ZALO, messenger="Zalo", name="Bốn Tốt"),
    Door(account=TABLET, messenger="Telegram", name="@xa_mau_2_bot"),
)
TUESDAY = datetime(2027, 4, 5, 23, 30, tzinfo=UTC)  # 6 April, 06:30 in Viet Nam: no round is open


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """Two Telegram bots and a Zalo bot, all for everybody."""
    zalo_can = replace(ZALO_CAN, per_second=None, chat_seconds=None)  # the pace is no part of this
    also = [Recorder(account=ZALO, capabilities=zalo_can), Recorder(account=TABLET, capabilities=ABLE)]
    world = await World.copy(template, tmp_path / "several.db", start=TUESDAY, doors=DOORS, also=also)
    yield world
    await world.close()


async def an_twice(world: World) -> tuple[Voice, Voice, Voice]:
    """A secretary, and An on Telegram and, linked later, on Zalo."""
    secretary = await world.secretary("Lê Văn Bí", cell=CELL)
    telegram = await world.member("Nguyễn Thị An", cell=CELL)
    await world.passes(hours=1)
    return secretary, telegram, await world.second(telegram, account=ZALO)


def invited(voice: Voice) -> int:
    """How many invitations to a meeting stand in this chat."""
    return sum(bubble.message.title == "Giấy mời họp chi bộ" for bubble in voice.bubbles)


async def switch_off(world: World, account: str) -> Channel:
    """The settings name the account no longer; its channel."""
    channel = world.app.channels[account]
    await world.app.close(account)
    async with world.app.database.write() as tx:
        await service.only(tx, list(world.app.channels))
    return channel


async def switch_on(world: World, channel: Channel) -> None:
    """The settings name it again."""
    world.app.open(channel)
    async with world.app.database.write() as tx:
        await service.only(tx, list(world.app.channels))


# ------------------------------------------------------------------------------------ the choice


async def test_somebody_chooses_where_they_are_told(world: World) -> None:
    """/kenh names the places as people call them, the choice holds from then on, and can be changed."""
    secretary, telegram, zalo = await an_twice(world)
    await zalo.says("nhận thông báo ở đâu")
    assert zalo.heard() == snapshot(
        [
            """\
NHẬN THÔNG BÁO Ở ĐÂU

Đồng chí đang dùng:
• Zalo: đang nhận thông báo, đồng chí đang dùng
• Telegram

Thông báo, giấy mời và lời nhắc chỉ gửi đến một nơi; nơi ấy không gửi được thì hệ thống gửi sang nơi kia. Đồng chí trả lời ở nơi nào cũng được.

1. Nhận ở Zalo
2. Nhận ở Telegram

Đồng chí gõ số 1, số 2 hoặc gõ chữ.\
"""
        ]
    )
    await zalo.says("2")
    assert zalo.heard() == snapshot(
        ["Từ nay thông báo, giấy mời và lời nhắc đến Telegram. Muốn đổi lại, đồng chí gõ /kenh."]
    )
    await call(secretary)
    assert (invited(telegram), invited(zalo)) == (1, 0)
    await telegram.says("/kenh")
    await telegram.presses("Nhận ở Zalo")
    await call(secretary, when="thứ 4 tuần sau 19h30", place="Nhà văn hóa thôn 2")
    assert (invited(telegram), invited(zalo)) == (1, 1)


async def test_two_accounts_of_one_messenger_are_told_apart(world: World) -> None:
    """By when they were linked; answers still come where they were asked for."""
    _, telegram, _ = await an_twice(world)
    await world.passes(hours=1)
    tablet = await world.second(telegram, account=TABLET)
    await tablet.says("/kenh")
    assert [choice.label for choice in tablet.buttons] == snapshot(
        [
            "Nhận ở Telegram (từ 08 giờ 30, Thứ Ba, ngày 06/04/2027)",
            "Nhận ở Zalo",
            "Nhận ở Telegram (từ 06 giờ 30, Thứ Ba, ngày 06/04/2027)",
        ]
    )
    await tablet.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in tablet.last


async def test_with_one_address_there_is_nothing_to_choose(world: World) -> None:
    """Then /kenh says how to get another; a press from before, or on somebody else's address, changes nothing."""
    an = await world.member("Nguyễn Thị An", cell=CELL)
    binh = await world.member("Trần Văn Bình", cell=CELL)
    await an.says("/kenh")
    assert an.heard() == snapshot(
        [
            "Đồng chí đang dùng một tài khoản này, nên mọi thông báo đều đến đây. Muốn dùng thêm một tài khoản nữa, mong đồng chí xin bí thư chi bộ một phiếu mời mới và gõ mã ở tài khoản đó."
        ]
    )
    async with world.app.database.read() as tx:
        assert binh.person_id is not None
        [theirs] = await addresses_of(tx, binh.person_id)
    await an.forges(f"prefer:{theirs.id}")
    assert an.heard() == snapshot(
        ["Tài khoản đó hiện không dùng được, nên không có gì thay đổi. Mong đồng chí gõ lại /kenh."]
    )


# ----------------------------------------------------------------------------- one answer for all


async def test_an_answer_counts_once_and_is_seen_elsewhere(world: World) -> None:
    """The notice came on Telegram; An answers on Zalo: counted once, and the notice on Telegram says so and can still
    be answered."""
    secretary, telegram, zalo = await an_twice(world)
    await telegram.says("/kenh")
    await telegram.presses("Nhận ở Telegram")
    await call(secretary)
    telegram.heard()
    await zalo.says("có mặt")
    assert telegram.heard() == snapshot(
        [
            """\
*Giấy mời họp chi bộ*

Kính gửi đồng chí Nguyễn Thị An,

Chi bộ thôn 1 trân trọng kính mời đồng chí dự sinh hoạt thường kỳ.

Thời gian: 19 giờ 30, Thứ Ba, ngày 13/04/2027
Địa điểm: Nhà văn hóa thôn 1
Nội dung:
1. Thời sự
2. Nhiệm vụ tháng 4

Đồng chí đã trả lời: có mặt (lúc 07 giờ 30, ngày 06/04/2027).

[1. Có mặt] [2. Vắng có lý do]\
"""
        ]
    )
    assert [bubble.edits for bubble in telegram.bubbles if bubble.message.title] == [1]
    assert "Có mặt 01, vắng có lý do 0," in counts(secretary)
    await telegram.presses("Vắng có lý do")
    await telegram.presses("Đi công tác, làm ăn xa")
    assert "Có mặt 0, vắng có lý do 01," in counts(secretary)
    assert not any("Giấy mời" in said for said in zalo.heard()[1:])


async def test_what_was_changed_is_no_new_question(world: World) -> None:
    """A digit on Telegram answers what was asked there last, not the notice that changed above it."""
    secretary, telegram, zalo = await an_twice(world)
    await telegram.says("/kenh")
    await telegram.presses("Nhận ở Telegram")
    await call(secretary)
    await telegram.says("/rutlui")
    await zalo.says("có mặt")
    await telegram.says("3")
    assert "Không có gì thay đổi" in telegram.last


# ------------------------------------------------------------------------- when it cannot be said


async def test_what_is_refused_at_one_place_is_said_at_the_other(world: World) -> None:
    """Zalo says that An has gone: the same notice comes on Telegram, once, and so does all that follows."""
    secretary, telegram, zalo = await an_twice(world)
    world.recorders[ZALO].fails = lambda _delivery: AddressBlocked("gone")
    await call(secretary)
    await world.settle()
    assert (invited(telegram), invited(zalo)) == (1, 0)
    world.recorders[ZALO].fails = lambda _delivery: None
    await world.passes(days=1)
    assert (invited(telegram), invited(zalo)) == (1, 0)
    await telegram.says("có mặt")
    assert "Có mặt 01" in counts(secretary)


async def test_a_message_that_fails_for_good_goes_on_to_every_address_once(world: World) -> None:
    """From the newest to the second, to the third; where all refuse it, it has failed, and it never turns round."""
    secretary, telegram, zalo = await an_twice(world)
    await world.passes(hours=1)
    tablet = await world.second(telegram, account=TABLET)
    tried: list[str] = []

    def refuse(account: str) -> object:
        def fails(delivery: Delivery) -> DeliveryFailure | None:
            if delivery.chat == telegram.chat:
                tried.append(account)
                return PermanentFailure("no")
            return None

        return fails

    for account, recorder in world.recorders.items():
        recorder.fails = refuse(account)  # type: ignore[assignment]
    await call(secretary)
    await world.passes(hours=1)
    assert tried == [TABLET, ZALO, ACCOUNT]
    assert (invited(telegram), invited(zalo), invited(tablet)) == (0, 0, 0)


async def test_what_may_have_been_said_is_not_said_elsewhere(world: World) -> None:
    """No answer came from Zalo, twice: it may stand there, so it is left uncertain and comes nowhere else."""
    secretary, telegram, zalo = await an_twice(world)
    world.recorders[ZALO].fails = lambda _delivery: OutcomeUnknown("no answer")
    await call(secretary)
    await world.passes(hours=1)
    assert (invited(telegram), invited(zalo)) == (0, 0)


async def test_who_blocks_is_told_elsewhere_what_waits(world: World) -> None:
    """A notice waits for the morning on Zalo; An blocks the bot at night: in the morning it comes on Telegram."""
    secretary, telegram, zalo = await an_twice(world)
    await world.passes(hours=15)
    await call(secretary)
    await zalo.blocks()
    await world.passes(hours=12)
    assert (invited(telegram), invited(zalo)) == (1, 0)


async def test_a_bot_that_is_gone_from_the_settings_says_nothing_more(world: World) -> None:
    """What waits for it goes to the other address at the next tick, what comes later goes there at once, and /kenh
    names it no longer; set again, it is as before."""
    secretary, telegram, zalo = await an_twice(world)
    await world.passes(hours=15)
    await call(secretary)
    channel = await switch_off(world, ZALO)
    await world.passes(hours=12)
    assert (invited(telegram), invited(zalo)) == (1, 0)
    await call(secretary, when="thứ 4 tuần sau 19h30", place="Nhà văn hóa thôn 2")
    assert (invited(telegram), invited(zalo)) == (2, 0)
    await telegram.says("/kenh")
    assert "một tài khoản này" in telegram.last
    await switch_on(world, channel)
    await call(secretary, when="thứ 5 tuần sau 19h30", place="Nhà văn hóa thôn 2")
    assert (invited(telegram), invited(zalo)) == (2, 1)


async def test_with_no_other_address_it_waits(world: World) -> None:
    """Who has only Zalo is told when Zalo's bot is set again: nothing is lost meanwhile."""
    secretary = await world.secretary("Lê Văn Bí", cell=CELL)
    an = await world.second(await world.member("Nguyễn Thị An", cell=CELL, linked=False), account=ZALO)
    channel = await switch_off(world, ZALO)
    await call(secretary)
    await world.passes(hours=2)
    assert invited(an) == 0
    await switch_on(world, channel)
    await world.settle()
    assert invited(an) == 1


async def test_a_reminder_says_what_was_done_elsewhere(template: Path, tmp_path: Path) -> None:
    """The pledge is asked for on Telegram and signed on Zalo: on Telegram it says so, without a button."""
    zalo_can = replace(ZALO_CAN, per_second=None, chat_seconds=None)
    world = await World.copy(
        template, tmp_path / "pledge.db", doors=DOORS, also=[Recorder(account=ZALO, capabilities=zalo_can)]
    )
    _, telegram, zalo = await an_twice(world)
    await telegram.says("/kenh")
    await telegram.presses("Nhận ở Telegram")
    await world.passes(days=2)
    assert "Ký cam kết" in [choice.label for choice in telegram.buttons]
    await zalo.says("/camket")
    while "Ký cam kết" not in [choice.label for choice in zalo.buttons]:
        await zalo.presses(next(one.label for one in zalo.buttons if one.label in ("Tiếp tục", "Không")))
    await zalo.presses("Ký cam kết")
    assert telegram.last == snapshot(
        "Hệ thống đã nhận bản cam kết năm 2027 của đồng chí lúc 09 giờ 00, Thứ Tư, ngày 06/01/2027. Ở đây đồng chí không cần làm gì nữa."
    )
    await world.close()
