"""What nobody may read: the token, the webhook's secret, a proxy's password, and the words of people.

Every kind of failure is gone through with all loggers wide open; then everything that was written or raised, with the
values in every frame of ours and of the libraries, is searched.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator

import aiohttp
import pytest
from telegram.error import TelegramError

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_request import PLACEHOLDER, AiohttpRequest
from bot.channels.telegram_setup import Menu, Webhook
from bot.chat import Delivery, DeliveryFailure, File, Message
from tests.channels.hiding import check, everything_written, frames_of
from tests.fakes.handling import Handler, stop
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_faults import (
    BLOCKED,
    CHAT_NOT_FOUND,
    CUT,
    HANG,
    NOT_FOUND,
    OTHER_POLL,
    SERVER_ERROR,
    UNAUTHORIZED,
    Fault,
    refusing,
    too_many,
)

SECRET = "bi-mat-canary-0123"
PASSWORD = "proxy-canary-4567"
WORDS = "Chim hoàng yến 8910"
PERSON = "Nguyễn Văn Mẫu"
CHAT = 700700700
ADDRESS = f"/bot{TOKEN}/sendMessage"
FAULTS = (
    BLOCKED,
    CHAT_NOT_FOUND,
    UNAUTHORIZED,
    NOT_FOUND,
    OTHER_POLL,
    SERVER_ERROR,
    too_many(1),
    CUT,
    HANG,
    refusing(400, f"Bad Request: button URL 'https://x.example/{WORDS}' is invalid"),
    refusing(400, f"Bad Request: {ADDRESS}"),
    Fault(status=403, body=f"<html>blocked: {ADDRESS} {WORDS}</html>"),
    Fault(status=502, body=f"<html>bad gateway: {ADDRESS} {WORDS}</html>"),
    Fault(status=200, body=f"<html>welcome: {ADDRESS} {WORDS}</html>"),
    Fault(status=302, body=f"{ADDRESS} {WORDS}"),
)


@pytest.fixture
def hidden() -> list[str]:
    """What must not be found."""
    return [TOKEN, TOKEN.partition(":")[2], SECRET, PASSWORD, WORDS, PERSON, str(CHAT)]


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that reaches a log or the terminal while the test runs."""
    with everything_written(caplog, capfd) as read:
        yield read


def delivery(*, file: File | None = None) -> Delivery:
    """Personal words to a person."""
    return Delivery(key="1", chat=str(CHAT), message=Message(text=WORDS), file=file)


@pytest.mark.parametrize("fault", FAULTS)
async def test_sending(
    telegram: FakeTelegram,
    channel: TelegramChannel,
    written: Callable[[], str],
    hidden: list[str],
    fault: Fault,
) -> None:
    """However sending fails, neither the failure nor the log tells the token."""
    asyncio.get_running_loop().set_debug(True)
    told = []
    for method, what in (("sendMessage", delivery()), ("sendDocument", delivery(file=File("a", "a/b", b"x")))):
        telegram.fail(method, fault)
        with pytest.raises(DeliveryFailure) as caught:
            await channel.send(what)
        told += [str(caught.value), repr(caught.value)]
        check(frames_of(caught.value), [TOKEN, TOKEN.partition(":")[2], PASSWORD])
    check("\n".join([*told, repr(channel), written()]), hidden)


async def test_no_connection(session: aiohttp.ClientSession, written: Callable[[], str], hidden: list[str]) -> None:
    """Nor when nobody listens, the name is unknown, the address is wrong, or a proxy refuses."""
    for base_url, proxy in (
        ("http://127.0.0.1:1", None),
        ("https://127.0.0.1:1", None),
        ("ftp://127.0.0.1", None),
        ("http://[", None),
        ("http://127.0.0.1", f"http://user:{PASSWORD}@127.0.0.1:1"),
        ("http://127.0.0.1", f"socks5://user:{PASSWORD}@127.0.0.1:1"),
    ):
        channel = TelegramChannel(account="t", token=TOKEN, session=session, base_url=base_url, proxy=proxy)
        with pytest.raises(DeliveryFailure) as caught:
            await channel.send(delivery())
        check(frames_of(caught.value), [TOKEN, TOKEN.partition(":")[2]])
        check(f"{caught.value!r} {channel!r}", hidden)
    check(written(), hidden)


async def test_libraries_opened_wide(
    telegram: FakeTelegram,
    channel: TelegramChannel,
    session: aiohttp.ClientSession,
    written: Callable[[], str],
    hidden: list[str],
) -> None:
    """Even when somebody makes the library write down all that it does, it does not know the token."""
    library = logging.getLogger("telegram.Bot")
    before = library.level
    library.setLevel(logging.DEBUG)
    telegram.fail("getMe", CUT)
    with pytest.raises(DeliveryFailure):
        await channel.username()
    TelegramChannel(account="t", token=TOKEN, session=session, base_url=telegram.url)
    library.setLevel(before)
    log = written()
    assert "Calling Bot API endpoint" in log and "Set Bot API URL" in log
    check(log, hidden[:2])


@pytest.mark.parametrize("fault", [CUT, HANG, BLOCKED, too_many(1)])
async def test_requests_end_here(
    telegram: FakeTelegram, session: aiohttp.ClientSession, hidden: list[str], fault: Fault
) -> None:
    """What the request itself raises has no cause and no frame that knows the address."""
    telegram.fail("getMe", fault)
    request = AiohttpRequest(session=session, token=TOKEN, read_seconds=0.2)
    with pytest.raises(TelegramError) as caught:
        await request.post(f"{telegram.url}/bot{PLACEHOLDER}/getMe")
    check(frames_of(caught.value), hidden[:2])


async def test_redirects_are_not_followed(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """An answer that points elsewhere is not obeyed: the token would go there."""
    async with FakeTelegram() as elsewhere:
        telegram.fail("sendMessage", Fault(status=307, headers={"Location": elsewhere.url + ADDRESS}))
        with pytest.raises(DeliveryFailure):
            await channel.send(delivery())
        assert elsewhere.calls == []


async def test_closed_session(channel: TelegramChannel, session: aiohttp.ClientSession, hidden: list[str]) -> None:
    """Nor when the program is already closing."""
    await session.close()
    with pytest.raises(DeliveryFailure) as caught:
        await channel.send(delivery())
    check(f"{caught.value!r} {frames_of(caught.value)}", hidden[:2])


async def test_receiving(
    telegram: FakeTelegram,
    channel: TelegramChannel,
    handler: Handler,
    written: Callable[[], str],
    hidden: list[str],
) -> None:
    """A polling loop that meets every fault, fetches files, and fails to store, writes none of it down."""
    asyncio.get_running_loop().set_debug(True)
    handler.wanted = 1000
    for fault in FAULTS:
        telegram.fail("getUpdates", fault)
        telegram.fail("getFile", fault)
    fails = telegram.updates.says(CHAT, WORDS)
    handler.failures[str(fails)] = 2
    telegram.updates.presses(CHAT, WORDS)
    telegram.updates.push({"message": {"text": WORDS}})
    for _ in range(6):
        telegram.updates.sends_file(CHAT, f"{PERSON}.xlsx", WORDS.encode())
    task = asyncio.create_task(channel.poll(handle=handler, wants_file=handler.wants_file, poll_seconds=1))
    await telegram.until(lambda: not telegram.updates.waiting)
    await stop(task)
    log = written()
    assert "telegram_event_not_stored" in log and "telegram_file_not_fetched" in log and "out_of_reach" in log
    check(log, hidden)


async def test_setting_up(
    telegram: FakeTelegram, channel: TelegramChannel, written: Callable[[], str], hidden: list[str]
) -> None:
    """Nor does telling Telegram the webhook's secret and the menus."""
    for fault in FAULTS:
        telegram.fail("setWebhook", fault)
        telegram.fail("setMyCommands", fault)
    webhook = Webhook(url="https://bon-tot.example", secret=SECRET)
    while not await channel.set_webhook(webhook):
        pass
    while not await channel.set_commands([Menu(commands=(("toi", WORDS),), chat=str(CHAT))]):
        pass
    check(f"{written()} {webhook!r}", hidden)


async def test_nothing_is_hidden_in_vain(telegram: FakeTelegram, session: aiohttp.ClientSession) -> None:
    """The search of frames does find a token: aiohttp's own failure, which ends inside the request, would tell it."""
    telegram.fail("sendMessage", CUT)
    with pytest.raises(aiohttp.ClientError) as caught:
        await session.post(telegram.url + ADDRESS, json={"chat_id": CHAT, "text": "x"})
    assert TOKEN in frames_of(caught.value)


def test_channel_shows_its_account(channel: TelegramChannel) -> None:
    """A channel shows its account and nothing else."""
    assert (repr(channel), channel.account) == ("TelegramChannel('telegram')", "telegram")
