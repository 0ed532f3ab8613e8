"""Receiving by polling: confirmed only after the commit, in each person's order, through every kind of failure."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import TelegramChannel
from bot.chat import Text
from tests.fakes.handling import Handler, Pauses, stop
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import BLOCKED, CUT, HANG, OTHER_POLL, SERVER_ERROR, Fault, too_many

AN, BINH = 501, 502
Poll = Callable[[], Callable[[], Awaitable[None]]]


async def test_confirmed_only_after_the_commit(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """An update stays at Telegram until its handler has returned."""
    number = telegram.updates.says(AN, "Có mặt")
    gate = handler.gates[str(number)] = asyncio.Event()
    polling()
    await handler.reached.wait()
    assert (telegram.updates.confirmed, list(telegram.updates.waiting)) == ([], [number])
    gate.set()
    await telegram.until(lambda: telegram.updates.confirmed == [number])
    assert [incoming.payload for incoming in handler.stored] == [Text("Có mặt")]


async def test_killed_in_the_middle(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """What was being handled when the process died comes again to the next one."""
    number = telegram.updates.says(AN, "Có mặt")
    gate = handler.gates[str(number)] = asyncio.Event()
    kill = polling()
    await handler.reached.wait()
    await kill()
    assert handler.stored == []
    gate.set()
    polling()
    await telegram.until(lambda: telegram.updates.confirmed == [number])
    assert handler.ids() == [number]


async def test_one_persons_order_is_kept(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """A person's second message waits for the first; another person's does not."""
    first, second = telegram.updates.says(AN, "1"), telegram.updates.says(AN, "2")
    others = telegram.updates.presses(BINH, "menu")
    gate = handler.gates[str(first)] = asyncio.Event()
    polling()
    await telegram.until(lambda: telegram.called("answerCallbackQuery"))
    assert (handler.ids(), str(second) in handler.begun) == ([others], False)
    gate.set()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert handler.ids() == [others, first, second]


async def test_many_people_at_once(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """Several batches full of events are handled once each, each person's in order."""
    numbers = [telegram.updates.says(600 + at % 25, str(at)) for at in range(250)]
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert sorted(handler.ids()) == numbers
    for chat in {incoming.address.chat for incoming in handler.stored}:
        mine = [int(incoming.event_id) for incoming in handler.stored if incoming.address.chat == chat]
        assert mine == sorted(mine)


async def test_not_stored_is_not_confirmed(
    telegram: FakeTelegram, handler: Handler, polling: Poll, pauses: Pauses
) -> None:
    """The offset does not pass an event that could not be stored: it comes again, after a pause, in its order."""
    before = telegram.updates.says(BINH, "trước")
    fails, after = telegram.updates.says(AN, "1"), telegram.updates.says(AN, "2")
    beside = telegram.updates.says(BINH, "bên cạnh")
    handler.failures[str(fails)] = 2
    with capture_logs() as logs:
        polling()
        await telegram.until(lambda: not telegram.updates.waiting)
    assert [int(call.params["offset"]) for call in telegram.called("getUpdates")][:4] == [0, fails, fails, beside + 1]
    assert [number for number in handler.ids() if number in (fails, after)] == [fails, after]
    assert set(handler.ids()) == {before, fails, after, beside}
    assert pauses.slept == [1.0, 2.0]
    assert [log["update_id"] for log in logs if log["event"] == "telegram_event_not_stored"] == [str(fails)] * 2


async def test_out_of_reach(telegram: FakeTelegram, handler: Handler, polling: Poll, pauses: Pauses) -> None:
    """While Telegram fails in any way, the pauses grow up to a ceiling; then everything goes on."""
    for fault in (SERVER_ERROR, CUT, Fault(status=200, body="<html>"), Fault(status=403, body="<html>")):
        telegram.fail("getUpdates", fault)
    telegram.fail("getUpdates", SERVER_ERROR, times=5)
    number = telegram.updates.says(AN, "Có mặt")
    with capture_logs() as logs:
        polling()
        await telegram.until(lambda: telegram.updates.confirmed == [number])
    assert pauses.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    events = [log["event"] for log in logs]
    assert events == ["telegram_out_of_reach"] * 9 + ["telegram_within_reach"]
    assert handler.ids() == [number]


async def test_telegram_comes_up_later(session: aiohttp.ClientSession, handler: Handler) -> None:
    """The loop starts while nobody listens, and receives once somebody does."""
    telegram = FakeTelegram()
    await telegram.start()
    port = telegram.port
    await telegram.stop()
    telegram = FakeTelegram()
    number = telegram.updates.says(AN, "Có mặt")
    tried = asyncio.Event()

    async def sleep(seconds: float) -> None:
        tried.set()
        await asyncio.sleep(0)

    channel = TelegramChannel(
        account="t", token=telegram.token, session=session, base_url=f"http://127.0.0.1:{port}", sleep=sleep
    )
    task = asyncio.create_task(channel.poll(handle=handler, wants_file=handler.wants_file, poll_seconds=5))
    await tried.wait()
    await telegram.start(port=port)
    await telegram.until(lambda: telegram.updates.confirmed == [number])
    await stop(task)
    await telegram.stop()
    assert handler.ids() == [number]


async def test_throttled(telegram: FakeTelegram, polling: Poll, pauses: Pauses) -> None:
    """A 429 is waited out as long as it says."""
    telegram.fail("getUpdates", too_many(17))
    polling()
    await telegram.until(lambda: len(telegram.called("getUpdates")) == 2)
    assert pauses.slept == [17.0]


async def test_somebody_else_polls(telegram: FakeTelegram, polling: Poll, pauses: Pauses) -> None:
    """A second process with the same token is named as such in the log."""
    telegram.fail("getUpdates", OTHER_POLL)
    with capture_logs() as logs:
        polling()
        await telegram.until(lambda: len(telegram.called("getUpdates")) == 2)
    (conflict,) = [log for log in logs if log["event"] == "telegram_polling_conflict"]
    assert conflict["log_level"] == "error" and "another process polls" in conflict["hint"]
    assert pauses.slept == [1.0]


async def test_webhook_of_before_is_taken_away(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """A bot that had a webhook, or is given one meanwhile, polls all the same, and nothing that waited is dropped."""
    telegram.webhook = {"url": "https://old.example"}
    first = telegram.updates.says(AN, "1")
    polling()
    await telegram.until(lambda: telegram.updates.confirmed == [first])
    telegram.webhook = {"url": "https://other.example"}
    second = telegram.updates.says(AN, "2")
    await telegram.until(lambda: telegram.updates.confirmed == [first, second])
    assert telegram.called("deleteWebhook")[0].params["drop_pending_updates"] is False


async def test_nonsense_is_confirmed(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """What can never be understood is confirmed and holds up nobody."""
    nonsense = telegram.updates.push({"message": {"chat": 5}})
    sense = telegram.updates.says(AN, "Có mặt")
    with capture_logs() as logs:
        polling()
        await telegram.until(lambda: telegram.updates.confirmed == [nonsense, sense])
    assert handler.ids() == [sense]
    assert {"telegram_update_dropped", nonsense} <= set(logs[0].values())


async def test_answers_without_updates(telegram: FakeTelegram, polling: Poll, pauses: Pauses) -> None:
    """Answers that are no updates at all do not make the loop spin."""
    for body in ('{"ok": true, "result": [5, null, {}]}', '{"ok": true, "result": [5]}'):
        telegram.fail("getUpdates", Fault(status=200, body=body))
    polling()
    await telegram.until(lambda: len(telegram.called("getUpdates")) == 3)
    assert pauses.slept == [1.0, 2.0]


async def test_numbers_begin_again(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """After a week of silence Telegram may number from lower down; that is received and confirmed too."""
    first = telegram.updates.says(AN, "tuần trước")
    polling()
    await telegram.until(lambda: telegram.updates.confirmed == [first])
    telegram.updates.restart(17)
    telegram.updates.says(AN, "tuần này")
    await telegram.until(lambda: telegram.updates.confirmed == [first, 17])
    assert handler.ids() == [first, 17]


async def test_press_is_acknowledged(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """A press ends its waiting sign after the commit, not before; an event that was not stored has none."""
    press = telegram.updates.presses(AN, "pledge:confirm")
    handler.failures[str(press)] = 1
    gate = handler.gates[str(press)] = asyncio.Event()
    polling()
    await handler.reached.wait()
    assert telegram.called("answerCallbackQuery") == []
    gate.set()
    await telegram.until(lambda: telegram.called("answerCallbackQuery"))
    assert handler.ids() == [press]
    assert telegram.updates.queries == set()


@pytest.mark.parametrize("fault", [SERVER_ERROR, HANG, CUT, BLOCKED, too_many(60)])
async def test_acknowledging_may_fail(
    telegram: FakeTelegram, handler: Handler, polling: Poll, pauses: Pauses, fault: Fault
) -> None:
    """An acknowledgement that fails or hangs delays nothing and is not repeated."""
    telegram.fail("answerCallbackQuery", fault)
    press, text = telegram.updates.presses(AN, "menu"), telegram.updates.says(AN, "Có mặt")
    polling()
    await telegram.until(lambda: telegram.updates.confirmed == [press, text])
    assert len(telegram.called("answerCallbackQuery")) == 1 and pauses.slept == []
