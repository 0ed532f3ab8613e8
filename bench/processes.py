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
        return sum(self.cpu_parts())

    def cpu_parts(self) -> tuple[float, float]:
        """The same in two parts: its own, and the system's for it."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user), float(times.system)

    def memory(self) -> int:
        """The bytes that it holds in memory."""
        return int(psutil.Process(self.pid).memory_info().rss)


ACCOUNT = """
[[accounts]]
key = "telegram"
token_env = "BENCH_TOKEN"
base_url = "{url}"
mode = "webhook"
webhook_url = "https://bot.example/telegram/telegram"
webhook_secret = "{secret}"
"""
UNLIMITED = """
per_second = 0
chat_seconds = 0
"""


def install(folder: Path, *, url: str, token: str, secret: str, paced: bool) -> dict[str, str]:
    """An operator's settings, with one bot that Telegram calls: a file in the folder, and the environment that is given
    back. Not `paced`: without the messenger's limits, which would be all that is measured."""
    account = ACCOUNT.format(url=url, secret=secret)
    (folder / "bon-tot.toml").write_text(account if paced else account + UNLIMITED, encoding="utf-8")
    settings = {
        "DATABASE": f"sqlite+aiosqlite:///{folder / 'bon-tot.db'}",
        "CONTENT": str(HOUSE / "bot/content/sample"),
        "WEB_PORT": "0",
        "LOG_FORMAT": "json",
    }
    return (
        _plain_environment() | {f"BON_TOT_{name}": value for name, value in settings.items()} | {"BENCH_TOKEN": token}
    )


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BON_TOT_")}


@asynccontextmanager
async def ours(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Process]:
    """`python bot.py run`."""
    async with _running([sys.executable, str(HOUSE / "bot.py"), "run"], folder, settings) as found:
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
