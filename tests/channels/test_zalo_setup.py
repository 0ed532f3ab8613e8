"""What Zalo is told or asked once, and how often it is told again."""

import pytest
from structlog.testing import capture_logs

from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_setup import Bot, Webhook
from tests.fakes.handling import Pauses
from tests.fakes.zalo import FakeZalo
from tests.fakes.zalo_faults import BAD_REQUEST, CUT, INTERNAL, QUOTA_GONE, UNAUTHORIZED, Fault, refusing

WEBHOOK = Webhook(url="https://bon-tot.example/zalo/one", secret="bi-mat_0123456789")


async def test_the_webhook_is_set_however_late(zalo: FakeZalo, zalo_channel: ZaloChannel, pauses: Pauses) -> None:
    """Zalo learns the address and the secret; until it has heard it is told again, less and less often."""
    for fault in (INTERNAL, CUT, Fault(status=502), refusing(408), QUOTA_GONE):
        zalo.fail("setWebhook", fault)
    assert await zalo_channel.set_webhook(WEBHOOK)
    assert zalo.webhook == {"url": WEBHOOK.url, "secret_token": WEBHOOK.secret}
    assert pauses.slept == [1.0, 2.0, 4.0, 8.0, 16.0]


@pytest.mark.parametrize("fault", [BAD_REQUEST, UNAUTHORIZED])
async def test_what_zalo_refuses_is_written_down_and_given_up(
    zalo: FakeZalo, zalo_channel: ZaloChannel, pauses: Pauses, fault: Fault
) -> None:
    """A wrong token or address will not be right the next time."""
    zalo.fail("setWebhook", fault)
    with capture_logs() as logs:
        assert not await zalo_channel.set_webhook(WEBHOOK)
    assert [(log["event"], log["what"]) for log in logs] == [("zalo_refused", "setWebhook")]
    assert pauses.slept == []


@pytest.mark.parametrize("secret", ["1234567", "x" * 257])
async def test_a_secret_of_another_length_is_refused_by_zalo(
    zalo: FakeZalo, zalo_channel: ZaloChannel, secret: str
) -> None:
    """8 to 256 characters: that is why the settings ask for it."""
    assert not await zalo_channel.set_webhook(Webhook(url=WEBHOOK.url, secret=secret))


async def test_whose_token_it_is(zalo: FakeZalo, zalo_channel: ZaloChannel, pauses: Pauses) -> None:
    """The bot's name is asked until Zalo answers."""
    zalo.fail("getMe", INTERNAL, times=2)
    assert await zalo_channel.greeting() == Bot(id="1459232241454765289", name="bot.BonTot", kind="BASIC")
    assert pauses.slept == [1.0, 2.0]


async def test_nobodys_token(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """It is said, and nothing more is asked."""
    zalo.fail("getMe", UNAUTHORIZED)
    assert await zalo_channel.greeting() is None
    assert len(zalo.calls) == 1


async def test_a_bot_that_says_little_of_itself(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """What is missing is empty."""
    zalo.fail("getMe", Fault(status=200, body={"ok": True, "result": {"id": 7, "account_name": None}}))
    assert await zalo_channel.greeting() == Bot(id="", name="", kind="")
