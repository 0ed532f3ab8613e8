"""A committee that changes its calendar: what should be open by now opens with the next start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

import bot.serve
from bot.clock import MovableClock
from bot.content.loader import sample_source
from bot.domain.organisation import UnitKind
from bot.settings import Settings
from bot.settings.model import WebSettings
from storage import organisation
from storage.database import Database, sqlite_file
from tests.process.installation import install, rows

JANUARY = datetime(2027, 1, 10, 2, 0, tzinfo=UTC)
IN_JUNE = 'opens = "01/06"\ndue = "30/06"'
SINCE_JANUARY = 'opens = "05/01"\ndue = "31/03"'


@asynccontextmanager
async def in_service(settings: Settings) -> AsyncIterator[None]:
    """The program, running beside the test."""
    running = asyncio.create_task(bot.serve.serve(settings))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_an_opening_that_is_brought_forward_needs_no_more_than_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pledges that were to be asked for in June, and by the new calendar since January, are asked for after a start."""
    clock = MovableClock(start=JANUARY)
    monkeypatch.setattr(bot.serve, "SystemClock", lambda: clock)
    installed = await install(tmp_path, clock=clock)
    settings = msgspec.structs.replace(installed, content=tmp_path, web=WebSettings(port=0))
    database = Database(settings.database, clock=clock)
    async with database.write() as tx:
        await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    await database.close()
    file = sqlite_file(settings.database)
    assert file is not None
    sample = sample_source("calendar.toml").content.decode()
    assert SINCE_JANUARY in sample

    async with asyncio.timeout(30):
        (tmp_path / "calendar.toml").write_text(sample.replace(SINCE_JANUARY, IN_JUNE), "utf-8")
        async with in_service(settings):
            while all(str(JANUARY.date()) in str(row) for row in rows(file)["calendars"]):
                await asyncio.sleep(0.05)
        assert rows(file)["rounds"] == []

        (tmp_path / "calendar.toml").write_text(sample, "utf-8")
        async with in_service(settings):
            while not (opened := rows(file)["rounds"]):
                await asyncio.sleep(0.05)
    assert [row[1:4] for row in opened] == [("pledge", 1, "2027")]
