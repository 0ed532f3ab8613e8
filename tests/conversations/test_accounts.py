"""What those who answer for the installation hear of its accounts, and secretaries of who cannot be reached."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.chat import (
    Address,
    AddressBlocked,
    Capabilities,
    Delivery,
    DeliveryFailure,
    Message,
    OutboxState,
    Priority,
    QuotaExhausted,
    TokenRefused,
    TransientFailure,
)
from bot.domain.pausing import FAILURES, FIRST_PAUSE
from storage import addresses, outbox
from tests.world import ABLE, Recorder, Voice, World

Make = Callable[..., Awaitable[World]]


@pytest.fixture
async def make(template: Path, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes the world of this test: with the account `test`, and `other` beside it."""
    worlds: list[World] = []

    async def made(can: Capabilities = ABLE) -> World:
        worlds.append(
            await World.copy(template, tmp_path / "accounts.db", capabilities=can, also=[Recorder(account="other")])
        )
        return worlds[-1]

    yield made
    for world in worlds:
        await world.close()


async def put(world: World, chats: list[str], *, priority: Priority = Priority.NOTICE, text: str = "Thông báo") -> None:
    """Something for everybody in these chats, and whatever becomes of it."""
    letters = [
        outbox.Letter(address=Address("test", chat), message=Message(text=text), priority=priority) for chat in chats
    ]
    async with world.app.database.write() as tx:
        await outbox.put_many(tx, letters)
    await world.settle()


def fails_with(failure: DeliveryFailure, *, chat: str = "") -> Callable[[Delivery], DeliveryFailure | None]:
    """Every delivery, or every one to this chat."""
    return lambda delivery: failure if delivery.chat == chat or not chat else None


async def administrator(world: World) -> tuple[Voice, Recorder]:
    """The administrator, linked at both accounts."""
    admin = await world.officer("Nguyễn Văn Quản", admin=True)
    assert admin.person_id is not None
    async with world.app.database.write() as tx:
        await addresses.link(tx, person=admin.person_id, address=Address("other", "quan"))
    return admin, world.recorders["other"]


def heard(recorder: Recorder, chat: str = "quan") -> list[str]:
    """What was said in a chat, by its titles."""
    return [bubble.message.title for bubble in recorder.chats.get(chat, [])]


async def test_the_secretary_hears_once_of_who_blocked_the_bot(make: Make) -> None:
    """However many messages were refused; and nothing of somebody who is reached at another account."""
    world = await make()
    secretary = await world.secretary("Lê Văn Bí")
    an, binh = await world.member("Nguyễn Thị An"), await world.member("Trần Văn Bình")
    assert binh.person_id is not None
    async with world.app.database.write() as tx:
        await addresses.link(tx, person=binh.person_id, address=Address("other", "binh"))
    world.recorder.fails = lambda one: AddressBlocked("blocked") if one.chat in (an.chat, binh.chat) else None
    await put(world, [an.chat, binh.chat])
    await put(world, [an.chat, binh.chat])
    told = [text for text in secretary.heard() if "Không nhắn được" in text]
    assert len(told) == 1
    assert "*Không nhắn được cho đồng chí Nguyễn Thị An (Chi bộ thôn 1)*" in told[0]


async def test_the_messenger_tells_of_a_block_first(make: Make) -> None:
    """Then the secretary hears of it as well, once, and again only after the person has come back."""
    world = await make()
    secretary, an = await world.secretary("Lê Văn Bí"), await world.member("Nguyễn Thị An")
    await an.blocks()
    await an.blocks()
    assert len([text for text in secretary.heard() if "Không nhắn được" in text]) == 1
    await world.passes(days=1)
    await an.comes_back()
    await an.blocks()
    assert len([text for text in secretary.heard() if "Không nhắn được" in text]) == 1


async def test_administrators_hear_at_another_account_of_one_that_fails(make: Make) -> None:
    """Once, however long it fails; what waited is said when a single try has succeeded."""
    world = await make()
    _admin, other = await administrator(world)
    chats = [f"c{number}" for number in range(FAILURES)]
    world.recorder.fails = fails_with(TransientFailure("no connection"))
    await put(world, chats)
    assert heard(other) == ["Tài khoản “test” không gửi được tin"]
    for _ in range(6):
        world.clock.move_to(world.clock.now() + timedelta(minutes=11))
        await world.settle()
    assert len(heard(other)) == 1
    world.recorder.fails = lambda _delivery: None
    world.clock.move_to(world.clock.now() + timedelta(minutes=11))
    await world.settle()
    assert set(world.recorder.chats) == set(chats)


async def test_one_chat_that_fails_is_no_alarm(make: Make) -> None:
    """An account is only failing when different people cannot be reached."""
    world = await make()
    _admin, other = await administrator(world)
    world.recorder.fails = fails_with(TransientFailure("no connection"), chat="c1")
    await put(world, ["c1"])
    for _ in range(2 * FAILURES):
        world.clock.move_to(world.clock.now() + timedelta(minutes=11))
        await world.settle()
    assert heard(other) == []


async def test_a_refused_token_loses_nothing(make: Make) -> None:
    """The account pauses at once, is tried again, and everything is said when the token is right again."""
    world = await make()
    _admin, other = await administrator(world)
    world.recorder.fails = fails_with(TokenRefused())
    await put(world, ["c1", "c2", "c3"])
    assert heard(other) == ["Tài khoản “test” không gửi được tin"]
    world.recorder.fails = lambda _delivery: None
    world.clock.move_to(world.clock.now() + FIRST_PAUSE)
    await world.settle()
    assert set(world.recorder.chats) == {"c1", "c2", "c3"}


async def test_a_month_that_runs_short(make: Make) -> None:
    """At 70 and at 90 per cent the administrators are told; then only answers and notices go out until the next month."""
    world = await make(replace(ABLE, monthly_quota=20))
    _admin, other = await administrator(world)
    await put(world, [f"c{number}" for number in range(13)])
    assert heard(other) == []
    await put(world, ["d1"])
    assert heard(other) == ["Tài khoản “test” đã dùng 70% lượng tin của tháng"]
    await put(world, [f"e{number}" for number in range(10)], priority=Priority.REMINDER)
    assert heard(other)[1:] == ["Tài khoản “test” đã dùng 90% lượng tin của tháng"]
    assert len([chat for chat in world.recorder.chats if chat.startswith("e")]) == 4
    await put(world, ["f1"], text="Giấy mời họp")
    assert "f1" in world.recorder.chats
    await world.reaches(datetime(2027, 1, 31, 16, 59, 59, tzinfo=UTC))
    assert len([chat for chat in world.recorder.chats if chat.startswith("e")]) == 4
    await world.reaches(datetime(2027, 1, 31, 17, 0, tzinfo=UTC))
    assert len([chat for chat in world.recorder.chats if chat.startswith("e")]) == 10


async def test_a_month_that_is_gone(make: Make) -> None:
    """What the messenger refuses waits; it is asked again now and then, and at the latest when the month is over."""
    world = await make(replace(ABLE, monthly_quota=3000))
    _admin, other = await administrator(world)
    world.recorder.fails = fails_with(QuotaExhausted("Zalo answered 429"))
    await put(world, [f"c{number}" for number in range(5)])
    assert heard(other) == ["Tài khoản “test” đã hết lượng tin của tháng"]
    asked: list[Delivery] = []

    def refuses(delivery: Delivery) -> DeliveryFailure:
        asked.append(delivery)
        return QuotaExhausted("Zalo answered 429")

    world.recorder.fails = refuses
    for _ in range(24):
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.settle()
    assert len(asked) == 4
    world.recorder.fails = lambda _delivery: None
    world.clock.move_to(datetime(2027, 1, 31, 17, 0, tzinfo=UTC))
    await world.settle()
    assert len(world.recorder.chats) == 5
    async with world.app.database.read() as tx:
        assert set(await outbox.counts(tx)) == {OutboxState.SENT}


async def test_administrators_see_their_accounts(make: Make) -> None:
    """With /luongtin: people, the month, what waits; nobody else may."""
    world = await make(replace(ABLE, monthly_quota=20, people_limit=50))
    admin, _other = await administrator(world)
    an = await world.member("Nguyễn Thị An")
    await put(world, [f"c{number}" for number in range(20)], priority=Priority.BROADCAST)
    await admin.says("/luongtin")
    assert admin.last == snapshot("""\
*Các tài khoản nhắn tin*

other: 01 đồng chí.

test: 02/50 đồng chí.
Tháng 01/2027 đã nhắn 18/20 tin (90%).
Phần còn lại dành cho giấy mời họp và câu trả lời; tin nhắc việc và thông báo chung chờ tháng sau.
Đang chờ gửi: 03 tin, trong đó 03 tin nhắc việc và thông báo chung.\
""")
    await an.says("/luongtin")
    assert "không thuộc phần đồng chí phụ trách" in an.last
