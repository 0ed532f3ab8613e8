"""/health and /metrics over a real socket: of the parts, on a clock that the test moves, and of the real program."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.chat import Address, Claimed, Message, OutboxState, Outcome, Priority
from bot.clock import MovableClock
from bot.health import Health
from bot.hook_server import Web
from bot.loops import listen, serve_web
from bot.metrics import Metrics
from bot.watch import Ending
from handlers.turn import Refusal, Turn
from storage import outbox
from storage.database import Database, StorageUnavailable
from tests.fakes.telegram import FakeTelegram
from tests.process.installation import install
from tests.process.programs import environment, running
from tests.storage.letters import claim_in, settle_in
from tests.world import World

START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
STATES = ("waiting", "planned", "in_flight")
ENDINGS = ("handled", "refused", "incident", "not_stored")
CHAT = 7_000_000_123
OUTSIDE = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def clock() -> MovableClock:
    """It stands until the test moves it."""
    return MovableClock(start=START)


@pytest.fixture
def metrics(clock: MovableClock) -> Metrics:
    """Figures of one account."""
    return Metrics(clock=clock, accounts=["xa"])


@pytest.fixture
async def database(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Database]:
    """An empty database."""
    settings = await install(tmp_path, clock=clock)
    opened = Database(settings.database, clock=clock)
    yield opened
    await opened.close()


@asynccontextmanager
async def served(
    database: Database, clock: MovableClock, metrics: Metrics, *, host: str = "127.0.0.1"
) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who asks the web server."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    health = Health(database=database, clock=clock, metrics=metrics, host=host)
    with listen("127.0.0.1", 0) as listening:
        web = serve_web(Web(health.routes()), listening=listening, ready=address.set_result)
        serving = asyncio.create_task(web)
        async with aiohttp.ClientSession(base_url=await address) as asking:
            yield asking
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def ready(asking: aiohttp.ClientSession) -> tuple[int, list[str]]:
    """What readiness says."""
    async with asking.get("/health/ready") as answer:
        told = await answer.json()
        assert told["ready"] is (not told["faults"])
        return answer.status, told["faults"]


async def figures(asking: aiohttp.ClientSession) -> dict[str, float]:
    """Every figure of our own, by its name and labels."""
    async with asking.get("/metrics") as answer:
        assert answer.content_type == "text/plain"
        text = await answer.text()
    return {name: float(value) for name, value in re.findall(r"^(bon_tot_\S+) (\S+)$", text, flags=re.MULTILINE)}


async def test_ready_is_a_clock_that_ticks(database: Database, clock: MovableClock, metrics: Metrics) -> None:
    """Not before the first tick, nor two minutes after the last that went well; alive it is all the time."""

    async def tick() -> int:
        return 3

    async def broken() -> int:
        raise RuntimeError("not today")

    async with served(database, clock, metrics) as asking:
        assert await ready(asking) == (503, ["the clock has not ticked yet"])
        await metrics.ticking(tick)()
        assert await ready(asking) == (200, [])
        clock.move_to(START + timedelta(seconds=121))
        with pytest.raises(RuntimeError):
            await metrics.ticking(broken)()
        assert await ready(asking) == (503, ["the clock has not ticked for 121 seconds"])
        async with asking.get("/health/live") as answer:
            assert (answer.status, await answer.json()) == (200, {"live": True})
        told = await figures(asking)
    assert told["bon_tot_last_tick_age_seconds"] == 121
    assert (told["bon_tot_tick_seconds_count"], told["bon_tot_ticks_failed_total"]) == (2, 1)
    assert told["bon_tot_facts_acted_total"] == 3


async def test_ready_needs_the_database_and_the_disk(
    database: Database, clock: MovableClock, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that cannot be read and a full disk are said, both at once; the figures still come."""
    metrics.last_tick = START
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE outbox RENAME TO elsewhere")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 9, 1_000_000))
    async with served(database, clock, metrics) as asking:
        faults = ["the database does not answer", "the disk is full: 1 MB are free"]
        assert await ready(asking) == (503, faults)
        assert (await figures(asking))["bon_tot_database_answers"] == 0


async def test_ready_needs_a_database_that_can_be_written(
    database: Database, clock: MovableClock, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as soon as something could not be written; that it is over is found out by asking, in silence too."""
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.1)
    metrics.last_tick = clock.now()
    async with served(database, clock, metrics) as asking:
        with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await ready(asking) == (200, []), "nobody has tried yet"
            with pytest.raises(StorageUnavailable):
                await _say(database)
            for _ in range(2):
                fault = "the database cannot be written: another process has kept the database locked"
                assert await ready(asking) == (503, [fault])
        assert await ready(asking) == (200, [])
    await _say(database)


async def _say(database: Database) -> None:
    async with database.write() as tx:
        await outbox.put(tx, outbox.Letter(address=Address("xa", "1"), message=Message(text="x")))


async def test_whoever_asks_from_outside_finds_nothing(
    database: Database, clock: MovableClock, metrics: Metrics
) -> None:
    """Through a reverse proxy there is nothing to see, unless the host setting opens the server to others."""
    async with served(database, clock, metrics) as asking:
        for path in ("/health/live", "/health/ready", "/metrics"):
            async with asking.get(path, headers=OUTSIDE) as answer:
                assert (answer.status, await answer.text()) == (404, "")
    async with (
        served(database, clock, metrics, host="0.0.0.0") as asking,  # noqa: S104
        asking.get("/health/live", headers=OUTSIDE) as answer,
    ):
        assert answer.status == 200


async def test_what_waits_is_counted_with_its_age(database: Database, clock: MovableClock, metrics: Metrics) -> None:
    """Due, later and in flight apart, per account; what was sent is no more there, and no figure stays behind."""
    async with database.write() as tx:
        for chat, due in (("1", START), ("2", START), ("3", START + timedelta(days=1))):
            letter = outbox.Letter(address=Address("xa", chat), message=Message(text="Kính gửi."), due_at=due)
            await outbox.put(tx, letter)
    clock.move_to(START + timedelta(seconds=90))
    async with served(database, clock, metrics) as asking:
        async with database.write() as tx:
            [row] = await claim_in(tx, "xa", size=1)
        told = await figures(asking)
        assert [told[f'bon_tot_outbox_rows{{account="xa",state="{state}"}}'] for state in STATES] == [1, 1, 1]
        assert told['bon_tot_outbox_oldest_seconds{account="xa",state="waiting"}'] == 90
        async with database.write() as tx:
            await settle_in(tx, "xa", Outcome(id=row.id, state=OutboxState.SENT))
        told = await figures(asking)
    assert 'bon_tot_outbox_rows{account="xa",state="in_flight"}' not in told
    assert told['bon_tot_overdue_facts{kind="rounds"}'] == 0


async def test_events_and_deliveries_are_counted_by_how_they_ended(
    database: Database, clock: MovableClock, metrics: Metrics
) -> None:
    """Handled, refused, incident, not stored; sent, tried again, given back: no label says whom."""
    for ending in (Ending.HANDLED, Ending.HANDLED, Ending.REFUSED, Ending.INCIDENT):
        with metrics.handling("xa") as handling:
            handling.ending = ending
    with pytest.raises(OSError, match="full"), metrics.handling("xa"):
        raise OSError("full")
    row = Claimed(
        id=1,
        address=Address("xa", "9" * 9),
        message=Message(text="Kính gửi."),
        priority=Priority.ANSWER,
        replaces=None,
        attempts=1,
    )
    for outcome in (
        Outcome(id=1, state=OutboxState.SENT),
        Outcome(id=1, state=OutboxState.QUEUED),
        Outcome(id=1, state=OutboxState.QUEUED, counts=False),
    ):
        metrics.delivered(row, outcome)
    async with served(database, clock, metrics) as asking:
        told = await figures(asking)
    ended = {ending: told[f'bon_tot_events_total{{account="xa",ending="{ending}"}}'] for ending in ENDINGS}
    assert ended == {"handled": 2, "refused": 1, "incident": 1, "not_stored": 1}
    label = 'bon_tot_deliveries_total{account="xa",kind="answer",outcome="%s"}'
    assert [told[label % outcome] for outcome in ("sent", "retry", "held")] == [1, 1, 1]
    assert not any("9" * 9 in name for name in told)


async def test_the_router_says_how_an_event_ended(
    tmp_path: Path, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handled, what was refused with an answer, and what became an apology are told apart."""
    settings = await install(tmp_path, clock=MovableClock(start=START))
    world = await World.open(settings.database)
    monkeypatch.setattr(world.app.router, "_watch", metrics)
    an = await world.member("Nguyễn Thị An")
    commands = world.app.registry.commands

    async def refuses(_turn: Turn, _rest: str) -> None:
        raise Refusal(Message(text="Không được."))

    async def fails(_turn: Turn, _rest: str) -> None:
        raise RuntimeError("a defect of ours")

    await an.says("/toi")
    for run in (refuses, fails):
        monkeypatch.setitem(commands, "toi", replace(commands["toi"], run=run))
        await an.says("/toi")
    await world.close()
    exposed = metrics.exposed(None).decode()
    for ending in ("handled", "refused", "incident"):
        assert f'bon_tot_events_total{{account="test",ending="{ending}"}} 1.0' in exposed
    assert "not_stored" not in exposed


async def test_the_program_serves_them_with_bots_that_poll(tmp_path: Path) -> None:
    """It becomes ready; what was said and answered is counted; neither the chat nor the token is in the figures."""
    async with (
        FakeTelegram() as telegram,
        running(tmp_path, environment(tmp_path, telegram)) as program,
        aiohttp.ClientSession(base_url=(await program.line("web_ready"))["address"]) as asking,
        asyncio.timeout(60),
    ):
        while (await ready(asking))[0] != 200:
            await asyncio.sleep(0.05)
        telegram.updates.says(CHAT, "/start")
        sent = 'bon_tot_deliveries_total{account="telegram",kind="answer",outcome="sent"}'
        while (told := await figures(asking)).get(sent, 0) < 1:
            await asyncio.sleep(0.05)
        assert told['bon_tot_events_total{account="telegram",ending="handled"}'] == 1
        async with asking.get("/metrics") as answer:
            text = await answer.text()
        assert str(CHAT) not in text and telegram.token.partition(":")[2] not in text
        assert await program.stop() == 0


async def test_a_second_program_on_the_address_ends_with_a_sentence(tmp_path: Path) -> None:
    """It says where it wanted to listen and what to set, touches nothing, and ends with 2."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        alone = environment(tmp_path, WEB_PORT=str(port), TELEGRAM_ENABLED="false")
        async with running(tmp_path, alone) as program:
            assert await program.ended() == 2
            assert program.text == (
                f"✗ the web server cannot listen on 127.0.0.1 port {port}: another program listens there already, "
                "perhaps this one, started twice; set another web.port\n"
            )
    assert not (tmp_path / "bon-tot.db").exists()


async def test_no_restore_while_the_program_runs(tmp_path: Path) -> None:
    """`bot.py restore` ends with 2 and says why, and the program goes on; `bot.py backup` works beside it."""
    settings = environment(tmp_path, TELEGRAM_ENABLED="false")
    async with running(tmp_path, settings) as program:
        await program.line("web_ready")
        async with running(tmp_path, settings, "backup", "--to", "copies") as backup:
            assert await backup.ended() == 0, backup.text
        [made] = (tmp_path / "copies").glob("*.db")
        async with running(tmp_path, settings, "restore", str(made)) as restore:
            assert await restore.ended() == 2
            assert "a bot or another command has" in restore.text
        assert await program.stop() == 0
    async with running(tmp_path, settings, "restore", str(made)) as restore:
        assert await restore.ended() == 0, restore.text
