"""What nobody may read of Zalo: the token, the webhook's secret, a proxy's password, and the words of people.

As with Telegram: every kind of failure, all loggers wide open, and then everything that was written or raised is
searched, with the values in every frame.
"""

import asyncio
from collections.abc import Callable, Iterator

import aiohttp
import pytest

from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_setup import Webhook
from bot.chat import Delivery, DeliveryFailure, Message
from tests.channels.hiding import check, everything_written, frames_of
from tests.fakes.handling import Handler, stop
from tests.fakes.zalo import TOKEN, FakeZalo
from tests.fakes.zalo_faults import (
    BAD_REQUEST,
    CUT,
    HANG,
    INTERNAL,
    NOT_FOUND,
    QUOTA_GONE,
    UNAUTHORIZED,
    Fault,
    refusing,
)
from tests.fakes.zalo_updates import NAME

SECRET = "bi-mat-canary-0123"
PASSWORD = "proxy-canary-4567"
WORDS = "Chim hoàng yến 8910"
CHAT = "c4a7b11ecafe700"
ADDRESS = f"/bot{TOKEN}/sendMessage"
FAULTS = (
    BAD_REQUEST,
    UNAUTHORIZED,
    INTERNAL,
    NOT_FOUND,
    QUOTA_GONE,
    CUT,
    HANG,
    refusing(400, f"Bad request: {ADDRESS} {WORDS}"),
    refusing(400, f"{WORDS} {CHAT}", status=400),
    refusing(f"{WORDS}"),
    Fault(status=403, body=f"<html>blocked: {ADDRESS} {WORDS}</html>"),
    Fault(status=502, body=f"<html>bad gateway: {ADDRESS} {WORDS}</html>"),
    Fault(status=200, body=f"<html>welcome: {ADDRESS} {WORDS}</html>"),
    Fault(status=302, body=f"{ADDRESS} {WORDS}", headers={"Location": ADDRESS}),
)


@pytest.fixture
def hidden() -> list[str]:
    """What must not be found."""
    return [TOKEN, TOKEN.partition(":")[2], SECRET, PASSWORD, WORDS, NAME, CHAT]


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that reaches a log or the terminal while the test runs."""
    with everything_written(caplog, capfd) as read:
        yield read


def delivery() -> Delivery:
    """Personal words to a person."""
    return Delivery(key="1", chat=CHAT, message=Message(text=WORDS))


@pytest.mark.parametrize("fault", FAULTS)
async def test_sending(
    zalo: FakeZalo, zalo_channel: ZaloChannel, written: Callable[[], str], hidden: list[str], fault: Fault
) -> None:
    """However sending fails, neither the failure, nor its frames, nor the log tells the token or what was said."""
    asyncio.get_running_loop().set_debug(True)
    zalo.fail("sendMessage", fault)
    with pytest.raises(DeliveryFailure) as caught:
        await zalo_channel.send(delivery())
    check(frames_of(caught.value), [TOKEN, TOKEN.partition(":")[2], PASSWORD])
    check("\n".join([str(caught.value), repr(caught.value), repr(zalo_channel), written()]), hidden)


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
        channel = ZaloChannel(account="z", token=TOKEN, session=session, base_url=base_url, proxy=proxy)
        with pytest.raises(DeliveryFailure) as caught:
            await channel.send(delivery())
        check(frames_of(caught.value), [TOKEN, TOKEN.partition(":")[2]])
        check(f"{caught.value!r} {channel!r}", hidden)
    check(written(), hidden)


async def test_closed_session(zalo_channel: ZaloChannel, session: aiohttp.ClientSession, hidden: list[str]) -> None:
    """Nor when the program is already closing."""
    await session.close()
    with pytest.raises(DeliveryFailure) as caught:
        await zalo_channel.send(delivery())
    check(f"{caught.value!r} {frames_of(caught.value)}", hidden[:2])


async def test_redirects_are_not_followed(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """An answer that points elsewhere is not obeyed: the token would go there."""
    async with FakeZalo() as elsewhere:
        zalo.fail("sendMessage", Fault(status=307, headers={"Location": elsewhere.url + ADDRESS}))
        with pytest.raises(DeliveryFailure):
            await zalo_channel.send(delivery())
        assert elsewhere.calls == []


async def test_receiving(
    zalo: FakeZalo, zalo_channel: ZaloChannel, handler: Handler, written: Callable[[], str], hidden: list[str]
) -> None:
    """A polling loop that meets every fault and fails to store writes none of it down."""
    asyncio.get_running_loop().set_debug(True)
    for fault in FAULTS:
        if fault is not HANG:  # that one is as long as a poll may be
            zalo.fail("getUpdates", Fault(status=fault.status, body=fault.body, then=fault.then))
    fails = zalo.updates.says(CHAT, WORDS)
    handler.failures[fails] = 2
    zalo.updates.push(f"message.{WORDS}.received", {"text": WORDS})
    last = zalo.updates.says(CHAT, WORDS)
    task = asyncio.create_task(zalo_channel.poll(handle=handler))
    await zalo.until(lambda: any(incoming.event_id == last for incoming in handler.stored))
    await stop(task)
    log = written()
    assert "zalo_event_not_stored" in log and "zalo_update_dropped" in log and "zalo_out_of_reach" in log
    check(log, hidden)


async def test_setting_up(
    zalo: FakeZalo, zalo_channel: ZaloChannel, written: Callable[[], str], hidden: list[str]
) -> None:
    """Nor does telling Zalo the webhook's secret, or asking whose token it is."""
    for fault in FAULTS:
        zalo.fail("setWebhook", fault)
        zalo.fail("getMe", fault)
    webhook = Webhook(url="https://bon-tot.example", secret=SECRET)
    while not await zalo_channel.set_webhook(webhook):
        pass
    while not await zalo_channel.greeting():
        pass
    check(f"{written()} {webhook!r}", hidden)


async def test_nothing_is_hidden_in_vain(zalo: FakeZalo, session: aiohttp.ClientSession) -> None:
    """The search of frames does find a token: aiohttp's own failure, which ends in the adapter, would tell it."""
    zalo.fail("sendMessage", CUT)
    with pytest.raises(aiohttp.ClientError) as caught:
        await session.post(zalo.url + ADDRESS, json={"chat_id": CHAT, "text": "x"})
    assert TOKEN in frames_of(caught.value)


def test_channel_shows_its_account(zalo_channel: ZaloChannel) -> None:
    """A channel shows its account and nothing else."""
    assert (repr(zalo_channel), zalo_channel.account) == ("ZaloChannel('zalo')", "zalo")
