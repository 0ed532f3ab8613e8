"""What every failure at Zalo means for a delivery. Zalo refuses with HTTP 200: the answer's own word counts."""

import socket

import aiohttp
import pytest

from bot.channels.zalo import ZaloChannel
from bot.chat import (
    Delivery,
    DeliveryFailure,
    Message,
    OutcomeUnknown,
    PermanentFailure,
    QuotaExhausted,
    RateLimited,
    TransientFailure,
)
from tests.fakes.zalo import FakeZalo
from tests.fakes.zalo_faults import (
    BAD_REQUEST,
    CUT,
    HANG,
    INTERNAL,
    NOT_FOUND,
    NOTHING_YET,
    QUOTA_GONE,
    UNAUTHORIZED,
    Fault,
    refusing,
)

AN = "6ede9afa66b88fe6d6a9"


def text() -> Delivery:
    """A plain delivery to An."""
    return Delivery(key="1", chat=AN, message=Message(text="Kính gửi đồng chí."))


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (BAD_REQUEST, PermanentFailure),
        (UNAUTHORIZED, PermanentFailure),
        (INTERNAL, TransientFailure),  # 403 is not "blocked" at Zalo
        (NOT_FOUND, PermanentFailure),
        (NOTHING_YET, OutcomeUnknown),
        (QUOTA_GONE, QuotaExhausted),
        (refusing(500), TransientFailure),
        (refusing(502), TransientFailure),
        (refusing(504), OutcomeUnknown),
        (refusing(599), TransientFailure),
        (refusing(-216), PermanentFailure),
        (refusing("429"), QuotaExhausted),
        (refusing("403"), TransientFailure),
        (refusing(403, status=403), TransientFailure),
        (refusing(429, status=429), QuotaExhausted),
        (refusing(400, status=400), PermanentFailure),
        (HANG, OutcomeUnknown),
        (CUT, OutcomeUnknown),
    ],
)
async def test_each_code_has_its_meaning(
    zalo: FakeZalo, zalo_channel: ZaloChannel, fault: Fault, failure: type[DeliveryFailure]
) -> None:
    """Whatever Zalo says, by whatever HTTP status, is one of the failures that the sender knows."""
    zalo.fail("sendMessage", fault)
    with pytest.raises(failure):
        await zalo_channel.send(text())


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (Fault(status=200, body=""), OutcomeUnknown),
        (Fault(status=200, body="<html>Welcome to the hotel</html>"), OutcomeUnknown),
        (Fault(status=200, body="[]"), OutcomeUnknown),
        (Fault(status=200, body="{}"), OutcomeUnknown),
        (Fault(status=200, body='{"ok": "true"}'), OutcomeUnknown),
        (Fault(status=200, body='{"ok": false}'), OutcomeUnknown),
        (Fault(status=200, body='{"ok": false, "error_code": true}'), OutcomeUnknown),
        (Fault(status=200, body='{"ok": false, "error_code": null}'), OutcomeUnknown),
        (Fault(status=302, body=""), TransientFailure),
        (Fault(status=401, body="<html>"), TransientFailure),
        (Fault(status=403, body="<html>"), TransientFailure),
        (Fault(status=404, body="<html>"), TransientFailure),
        (Fault(status=408, body=""), OutcomeUnknown),
        (Fault(status=413, body="<html>"), PermanentFailure),
        (Fault(status=429, body="<html>"), RateLimited),
        (Fault(status=500, body=""), TransientFailure),
        (Fault(status=502, body="<html>Bad Gateway</html>"), TransientFailure),
        (Fault(status=504, body=""), OutcomeUnknown),
    ],
)
async def test_what_is_not_zalos_own_word(
    zalo: FakeZalo, zalo_channel: ZaloChannel, fault: Fault, failure: type[DeliveryFailure]
) -> None:
    """A proxy's or a provider's page refuses nobody for ever and ends no month; after a 200 the message may be said."""
    zalo.fail("sendMessage", fault)
    with pytest.raises(failure):
        await zalo_channel.send(text())


async def test_said_without_a_number(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """Nothing here ever needs a message's id: an answer without one is a success."""
    for body in ('{"ok": true, "result": {}}', '{"ok": true}', '{"ok": true, "result": {"message_id": 7}}'):
        zalo.fail("sendMessage", Fault(status=200, body=body))
        assert await zalo_channel.send(text()) is None


async def test_the_months_end(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """As many as the month has, then `QuotaExhausted`."""
    zalo.quota = 2
    for _ in range(2):
        await zalo_channel.send(text())
    with pytest.raises(QuotaExhausted):
        await zalo_channel.send(text())
    assert len(zalo.heard(AN)) == 2


async def test_endless_answer_is_cut_off(
    zalo: FakeZalo, zalo_channel: ZaloChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer larger than any that Zalo gives is not read to its end."""
    monkeypatch.setattr("bot.channels.zalo_api.ANSWER_LIMIT", 1000)
    zalo.fail("sendMessage", Fault(status=200, body=" " * 2000 + '{"ok": true, "result": {}}'))
    with pytest.raises(OutcomeUnknown):
        await zalo_channel.send(text())


async def test_a_redirect_is_not_followed(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """It would carry the token elsewhere."""
    zalo.fail("sendMessage", Fault(status=307, headers={"Location": f"{zalo.url}/bot{zalo.token}/sendPhoto"}))
    with pytest.raises(TransientFailure):
        await zalo_channel.send(text())
    assert [call.method for call in zalo.calls] == ["sendMessage"]


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    """A refused connection surely delivered nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel = ZaloChannel(account="z", token="1:x", session=session, base_url=f"http://127.0.0.1:{port}")
    with pytest.raises(TransientFailure):
        await channel.send(text())


@pytest.mark.parametrize("base_url", ["ftp://127.0.0.1", "http://", "no address"])
async def test_wrong_address(session: aiohttp.ClientSession, base_url: str) -> None:
    """An address that cannot be used is a failure like others, not a crash."""
    channel = ZaloChannel(account="z", token="1:x", session=session, base_url=base_url)
    with pytest.raises(TransientFailure):
        await channel.send(text())


async def test_closed_already() -> None:
    """At the end of the program the session may be gone before the sender."""
    session = aiohttp.ClientSession()
    await session.close()
    channel = ZaloChannel(account="z", token="1:x", session=session, base_url="http://127.0.0.1:1")
    with pytest.raises(TransientFailure):
        await channel.send(text())


async def test_proxy_is_used(zalo: FakeZalo, session: aiohttp.ClientSession) -> None:
    """With a proxy, the proxy is asked for Zalo's address."""
    channel = ZaloChannel(
        account="z", token=zalo.token, session=session, base_url="http://zalo.invalid", proxy=zalo.url
    )
    await channel.send(text())
    assert zalo.heard(AN) == ["Kính gửi đồng chí."]
