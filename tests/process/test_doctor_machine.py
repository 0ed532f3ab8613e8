"""`bot.py doctor` on the machine: clock, disk, tables, settings, the program itself; and 1 when somebody has to act."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from inline_snapshot import snapshot
from sqlalchemy import text
from typer.testing import CliRunner

from bot.chat import OutboxState
from bot.cli import cli
from bot.clock import MovableClock
from bot.doctor import Finding, gather, is_well, judge
from bot.doctor.facts import Running, ask_program
from bot.settings import Settings, WebSettings
from bot.settings.model import Secret
from storage.database import Database
from storage.migrate import upgrade
from tests.process.installation import install
from tests.process.patient import START, Patient, a_patient
from tests.process.programs import HOUSE


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    """A well installation."""
    async with a_patient(tmp_path) as made:
        yield made


async def test_a_clock_that_went_back_is_noticed(patient: Patient) -> None:
    """What is stored cannot be of the future."""
    patient.clock = MovableClock(start=START - timedelta(days=2))
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="problem",
                what="The clock of this machine is behind what is stored, by 2 days.",
                why="It goes wrong now, or it went wrong when that was written.",
                do="Set it (`timedatectl`); reminders come by it.",
            )
        ]
    )


@pytest.mark.parametrize(
    ("revision", "what"),
    [
        ("0000", "The database is of a newer version of the program (schema 0000, here "),
        (None, "The database has no tables yet."),
    ],
)
async def test_tables_of_another_form_are_not_read(patient: Patient, revision: str | None, what: str) -> None:
    """It says which form they have, and looks no further."""
    async with patient.database.engine.begin() as connection:
        if revision is None:
            await connection.exec_driver_sql("DROP TABLE alembic_version")
        else:
            await connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    [finding] = await patient.findings()
    assert finding.level == "problem" and finding.what.startswith(what)


async def test_a_full_disk_and_wrong_settings_are_problems(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Room on the disk, and every fault of the settings in its own words."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 9, 1_000_000))
    patient.settings = msgspec.structs.replace(patient.settings, content=tmp_path / "nowhere")
    facts = await gather(patient.settings, clock=patient.clock, days=3, silent_hours=72)
    problems = [finding.what for finding in judge(facts) if finding.level == "problem"]
    assert "1 MB are free on the disk of the database." in problems
    assert any(what.startswith("A setting is wrong: content (BON_TOT_CONTENT)") for what in problems)


async def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    """It says so, and leaves the folder as empty as it was."""
    settings = Settings(database=f"sqlite+aiosqlite:///{tmp_path}/bon-tot.db")
    facts = await gather(settings, clock=MovableClock(start=START), days=3, silent_hours=72)
    assert facts.unreadable == f"there is no database {tmp_path}/bon-tot.db yet"
    assert not is_well(judge(facts)) and list(tmp_path.iterdir()) == []


async def test_the_program_is_asked_itself() -> None:
    """Ready, not ready and why, somebody else's page, nobody: told apart by what really answers."""

    async def not_ready(_request: web.Request) -> web.Response:
        return web.json_response({"ready": False, "faults": ["the disk is full"]}, status=503)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<h1>It works</h1>", content_type="text/html")

    for answer, expected in ((not_ready, Running.NOT_READY), (page, Running.SOMEBODY_ELSE)):
        app = web.Application()
        app.router.add_get("/health/ready", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        told = await ask_program("0.0.0.0", port)  # noqa: S104
        assert told.state is expected
        await runner.cleanup()
        assert (await ask_program("127.0.0.1", port)).state is Running.SILENT
    assert (await ask_program("127.0.0.1", 0)).state is Running.UNKNOWN


async def test_postgresql_is_read_as_well(postgres_url: str, patient: Patient) -> None:
    """The same facts by the same statements, and the server's clock beside this machine's."""
    database = Database(postgres_url, clock=patient.clock)
    await upgrade(database)
    patient.settings = msgspec.structs.replace(patient.settings, database=postgres_url, secret_key=Secret("x" * 32))
    patient.database, sqlite = database, patient.database
    await patient.sees("first")
    await patient.put("chat-1")
    await patient.send((OutboxState.FAILED, "the token was refused"))
    whats = [finding.what for finding in await patient.findings()]
    patient.database = sqlite
    await database.close()
    assert any(what.startswith("This machine and the database server differ by") for what in whats)
    assert "1 message of account telegram could not be said in the last 3 days: given up." in whats


def test_the_command_line_says_it_in_words_or_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a running program it ends with 1; --json is one object with the same findings."""
    asyncio.run(install(tmp_path, clock=MovableClock(start=START)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BON_TOT_TELEGRAM_ENABLED", "false")
    monkeypatch.setenv("BON_TOT_CONTENT", str(HOUSE / "bot/content/sample"))
    monkeypatch.setenv("BON_TOT_WEB_PORT", "1")
    words = CliRunner().invoke(cli, ["doctor"])
    assert words.exit_code == 1
    assert "✗ The program does not answer at http://127.0.0.1:1." in words.stdout
    data = CliRunner().invoke(cli, ["doctor", "--json"])
    assert data.exit_code == 1
    told = json.loads(data.stdout)
    assert told["well"] is False
    assert [finding["what"] for finding in told["findings"]] == ["The program does not answer at http://127.0.0.1:1."]
    assert told["diagnosis"]["incidents"] == 0 and told["database"] == "SQLite"


async def test_the_page_is_an_account_like_others(patient: Patient) -> None:
    """Without https it is a fault of the settings; with it, an account, and its silence is no finding."""
    patient.settings = msgspec.structs.replace(
        patient.settings, web=WebSettings(page=True, public_url="http://a.example")
    )
    facts = await gather(patient.settings, clock=patient.clock, days=3, silent_hours=72)
    assert [fault for fault in facts.settings_faults if fault.startswith("web.page is on")] != []
    patient.settings = msgspec.structs.replace(
        patient.settings, web=WebSettings(page=True, public_url="https://a.example")
    )
    assert "web" in (await patient.facts()).accounts
    assert [finding.what for finding in await patient.findings()] == []
