"""Receiving from Zalo by polling, for development: one update at a time, the next only after the commit of the last."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_polling import IDLE_SECONDS, POLL_SECONDS
from bot.chat import Text, Unsupported
from tests.fakes.handling import Handler, Pauses, stop
from tests.fakes.zalo import FakeZalo
from tests.fakes.zalo_faults import BAD_REQUEST, INTERNAL, NOTHING_YET, UNAUTHORIZED, Fault, refusing

AN, BINH = "6ede9afa66b88fe6d6a9", "7f0d80ca2950"
Poll = Callable[[], Callable[[], Awaitable[None]]]


def ids(handler: Handler) -> list[str]:
    """The stored events, in order."""
    return [incoming.event_id for incoming in handler.stored]


async def test_the_next_is_asked_for_after_the_commit(zalo: FakeZalo, handler: Handler, zalo_polling: Poll) -> None:
    """What was handed out never comes again: so nothing more is taken while the last is not stored."""
    first, second = zalo.updates.says(AN, "1"), zalo.updates.says(BINH, "2")
    gate = handler.gates[first] = asyncio.Event()
    zalo_polling()
    await handler.reached.wait()
    assert len(zalo.called("getUpdates")) == 1 and len(zalo.updates.waiting) == 1
    gate.set()
    await zalo.until(lambda: len(zalo.called("getUpdates")) == 3)
    assert ids(handler) == [first, second]
    assert [incoming.payload for incoming in handler.stored] == [Text("1"), Text("2")]


async def test_it_asks_as_zalo_wants_to_be_asked(zalo: FakeZalo, zalo_polling: Poll) -> None:
    """The time to wait is a text; a webhook of before is taken away first, once."""
    zalo.webhook = {"url": "https://old.example"}
    zalo.updates.says(AN, "1")
    zalo_polling()
    await zalo.until(lambda: len(zalo.called("getUpdates")) == 2)
    assert zalo.called("getUpdates")[0].params == {"timeout": str(POLL_SECONDS)}
    assert [call.method for call in zalo.calls][:2] == ["deleteWebhook", "getUpdates"]
    assert len(zalo.called("deleteWebhook")) == 1


async def test_a_webhook_that_cannot_be_removed_is_no_trouble(
    zalo: FakeZalo, handler: Handler, zalo_polling: Poll
) -> None:
    """Where none is set, Zalo may refuse to remove it."""
    zalo.fail("deleteWebhook", BAD_REQUEST)
    number = zalo.updates.says(AN, "1")
    zalo_polling()
    await zalo.until(lambda: len(zalo.called("getUpdates")) == 2)
    assert ids(handler) == [number]


async def test_not_stored_is_tried_again_here(
    zalo: FakeZalo, handler: Handler, zalo_polling: Poll, pauses: Pauses
) -> None:
    """As long as it takes, with growing pauses; those behind wait at Zalo, in their order."""
    first, second = zalo.updates.says(AN, "1"), zalo.updates.says(AN, "2")
    handler.failures[first] = 7
    with capture_logs() as logs:
        zalo_polling()
        await zalo.until(lambda: len(zalo.called("getUpdates")) == 3)
    assert ids(handler) == [first, second]
    assert pauses.slept[:7] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert [log["message_id"] for log in logs if log["event"] == "zalo_event_not_stored"] == [first] * 7


async def test_nobody_says_anything(zalo: FakeZalo, zalo_polling: Poll, pauses: Pauses) -> None:
    """408 is an answer like others: no warning, a short pause, and on."""
    zalo.fail("getUpdates", NOTHING_YET, times=3)
    with capture_logs() as logs:
        zalo_polling()
        await zalo.until(lambda: len(zalo.called("getUpdates")) == 4)
    assert pauses.slept == [IDLE_SECONDS] * 3 and logs == []


@pytest.mark.parametrize(
    "body", ['{"ok": true}', '{"ok": true, "result": {}}', '{"ok": true, "result": [5, null, {}]}']
)
async def test_answers_without_updates_do_not_make_it_spin(
    zalo: FakeZalo, handler: Handler, zalo_polling: Poll, body: str
) -> None:
    """Whatever they hold is dropped, and the loop goes on."""
    zalo.fail("getUpdates", Fault(status=200, body=body))
    number = zalo.updates.says(AN, "1")
    zalo_polling()
    await zalo.until(lambda: handler.stored)
    assert ids(handler) == [number]


async def test_a_list_is_taken_too(zalo: FakeZalo, handler: Handler, zalo_polling: Poll) -> None:
    """The documents show one object; several would be handled in their order."""
    update = [{"message": zalo.updates.message(AN) | {"text": text}} for text in ("1", "2")]
    zalo.fail("getUpdates", Fault(status=200, body={"ok": True, "result": update}))
    zalo_polling()
    await zalo.until(lambda: len(handler.stored) == 2)
    assert [incoming.payload for incoming in handler.stored] == [Text("1"), Text("2")]


async def test_out_of_reach(zalo: FakeZalo, handler: Handler, zalo_polling: Poll, pauses: Pauses) -> None:
    """While Zalo fails in any way, the pauses grow up to a ceiling; then everything goes on."""
    for fault in (INTERNAL, Fault(then="cut"), Fault(status=200, body="<html>"), UNAUTHORIZED, refusing(500)):
        zalo.fail("getUpdates", fault)
    zalo.fail("getUpdates", Fault(status=502), times=4)
    number = zalo.updates.says(AN, "Có mặt")
    with capture_logs() as logs:
        zalo_polling()
        await zalo.until(lambda: handler.stored)
    assert pauses.slept[:9] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert [log["event"] for log in logs] == ["zalo_out_of_reach"] * 9 + ["zalo_within_reach"]
    assert ids(handler) == [number]


async def test_zalo_comes_up_later(session: aiohttp.ClientSession, handler: Handler) -> None:
    """The loop starts while nobody listens, and receives once somebody does."""
    zalo = FakeZalo()
    await zalo.start()
    port = zalo.port
    await zalo.stop()
    zalo = FakeZalo()
    number = zalo.updates.says(AN, "Có mặt")
    tried = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        tried.set()
        await asyncio.sleep(0)

    channel = ZaloChannel(
        account="z", token=zalo.token, session=session, base_url=f"http://127.0.0.1:{port}", sleep=sleep
    )
    task = asyncio.create_task(channel.poll(handle=handler))
    await tried.wait()
    await zalo.start(port=port)
    await zalo.until(lambda: handler.stored)
    await stop(task)
    await zalo.stop()
    assert ids(handler) == [number]


async def test_nonsense_is_dropped_and_holds_up_nobody(zalo: FakeZalo, handler: Handler, zalo_polling: Poll) -> None:
    """What can never be understood is written down, and the next one is handled."""
    zalo.updates.push("message.text.received", {"chat": 5})
    zalo.updates.sends_something_else(AN)
    with capture_logs() as logs:
        zalo_polling()
        await zalo.until(lambda: handler.stored)
    assert [incoming.payload for incoming in handler.stored] == [Unsupported("hidden")]
    assert [log["event"] for log in logs] == ["zalo_update_dropped"]
