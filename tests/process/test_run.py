"""`python bot.py run` as an operator has it: it starts, stops and refuses as promised, and never shows a token."""

import asyncio
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from storage import schema
from storage.database import Database
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_chats import Upload
from tests.fakes.telegram_faults import HANG
from tests.process.programs import HOUSE, environment, opened, running

pytestmark = pytest.mark.process

AN, BINH = 7_001, 7_002
SECRET = "webhook-secret-that-nobody-may-see"
OTHER_TOKEN = "987654321:AAanotherTokenOfTheTestsThatNobodyMaySee"
OUTBOX = select(schema.outbox.c.chat, schema.outbox.c.state).order_by(schema.outbox.c.id)


class SlowTelegram(FakeTelegram):
    """Takes its time to say something: until the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.lets = asyncio.Event(), asyncio.Event()

    async def do(self, method: str, params: dict[str, Any], upload: Upload | None) -> object:
        """As the fake does, but a message waits."""
        if method == "sendMessage":
            self.asked.set()
            await self.lets.wait()
        return await super().do(method, params, upload)


@pytest.fixture
async def telegram() -> AsyncIterator[SlowTelegram]:
    """A Telegram of our own, which is quick until a test makes it slow."""
    async with SlowTelegram() as server:
        server.lets.set()
        yield server


async def rows(database: Database, statement: Any) -> list[tuple[Any, ...]]:
    """What the database has now."""
    async with database.read() as tx:
        return [tuple(row) for row in await tx.all(statement)]


# -------------------------------------------------------------------------------- it starts


async def test_it_starts_while_telegram_is_out_of_reach(tmp_path: Path) -> None:
    """It is there within a start, says what it waits for, and works as soon as Telegram can be reached."""
    telegram = FakeTelegram()
    telegram.port = free_port()
    async with running(tmp_path, environment(tmp_path, telegram)) as program:
        assert (await program.line("started"))["bots"] == 1
        await program.line("web_ready")
        assert (await program.line("telegram_out_of_reach"))["account"] == "telegram"
        await telegram.start(port=telegram.port)
        telegram.updates.says(AN, "/trogiup")
        await telegram.until(lambda: telegram.heard(AN), seconds=60)
        await program.line("telegram_within_reach")
        assert await program.stop() == 0
        await telegram.stop()


async def test_a_bot_that_cannot_work_keeps_no_other_back(tmp_path: Path, telegram: FakeTelegram) -> None:
    """Of three bots one is out of reach and one has a token that is refused; the log says so, and the third works."""
    (tmp_path / "bon-tot.toml").write_text(
        f"""
        [[accounts]]
        key = "away"
        token = "{OTHER_TOKEN}"
        base_url = "http://127.0.0.1:{free_port()}"

        [[accounts]]
        key = "refused"
        token = "{OTHER_TOKEN}-2"
        base_url = "{telegram.url}"

        [[accounts]]
        key = "near"
        token_env = "TOKEN_OF_THE_NEAR_ONE"
        base_url = "{telegram.url}"
        """
    )
    settings = environment(tmp_path) | {"TOKEN_OF_THE_NEAR_ONE": telegram.token}
    async with running(tmp_path, settings) as program:
        telegram.updates.says(AN, "/trogiup")
        await telegram.until(lambda: telegram.heard(AN), seconds=60)
        assert await program.stop() == 0
        why = {line["account"]: line["why"] for line in program.lines("telegram_out_of_reach")}
        assert why == {"away": "ClientConnectorError", "refused": "the token was refused"}
        assert OTHER_TOKEN.partition(":")[2] not in program.text


async def test_without_any_bot_it_runs_and_stops_at_the_keyboard(tmp_path: Path) -> None:
    """With Telegram switched off the clock ticks on; Ctrl-C is a way to stop like any other, without a traceback."""
    async with running(tmp_path, environment(tmp_path, TELEGRAM_ENABLED="false")) as program:
        assert (await program.line("started"))["bots"] == 0
        await program.line("web_ready")
        program.signal(signal.SIGINT)
        assert await program.ended(seconds=20) == 0
        assert "Traceback" not in program.text


# -------------------------------------------------------------------------------- it stops


async def test_what_is_being_said_when_it_is_stopped_is_not_said_twice(tmp_path: Path, telegram: SlowTelegram) -> None:
    """Told to stop, it waits for Telegram's answer and writes it down; the next run says only what is new."""
    telegram.lets.clear()
    settings = environment(tmp_path, telegram)
    async with running(tmp_path, settings) as program:
        telegram.updates.says(AN, "/trogiup")
        await telegram.asked.wait()
        program.signal(signal.SIGTERM)
        await program.line("stopping")
        telegram.lets.set()
        assert await program.ended(seconds=20) == 0
    async with running(tmp_path, settings) as program, opened(settings["BON_TOT_DATABASE"]) as database:
        telegram.updates.says(BINH, "/trogiup")
        await telegram.until(lambda: telegram.heard(BINH), seconds=60)
        assert await program.stop() == 0
        assert len(await rows(database, select(schema.events))) == 2
    assert [call.params["chat_id"] for call in telegram.called("sendMessage")] == [AN, BINH]


async def test_it_stops_although_telegram_does_not_answer(tmp_path: Path, telegram: SlowTelegram) -> None:
    """After some seconds it ends all the same, in order; what may have been said is said once more by the next run."""
    telegram.fail("sendMessage", HANG)
    settings = environment(tmp_path, telegram)
    async with running(tmp_path, settings) as program, opened(settings["BON_TOT_DATABASE"]) as database:
        telegram.updates.says(AN, "/trogiup")
        await telegram.until(lambda: telegram.called("sendMessage"), seconds=60)
        assert await program.stop() == 0
        assert [state for _, state in await rows(database, OUTBOX)] == ["in_flight"]
    async with running(tmp_path, settings) as program:
        await telegram.until(lambda: len(telegram.heard(AN)) == 2, seconds=60)
        assert await program.stop() == 0


# ------------------------------------------------------------------------------ the webhook


async def test_a_webhook_is_answered_when_the_event_is_stored(tmp_path: Path, telegram: FakeTelegram) -> None:
    """A wrong secret is refused; with the right one 200 comes after the commit and not before; a repeat does
    nothing."""
    settings = environment(
        tmp_path,
        telegram,
        TELEGRAM_MODE="webhook",
        TELEGRAM_WEBHOOK_URL="https://bot.example/telegram/telegram",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
    )
    async with running(tmp_path, settings) as program, opened(settings["BON_TOT_DATABASE"]) as database:
        address = (await program.line("web_ready"))["address"]
        await telegram.until(lambda: telegram.webhook, seconds=60)
        assert telegram.webhook["url"] == "https://bot.example/telegram/telegram"
        number = telegram.updates.says(AN, "/trogiup")
        update = telegram.updates.waiting[number]
        async with aiohttp.ClientSession(base_url=address) as session:
            for wrong in (telegram.webhook["secret_token"] + "x", "", "bí-mật"):
                assert await posted(session, update, secret=wrong) == 403
            assert await rows(database, select(schema.events)) == []
            async with database.write():  # nobody else can write now
                waits = asyncio.create_task(posted(session, update, secret=SECRET))
                await asyncio.wait({waits}, timeout=0.5)
                assert not waits.done()
            assert await waits == 200
            assert await rows(database, select(schema.events.c.event_id)) == [(str(number),)]
            assert await posted(session, update, secret=SECRET) == 200
        await telegram.until(lambda: telegram.heard(AN), seconds=60)
        assert await program.stop() == 0
        assert len(await rows(database, select(schema.events))) == 1
        assert SECRET not in program.text
    assert len(telegram.called("sendMessage")) == 1


async def posted(session: aiohttp.ClientSession, update: dict[str, Any], *, secret: str) -> int:
    """Telegram delivers an update; the status."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with session.post("/telegram/telegram", json=update, headers=headers) as answer:
        return answer.status


# ------------------------------------------------------------------------------- it refuses


async def refused(folder: Path, settings: dict[str, str], command: str) -> list[str]:
    """The lines of a command that refuses its settings."""
    async with running(folder, settings, command) as program:
        assert await program.ended() == 2
        lines = program.text.splitlines()
    (folder / "output").unlink()
    assert not any("Traceback" in line for line in lines)
    return lines


async def test_every_fault_of_the_settings_is_said_at_once(tmp_path: Path) -> None:
    """`check` and `run` say all that is wrong, a line each, and leave with 2; nothing is begun."""
    settings = environment(
        tmp_path,
        DATABASE="mysql://somewhere/else",
        CONTENT=str(tmp_path / "nowhere"),
        WEB_PUBLIC_URL="nowhere",
        TELEGRAM_TOKEN="not-a-token",
        TELEGRAM_BASE_URL="telegram",
        TELEGRAM_MODE="webhook",
        SECRET_KEY="k" * 32,
    )
    for command in ("check", "run"):
        lines = await refused(tmp_path, settings, command)
        assert [line.partition(" ")[0] for line in lines] == ["✗"] * len(lines)
        told = "\n".join(lines)
        for what in (
            "database (BON_TOT_DATABASE) is not an address of a database",
            f"there is no folder {tmp_path / 'nowhere'}",
            "web.public_url (BON_TOT_WEB_PUBLIC_URL) is not an address",
            "telegram: the token does not look like one",
            "telegram.base_url is not an address",
            "Telegram calls only https:// addresses",
        ):
            assert what in told
        assert len(lines) == 6
        assert "not-a-token" not in told
    assert list(tmp_path.iterdir()) == []


async def test_settings_that_cannot_be_read_are_said_at_once(tmp_path: Path) -> None:
    """A value of the wrong kind, a name that is none, and what was meant by it."""
    settings = environment(tmp_path, LOG_LEVEL="LOUD", WEB_PORT="80000", DATABSE="x", TELEGRAM_TOKEN=TOKEN)
    told = "\n".join(await refused(tmp_path, settings, "check"))
    assert "BON_TOT_DATABSE is no setting; BON_TOT_DATABASE is" in told
    assert "log.level (BON_TOT_LOG_LEVEL) is not right" in told
    assert "web.port (BON_TOT_WEB_PORT) is not right" in told


async def test_without_a_bot_it_says_what_to_set(tmp_path: Path) -> None:
    """Neither a token nor an account: both commands say so."""
    for command in ("check", "run"):
        (line,) = await refused(tmp_path, environment(tmp_path), command)
        assert "no bot is set: set telegram.token (BON_TOT_TELEGRAM_TOKEN), or add [[accounts]]" in line


async def test_content_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """A fault in a content file is named by `check` with its file, before the bot meets it."""
    shutil.copytree(HOUSE / "bot/content/sample", tmp_path / "content")
    pledge = tmp_path / "content/pledge.toml"
    pledge.write_text(pledge.read_text("utf-8") + "\n[oops")
    told = "\n".join(await refused(tmp_path, environment(tmp_path, CONTENT="content", TELEGRAM_TOKEN=TOKEN), "check"))
    assert "✗ content: " in told
    assert "pledge.toml" in told


async def test_settings_in_order_are_said_to_be(tmp_path: Path) -> None:
    """`check` leaves with 0, and has neither made a database nor spoken to anybody."""
    async with running(tmp_path, environment(tmp_path, TELEGRAM_TOKEN=TOKEN), "check") as program:
        assert await program.ended() == 0
        assert program.text == "All settings and content files are in order.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
