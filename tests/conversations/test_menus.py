"""The command menus: everybody's, and one by role; the messenger is told only what changed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import update

from bot.channels.http import new_session
from bot.chat import Address
from bot.menus import RoleMenu, changed_menus, menu_was_told
from bot.settings import Mode, TelegramAccount
from bot.settings.model import Secret
from bot.telegram_bots import TelegramBot
from storage import addresses, schema
from storage.organisation import today
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import CHAT_NOT_FOUND
from tests.world import ACCOUNT, Voice, World


async def told(world: World) -> dict[str | None, list[str]]:
    """The names of the commands in every menu that changed; from now on they are as they were told."""
    menus = await changed_menus(world.app, ACCOUNT)
    for menu in menus:
        await menu_was_told(world.app, ACCOUNT, menu)
    return {menu.chat: [name for name, _ in menu.commands] for menu in menus}


async def lays_down_all_roles(person: Voice) -> None:
    """The person held their roles until yesterday."""
    async with person.world.app.database.write() as tx:
        ended = update(schema.roles).where(schema.roles.c.person_id == person.person_id)
        await tx.run(ended.values(valid_to=today(tx) + timedelta(days=1)))
    await person.world.passes(days=2)


async def test_a_menu_has_what_the_role_allows(world: World) -> None:
    """A member has everybody's menu, a secretary their own, an officer another; each command may be used by its reader."""
    await world.member("Nguyễn Thị An")
    binh = await world.secretary("Trần Văn Bình")
    cuong = await world.officer("Lê Văn Cường")
    menus = await told(world)
    assert set(menus) == {None, binh.chat, cuong.chat}
    assert {"toi", "trogiup", "camket"} <= set(menus[None])
    assert "thongbao" not in menus[None]
    assert "thongbao" not in menus[binh.chat]
    assert set(menus[None]) < set(menus[binh.chat])
    assert "thongbao" in menus[cuong.chat]
    assert "camket" not in menus[cuong.chat]


async def test_only_what_changed_is_told(world: World) -> None:
    """The second time nothing is told, and after a new role only the menu of who has it."""
    await world.member("Nguyễn Thị An")
    assert set(await told(world)) == {None}
    assert await told(world) == {}
    binh = await world.secretary("Trần Văn Bình")
    assert set(await told(world)) == {binh.chat}
    assert await told(world) == {}


async def test_who_has_no_role_any_more_has_everybodys_menu(world: World) -> None:
    """The own menu of a former secretary is taken away, once."""
    binh = await world.secretary("Trần Văn Bình")
    await told(world)
    await lays_down_all_roles(binh)
    assert await changed_menus(world.app, ACCOUNT) == [RoleMenu(chat=binh.chat, commands=())]
    await told(world)
    assert await told(world) == {}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP client, closed at the end."""
    async with new_session() as session:
        yield session


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """A Telegram of our own."""
    async with FakeTelegram() as server:
        yield server


async def test_a_menu_that_telegram_refuses_is_not_told_for_ever(
    world: World, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    """Refused once, it is told again only when it changes; the others are shown all the same."""
    account = TelegramAccount(
        key=ACCOUNT,
        token=Secret(telegram.token),
        mode=Mode.POLLING,
        webhook_url=None,
        webhook_secret=Secret("unused"),
        proxy=None,
        base_url=telegram.url,
    )
    bot = TelegramBot(account, session=session)
    binh = await world.secretary("Trần Văn Bình")
    assert binh.person_id is not None
    async with world.app.database.write() as tx:
        await addresses.link(tx, person=binh.person_id, address=Address(ACCOUNT, "501"))
    telegram.fail("setMyCommands", CHAT_NOT_FOUND)
    await bot.renew_menus(world.app)
    assert {chat for chat, _ in telegram.commands} == {"501"}
    telegram.calls.clear()
    await bot.renew_menus(world.app)
    assert telegram.calls == []
