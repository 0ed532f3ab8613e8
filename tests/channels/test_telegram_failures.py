"""What every failure at Telegram means for a delivery: whatever goes wrong is one that the sender knows."""

import socket

import aiohttp
import pytest

from bot.channels.telegram import TelegramChannel
from bot.chat import (
    AddressBlocked,
    Delivery,
    DeliveryFailure,
    Message,
    OutcomeUnknown,
    PermanentFailure,
    RateLimited,
    TransientFailure,
)
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import (
    BLOCKED,
    CHAT_NOT_FOUND,
    CUT,
    HANG,
    NOT_FOUND,
    SERVER_ERROR,
    UNAUTHORIZED,
    Fault,
    refusing,
    too_many,
)

AN = 501


def text() -> Delivery:
    """A plain delivery to An."""
    return Delivery(key="1", chat=str(AN), message=Message(text="Kính gửi đồng chí."))


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (BLOCKED, AddressBlocked),
        (refusing(403, "Forbidden: user is deactivated"), AddressBlocked),
        (refusing(403, "Forbidden: bot can't initiate conversation with a user"), AddressBlocked),
        (CHAT_NOT_FOUND, PermanentFailure),
        (UNAUTHORIZED, PermanentFailure),
        (NOT_FOUND, PermanentFailure),
        (refusing(409, "Conflict: terminated by other getUpdates request"), TransientFailure),
        (refusing(413, "Request Entity Too Large"), PermanentFailure),
        (Fault(status=413, body="<html>too large</html>"), PermanentFailure),
        (SERVER_ERROR, TransientFailure),
        (Fault(status=502, body="<html>Bad Gateway</html>"), TransientFailure),
        (Fault(status=302, body=""), TransientFailure),
        (HANG, OutcomeUnknown),
        (CUT, OutcomeUnknown),
        (Fault(status=200, body="<html>Welcome to the hotel</html>"), OutcomeUnknown),
        (Fault(status=200, body="[]"), OutcomeUnknown),
        (Fault(status=200, body='{"ok": true, "result": true}'), OutcomeUnknown),
        (Fault(status=200, body='{"ok": false}'), OutcomeUnknown),
    ],
)
async def test_each_failure_has_its_meaning(
    telegram: FakeTelegram, channel: TelegramChannel, fault: Fault, failure: type[DeliveryFailure]
) -> None:
    """Whatever goes wrong is one of the failures that the sender knows."""
    telegram.fail("sendMessage", fault)
    with pytest.raises(failure):
        await channel.send(text())


@pytest.mark.parametrize(
    ("asked", "after"), [(7, 7.0), (0.5, 0.5), (0, 5.0), (-3, 5.0), ("soon", 5.0), (None, 5.0), (10**30, 86_400.0)]
)
async def test_rate_limit_says_how_long(
    telegram: FakeTelegram, channel: TelegramChannel, asked: object, after: float
) -> None:
    """429 carries the seconds to wait, and a sensible number where Telegram gives none."""
    telegram.fail("sendMessage", too_many(asked))
    with pytest.raises(RateLimited) as caught:
        await channel.send(text())
    assert caught.value.after == after


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_strange_page_blocks_nobody(telegram: FakeTelegram, channel: TelegramChannel, status: int) -> None:
    """A refusal that is not Telegram's own, such as a provider's page, only means: try again."""
    telegram.fail("sendMessage", Fault(status=status, body="<html>Truy cập bị chặn</html>"))
    with pytest.raises(TransientFailure):
        await channel.send(text())


async def test_endless_answer_is_cut_off(
    telegram: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer larger than any that Telegram gives is not read to its end."""
    monkeypatch.setattr("bot.channels.telegram_request.ANSWER_LIMIT", 1000)
    telegram.fail("sendMessage", Fault(status=200, body=" " * 2000 + '{"ok": true, "result": {"message_id": 1}}'))
    with pytest.raises(OutcomeUnknown):
        await channel.send(text())


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    """A refused connection surely delivered nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel = TelegramChannel(account="t", token="1:x", session=session, base_url=f"http://127.0.0.1:{port}")
    with pytest.raises(TransientFailure):
        await channel.send(text())


@pytest.mark.parametrize("base_url", ["ftp://127.0.0.1", "http://", "no address"])
async def test_wrong_address(session: aiohttp.ClientSession, base_url: str) -> None:
    """An address that cannot be used is a failure like others, not a crash."""
    channel = TelegramChannel(account="t", token="1:x", session=session, base_url=base_url)
    with pytest.raises(TransientFailure):
        await channel.send(text())


async def test_proxy_is_used(telegram: FakeTelegram, session: aiohttp.ClientSession) -> None:
    """With a proxy, the proxy is asked for Telegram's address."""
    channel = TelegramChannel(
        account="t", token=telegram.token, session=session, base_url="http://telegram.invalid", proxy=telegram.url
    )
    await channel.send(text())
    assert len(telegram.heard(AN)) == 1
