"""The real program while its database cannot be written: nothing is confirmed, nothing lost, and it goes on by itself.

A full disk is made by the kernel's limit on the size of files, which can be set on a process that runs.
"""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo import FakeZalo
from tests.process.commands import rows
from tests.process.programs import Program, environment, running

pytestmark = pytest.mark.process

AN, BINH = 7_001, "6ede9afa66b88fe6d6a9"
SECRET = "webhook-secret-of-the-tests"
FULL = 300_000
"""Bytes beyond which nothing can be written: below what the write-ahead log has by then, above what the log has."""
LINES = """
[[accounts]]
key = "telegram"
token_env = "ONE"
mode = "webhook"
webhook_url = "https://bot.example/telegram/telegram"
webhook_secret = "webhook-secret-of-the-tests"

[[accounts]]
key = "zalo"
channel = "zalo"
token_env = "TWO"
mode = "webhook"
webhook_url = "https://bot.example/zalo/zalo"
webhook_secret = "webhook-secret-of-the-tests"

[[accounts]]
key = "polled"
token_env = "THREE"
base_url = "{polled}"
"""


class Scene:
    """A program with a bot of every kind, and its messengers."""

    def __init__(self, folder: Path, program: Program, telegram: FakeTelegram, zalo: FakeZalo, polled: FakeTelegram):
        self.folder, self.program = folder, program
        self.telegram, self.zalo, self.polled = telegram, zalo, polled
        self.address = ""

    async def hear(self, text: str) -> list[int]:
        """Somebody says this to each bot; how the two webhooks answer."""
        self.telegram.updates.says(AN, text)
        self.zalo.updates.says(BINH, text)
        self.polled.updates.says(AN, text)
        return await self.deliver()

    async def deliver(self) -> list[int]:
        """What waits, once more; how the webhooks answer."""
        return [*await self.telegram.deliver(), *await self.zalo.deliver()]

    async def ready(self) -> tuple[int, str]:
        """What readiness says."""
        async with aiohttp.ClientSession() as asking, asking.get(f"{self.address}/health/ready") as answer:
            return answer.status, "; ".join((await answer.json())["faults"])

    async def until_all_is_said(self) -> None:
        """Every event that was ever said is handled, and every answer is out."""
        waiting = (self.telegram.updates.waiting, self.zalo.updates.waiting, self.polled.updates.waiting)
        async with asyncio.timeout(60):
            while any(waiting) or rows(self.folder, "SELECT 1 FROM outbox WHERE state IN ('queued', 'in_flight')"):
                await asyncio.sleep(0.1)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """It runs, and each bot has been spoken to."""
    polled = FakeTelegram(token="987654321:AAthirdTokenOfTheTestsThatNobodyMaySee")
    async with FakeTelegram() as telegram, FakeZalo() as zalo, polled:
        (tmp_path / "bon-tot.toml").write_text(LINES.format(polled=polled.url))
        settings = environment(tmp_path, TELEGRAM_BASE_URL=telegram.url, ZALO_BASE_URL=zalo.url, LOG_LEVEL="INFO")
        settings |= {"ONE": telegram.token, "TWO": zalo.token, "THREE": polled.token}
        async with running(tmp_path, settings) as program:
            made = Scene(tmp_path, program, telegram, zalo, polled)
            made.address = (await program.line("web_ready"))["address"]
            await telegram.until(lambda: telegram.webhook)
            await zalo.until(lambda: zalo.webhook)
            telegram.webhook["url"] = f"{made.address}/telegram/telegram"
            zalo.webhook["url"] = f"{made.address}/zalo/zalo"
            assert await made.hear("xin chào") == [200, 200]
            await made.until_all_is_said()
            yield made
            assert await program.stop() == 0


@contextmanager
def no_room(program: Program) -> Iterator[None]:
    """As if the disk were full."""
    before = resource.prlimit(program.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (FULL, before[1]))
    try:
        yield
    finally:
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process is writing and does not end."""
    with closing(sqlite3.connect(folder / "bon-tot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(scene: Scene) -> None:
    """Webhooks answer 503, polling confirms nothing, readiness says why; then everything is handled once, by the same
    process, and the database is whole."""
    while (scene.folder / "bon-tot.db-wal").stat().st_size < 2 * FULL:
        await scene.hear("thử " * 500)
        await scene.until_all_is_said()
    handled = rows(scene.folder, "SELECT count(*) FROM events")[0][0]
    confirmed = len(scene.polled.updates.confirmed)
    with no_room(scene.program):
        for _ in range(2):
            assert await scene.hear("có mặt") and set(await scene.deliver()) == {503}
        status, why = await scene.ready()
        assert status == 503 and why.startswith("the database cannot be written: ")
        assert len(scene.polled.updates.confirmed) == confirmed
        assert rows(scene.folder, "SELECT count(*) FROM events") == [(handled,)]
    assert set(await scene.deliver()) == {200}
    await scene.until_all_is_said()
    assert rows(scene.folder, "SELECT count(*) FROM events") == [(int(str(handled)) + 6,)]
    assert rows(scene.folder, "SELECT count(*) FROM events WHERE incident IS NOT NULL") == [(0,)]
    assert rows(scene.folder, "PRAGMA integrity_check") == [("ok",)]
    assert await scene.ready() == (200, "")


async def test_a_database_that_another_keeps_locked_is_waited_for(scene: Scene) -> None:
    """For ten seconds; after that it is as with a full disk."""
    with locked(scene.folder):
        assert await scene.hear("có mặt") == [503, 503]
        status, why = await scene.ready()
        assert status == 503 and why.startswith("the database cannot be written: ")
    assert await scene.deliver() == [200, 200]
    await scene.until_all_is_said()
    assert rows(scene.folder, "SELECT count(*) FROM events") == [(6,)]
    assert await scene.ready() == (200, "")
