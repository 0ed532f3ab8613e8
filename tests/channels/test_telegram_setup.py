"""What Telegram is told once, and how often it is told again."""

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_setup import Menu, Webhook
from bot.chat import PermanentFailure, TransientFailure
from tests.fakes.handling import Pauses
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import CHAT_NOT_FOUND, CUT, SERVER_ERROR, UNAUTHORIZED, Fault, too_many

EVERYBODY = Menu(commands=(("trogiup", "Trợ giúp"), ("toi", "Việc của tôi")))
OFFICER = Menu(commands=(("trogiup", "Trợ giúp"), ("thongbao", "Gửi thông báo")), chat="501")


async def test_menus_by_person_and_language(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """Everybody has the general commands, an officer's chat has its own, in Vietnamese and in every other language."""
    assert await channel.set_commands([EVERYBODY, OFFICER])
    shown = {where: [entry["command"] for entry in entries] for where, entries in telegram.commands.items()}
    assert shown == {
        ("default", ""): ["trogiup", "toi"],
        ("default", "vi"): ["trogiup", "toi"],
        ("501", ""): ["trogiup", "thongbao"],
        ("501", "vi"): ["trogiup", "thongbao"],
    }
    assert telegram.commands["501", "vi"][1] == {"command": "thongbao", "description": "Gửi thông báo"}


async def test_menu_is_taken_away(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A chat whose menu is empty has the general one again."""
    await channel.set_commands([OFFICER, Menu(commands=(), chat="501")])
    assert [call.params["scope"] for call in telegram.called("deleteMyCommands")] == [
        {"type": "chat", "chat_id": 501}
    ] * 2


async def test_told_until_heard(telegram: FakeTelegram, channel: TelegramChannel, pauses: Pauses) -> None:
    """While Telegram is out of reach the menus are tried again, less and less often, as long as a 429 says."""
    for fault in (SERVER_ERROR, CUT, too_many(9)):
        telegram.fail("setMyCommands", fault)
    assert await channel.set_commands([EVERYBODY])
    assert pauses.slept == [1.0, 2.0, 9.0]
    assert ("default", "vi") in telegram.commands


async def test_refused_menu_keeps_no_other_back(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """An officer whose chat is gone is written down, and the others have their menus."""
    telegram.fail("setMyCommands", CHAT_NOT_FOUND)
    with capture_logs() as logs:
        assert not await channel.set_commands([Menu(commands=OFFICER.commands, chat="web-7"), OFFICER, EVERYBODY])
    assert [log["event"] for log in logs] == ["telegram_refused"] * 2
    assert ("default", "") in telegram.commands


async def test_webhook_is_set(telegram: FakeTelegram, channel: TelegramChannel, pauses: Pauses) -> None:
    """Telegram learns the address, the secret and what to deliver, however late it can be reached."""
    telegram.fail("setWebhook", SERVER_ERROR, times=2)
    webhook = Webhook(url="https://bon-tot.example/telegram/one", secret="bi-mat")
    assert await channel.set_webhook(webhook)
    assert telegram.webhook == {
        "url": webhook.url,
        "secret_token": "bi-mat",
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }
    assert pauses.slept == [1.0, 2.0]
    assert "bi-mat" not in repr(webhook)


async def test_wrong_token_is_said_once(telegram: FakeTelegram, channel: TelegramChannel, pauses: Pauses) -> None:
    """What Telegram refuses for good is said in the log, not tried for ever."""
    telegram.fail("setWebhook", UNAUTHORIZED)
    with capture_logs() as logs:
        assert not await channel.set_webhook(Webhook(url="https://bon-tot.example", secret="s"))
    assert pauses.slept == []
    assert logs == [
        {
            "event": "telegram_refused",
            "account": "telegram",
            "what": "set_webhook",
            "why": "the token was refused",
            "log_level": "error",
        }
    ]


async def test_bot_knows_its_name(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """The name for start links is asked for, and its failure is one like others."""
    assert await channel.username() == telegram.username
    telegram.fail("getMe", SERVER_ERROR)
    with pytest.raises(TransientFailure):
        await channel.username()
    telegram.fail("getMe", Fault(status=200, body='{"ok": true, "result": {}}'))
    with pytest.raises(PermanentFailure):
        await channel.username()
