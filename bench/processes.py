"""Programs under test, each a process of its own, and what they cost: CPU and memory as the system counts them."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

HOUSE = Path(__file__).parents[1]
START_SECONDS = 60.0
QUIET_SECONDS = 0.7
"""So long after its last answer a program has written down what it did."""


@dataclass(frozen=True, slots=True)
class Process:
    """One of them, running."""

    pid: int
    address: str

    def cpu(self) -> float:
        """The seconds of CPU that it has used, all threads together."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def memory(self) -> int:
        """The bytes that it holds in memory."""
        return int(psutil.Process(self.pid).memory_info().rss)


def house_settings(folder: Path, *, url: str, token: str, secret: str) -> dict[str, str]:
    """The environment of `bot.py run` as an operator sets it, with one bot that Telegram calls."""
    settings = {
        "DATABASE": f"sqlite+aiosqlite:///{folder / 'bon-tot.db'}",
        "CONTENT": str(HOUSE / "bot/content/sample"),
        "WEB_PORT": "0",
        "LOG_FORMAT": "json",
        "TELEGRAM_TOKEN": token,
        "TELEGRAM_BASE_URL": url,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_URL": "https://bot.example/telegram/telegram",
        "TELEGRAM_WEBHOOK_SECRET": secret,
    }
    return _plain_environment() | {f"BON_TOT_{name}": value for name, value in settings.items()}


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BON_TOT_")}


@asynccontextmanager
async def ours(folder: Path, settings: Mapping[str, str], *, paced: bool = True) -> AsyncIterator[Process]:
    """`python bot.py run`. Not `paced`: without the messenger's limits, which would be all that is measured."""
    script = HOUSE / ("bot.py" if paced else "bench/unpaced.py")
    async with _running([sys.executable, str(script), "run"], folder, settings) as found:
        yield found


@asynccontextmanager
async def peer(python: Path, name: str, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Process]:
    """A bot of another library, from its own environment."""
    script = HOUSE / "bench/peers" / f"{name}.py"
    async with _running([str(python), str(script)], folder, _plain_environment() | dict(settings)) as found:
        yield found


@asynccontextmanager
async def _running(command: list[str], folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Process]:
    output = folder / "output"
    with output.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=dict(settings), stdin=asyncio.subprocess.DEVNULL, stdout=stream, stderr=stream
        )
    try:
        yield Process(process.pid, await _address(process, output))
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await process.wait()
    except BaseException:
        sys.stderr.write(output.read_text("utf-8", "replace")[-4000:])
        raise
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process, output: Path) -> str:
    """Where it listens, from the line that says so."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            for line in output.read_text("utf-8", "replace").splitlines():
                if line.startswith("{") and '"web_ready"' in line:
                    return str(json.loads(line)["address"])
            if process.returncode is not None:
                raise RuntimeError(f"it ended at once:\n{output.read_text('utf-8', 'replace')[-4000:]}")
            await asyncio.sleep(0.05)
