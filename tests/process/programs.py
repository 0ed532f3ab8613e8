"""The real program as a process of its own: its environment, its lines, its end."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

from storage.database import Database
from tests.fakes.telegram import TOKEN, FakeTelegram

HOUSE = Path(__file__).parents[2]
NURSERY = Path(__file__).with_name("nursery.py")
SECONDS = 40.0
"""What a start may take on a machine that has much else to do."""


def environment(folder: Path, telegram: FakeTelegram | None = None, **more: str) -> dict[str, str]:
    """Settings of a program whose data is in the folder, and nothing of this process's own; `more` are settings by the
    end of their names."""
    own = {
        "DATABASE": f"sqlite+aiosqlite:///{folder / 'bon-tot.db'}",
        "CONTENT": str(HOUSE / "bot/content/sample"),
        "WEB_PORT": "0",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
    }
    if telegram is not None:
        own |= {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_BASE_URL": telegram.url}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BON_TOT_")}
    return kept | {f"BON_TOT_{name}": value for name, value in (own | more).items()}


class Program:
    """`python bot.py …`, running. `lines` is what it wrote, also by processes before it in the same folder."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self._process = process
        self._output = output

    @classmethod
    async def start(cls, folder: Path, settings: Mapping[str, str], *args: str) -> Self:
        """Start it in the folder; without arguments it is `run`."""
        output = folder / "output"
        with output.open("ab") as stream:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(HOUSE / "bot.py"),
                *(args or ("run",)),
                cwd=folder,
                env=dict(settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        return cls(process, output)

    @property
    def text(self) -> str:
        """Everything that was written to standard output and standard error."""
        return self._output.read_text("utf-8")

    @property
    def returncode(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.returncode

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def lines(self, event: str) -> Iterator[dict[str, Any]]:
        """The log's lines about one kind of event."""
        for line in self.text.splitlines():
            if line.startswith("{") and line.endswith("}") and (found := json.loads(line)).get("event") == event:
                yield found

    async def line(self, event: str) -> dict[str, Any]:
        """The newest line about it, once there is one. Fails when the program ends before."""
        async with asyncio.timeout(SECONDS):
            while not (found := list(self.lines(event))):
                assert self._process.returncode is None, self.text
                await asyncio.sleep(0.05)
        return found[-1]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self, *, seconds: float = SECONDS) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    async def stop(self) -> int:
        """Tell it to stop, as a supervisor does; its exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended(seconds=20)


@asynccontextmanager
async def running(folder: Path, settings: Mapping[str, str], *args: str) -> AsyncIterator[Program]:
    """A program that is killed at the end of the test if it still runs; none of its lines holds the token."""
    program = await Program.start(folder, settings, *args)
    try:
        yield program
    finally:
        if program._process.returncode is None:
            program._process.kill()
            await program._process.wait()
        says_no_token(program.text)


class Nursery:
    """The program, born again as often as it is killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._program = 0

    async def _answer(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def bears(self, line: str = "") -> None:
        """Start the program; `line` is told to the script that starts it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._program = int(await self._answer())

    async def ends(self, number: signal.Signals) -> int:
        """Send it a signal, and wait for its end; its exit code."""
        self.signals(number)
        return await self.ended()

    def signals(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended already takes none."""
        with suppress(ProcessLookupError):
            os.kill(self._program, number)

    async def ended(self) -> int:
        """The exit code of the program, once it has ended."""
        code = int(await self._answer())
        self._program = 0
        return code

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, settings: dict[str, str], *, script: Path = NURSERY) -> AsyncIterator["Nursery"]:
        """Loads the program's modules once; at the end nothing is left running."""
        with (folder / "output").open("ab") as output:
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(script),
                cwd=folder,
                env=settings,
                stdin=pipe,
                stdout=pipe,
                stderr=output,
            )
        nursery = cls(process)
        try:
            assert await nursery._answer() == "ready"
            yield nursery
        finally:
            if nursery._program:
                nursery.signals(signal.SIGKILL)
            process.kill()
            await process.wait()


def says_no_token(text: str) -> None:
    """Nothing of the bot's token is in what a program wrote."""
    assert TOKEN not in text
    assert TOKEN.partition(":")[2] not in text


@asynccontextmanager
async def opened(database: str) -> AsyncIterator[Database]:
    """A look into the database of a program, running or not."""
    from bot.clock import SystemClock

    found = Database(database, clock=SystemClock())
    try:
        yield found
    finally:
        await found.close()
