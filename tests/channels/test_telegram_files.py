"""Files that people send: fetched when the open dialogue wants one, and never in the way of anybody."""

from collections.abc import Awaitable, Callable

import pytest

from bot.chat import FileSent
from tests.fakes.handling import Handler, Pauses
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import SERVER_ERROR, Fault

AN = 501
Poll = Callable[[], Callable[[], Awaitable[None]]]


async def test_file_is_fetched_when_wanted(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """A file is fetched when the open dialogue wants one."""
    handler.wanted = 1000
    telegram.updates.sends_file(AN, "danh sách.xlsx", b"PK\x03\x04")
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert [incoming.payload for incoming in handler.stored] == [FileSent("danh sách.xlsx", 4, b"PK\x03\x04")]


@pytest.mark.parametrize(
    ("wanted", "size", "claims", "calls"),
    [
        (0, 4, None, 0),
        (3, 4, None, 0),
        (100_000_000, 4, 30_000_000, 0),
        (100_000_000, 20_000_001, 5, 1),
        (10, 500, 5, 1),
    ],
    ids=["not wanted", "larger than wanted", "larger than Telegram gives", "refused by Telegram", "a lie"],
)
async def test_file_is_left_alone(
    telegram: FakeTelegram,
    handler: Handler,
    polling: Poll,
    wanted: int,
    size: int,
    claims: int | None,
    calls: int,
) -> None:
    """A file that nobody wants, or that is too large, arrives without content; nothing is fetched in vain."""
    handler.wanted = wanted
    telegram.updates.sends_file(AN, "a.bin", bytes(size), claims=claims)
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    (incoming,) = handler.stored
    assert isinstance(incoming.payload, FileSent) and incoming.payload.content is None
    assert len(telegram.called("getFile")) == calls


async def test_empty_file_is_a_file(telegram: FakeTelegram, handler: Handler, polling: Poll) -> None:
    """A file of no bytes has a content of no bytes."""
    handler.wanted = 1000
    telegram.updates.sends_file(AN, "rỗng.csv", b"")
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert [incoming.payload for incoming in handler.stored] == [FileSent("rỗng.csv", 0, b"")]


@pytest.mark.parametrize(
    ("found", "content", "slept"),
    [
        ({"file_path": "documents/gone"}, b"PK", [1.0]),
        ({"file_path": "/var/lib/telegram/file"}, None, []),
        ({"file_id": "x"}, None, []),
        (True, None, []),
    ],
)
async def test_file_has_no_good_address(
    telegram: FakeTelegram,
    handler: Handler,
    polling: Poll,
    pauses: Pauses,
    found: object,
    content: bytes | None,
    slept: list[float],
) -> None:
    """A download that fails is tried again from the start; an address that cannot be used is not."""
    handler.wanted = 1000
    telegram.fail("getFile", Fault(status=200, body={"ok": True, "result": found}))
    telegram.updates.sends_file(AN, "a.xlsx", b"PK")
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert [incoming.payload for incoming in handler.stored] == [FileSent("a.xlsx", 2, content)]
    assert pauses.slept == slept


@pytest.mark.parametrize(("failures", "content"), [(2, b"PK"), (3, None)])
async def test_file_is_fetched_again(
    telegram: FakeTelegram, handler: Handler, polling: Poll, pauses: Pauses, failures: int, content: bytes | None
) -> None:
    """Fetching is tried three times; a file that cannot be had does not hold up its person for ever."""
    handler.wanted = 1000
    telegram.fail("getFile", SERVER_ERROR, times=failures)
    telegram.updates.sends_file(AN, "a.xlsx", b"PK")
    polling()
    await telegram.until(lambda: not telegram.updates.waiting)
    assert [incoming.payload for incoming in handler.stored] == [FileSent("a.xlsx", 2, content)]
    assert pauses.slept == [1.0, 2.0]
