"""A token, names and what people say: planted, and found in nothing that the program leaves behind.

Read are all logs and tracebacks of the parts before, and those of a program to which worse is done: a table goes under
its hands, so that it writes incidents; its health and figures are asked; the doctor looks at it; and it is made to
crash with a dump of its threads.
"""

import asyncio
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import aiohttp

from chaos.figures import Figure, at_least, none_of, say
from storage.database import sqlite_file
from tests.canaries import canaries_in
from tests.fakes.telegram import FakeTelegram
from tests.process.commune import FIRST_CHAT, found_commune
from tests.process.programs import Program, environment, opened

NAMES = ("output", "*.said")
PLANTED = ("Nguyễn Văn Mẫu", "Ghi chú riêng của đồng chí Hoàng Yến", "BN-7K9Q-BT3X-MF4H")
ASKED = ("/health/live", "/health/ready", "/metrics")


async def look_for_canaries(folder: Path, *, seed: int) -> Sequence[Figure]:
    """What is found in all that lies in the folder."""
    planted, dumped = await _leave_traces(folder / "traces")
    files = sorted({file for name in NAMES for file in folder.rglob(name)})
    found, size = 0, 0
    for file in files:
        text = file.read_text("utf-8", "replace")
        size += len(text)
        canaries = canaries_in(text)
        canaries += [word for word in PLANTED if word in text]
        found += len(canaries)
        for canary in canaries[:3]:
            say(f"      {file.relative_to(folder)}: {canary!r}")
    return (
        at_least("canary: planted, and heard by the program", planted, 10, unit="words", seed=seed),
        at_least("canary: crash dumps, figures and words of the doctor", dumped, 6, unit="traces", seed=seed),
        at_least("canary: letters of logs and traces read", size, 10_000, unit="letters", seed=seed),
        none_of("canary: found in any of them", found, unit="canaries", seed=seed),
    )


async def _leave_traces(folder: Path) -> tuple[int, int]:
    """How many canaries the database holds and the program heard, and how many traces were left besides the log."""
    folder.mkdir(parents=True)
    async with FakeTelegram() as telegram:
        settings = environment(folder, telegram) | {"PYTHONFAULTHANDLER": "1"}
        file = sqlite_file(settings["BON_TOT_DATABASE"])
        assert file is not None
        async with opened(settings["BON_TOT_DATABASE"]) as database:
            await found_commune(database, members=4)
        program = await Program.start(folder, settings)
        try:
            address = (await program.line("web_ready"))["address"]
            await _speak(telegram)
            traces = await _ask(folder, address, "well")
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                connection.execute("ALTER TABLE dialogues RENAME TO elsewhere")
                await _speak(telegram)
                traces += await _ask(folder, address, "broken")
                connection.execute("ALTER TABLE elsewhere RENAME TO dialogues")
            for number, args in enumerate((("doctor",), ("doctor", "--json"))):
                place = folder / f"doctor-{number}"
                place.mkdir()
                told = await Program.start(place, settings, *args)
                await told.ended()
                traces += bool(told.text)
            program.signal(signal.SIGABRT)
            await program.ended()
            traces += "Fatal Python error" in program.text
        finally:
            if program.returncode is None:
                program.signal(signal.SIGKILL)
                await program.ended()
        with closing(sqlite3.connect(file)) as connection:
            names = connection.execute("SELECT count(*) FROM people WHERE full_name LIKE ?", (f"{PLANTED[0]}%",))
            (named,) = names.fetchone()
    return named + len(telegram.updates.confirmed), traces


async def _speak(telegram: FakeTelegram) -> None:
    """Say what nobody else may read, and wait until it is answered or cannot be."""
    for chat in (FIRST_CHAT, FIRST_CHAT + 1):
        for words in ("/camket", PLANTED[1], f"/start {PLANTED[2]}", PLANTED[2], "/toi"):
            telegram.updates.says(chat, words)
    with suppress(TimeoutError):
        await telegram.until(lambda: not telegram.updates.waiting, seconds=8)
    await asyncio.sleep(1)


async def _ask(folder: Path, address: str, name: str) -> int:
    """What a watcher sees; how many answers there were."""
    answers = 0
    async with aiohttp.ClientSession() as session:
        for path in ASKED:
            async with session.get(address + path) as answer:
                (folder / f"{name}{path.replace('/', '-')}.said").write_text(await answer.text(), encoding="utf-8")
                answers += 1
    return answers
