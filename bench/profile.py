"""Where a program spends its time: py-spy looks at it from outside, many times a second."""

import asyncio
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.processes import HOUSE, Process

RATE = 400
ROWS = 45
NEARLY_ALL = 0.6
WAITING = frozenset({"concurrent/futures/thread.py:_worker", ""})
"""Where a thread has nothing to do, which looks like work from outside."""
_FRAME = re.compile(r"^(?P<name>.*) \((?P<file>.*?)(?::\d+)?\)$")
_LIBRARY = re.compile(r".*/(?:site-packages|lib/python3\.\d+)/")


@asynccontextmanager
async def profiled(process: Process, name: str, *, spy: Path | None, events: Callable[[], int]) -> AsyncIterator[None]:
    """Look while the block runs, then print what an event costs, function by function; without `spy`, only run."""
    if spy is None:
        yield
        return
    stacks = Path("/tmp") / f"bench-{name}.stacks"  # noqa: S108
    command = [str(spy), "record", "--pid", str(process.pid), "--rate", str(RATE), "--nonblocking"]
    looking = await asyncio.create_subprocess_exec(
        *command, "--format", "raw", "--output", str(stacks), "--duration", "3600",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await asyncio.sleep(1.5)
    before, (user, system) = events(), process.cpu_parts()
    yield
    done, parts = events() - before, process.cpu_parts()
    user, system = parts[0] - user, parts[1] - system
    looking.send_signal(signal.SIGINT)
    await looking.wait()
    sys.stdout.write(
        "\n".join(_report(stacks.read_text("utf-8"), events=done, user=user * 1e6, system=system * 1e6)) + "\n"
    )


def _report(stacks: str, *, events: int, user: float, system: float) -> Iterator[str]:
    alone, within, looks = _count(stacks)
    events = max(events, 1)
    share = (user + system) / max(looks, 1) / events
    yield f"{events} events; µs of CPU for each: {user / events:.0f} its own, {system / events:.0f} the system's"
    # What stands in nearly every stack says nothing.
    within = Counter({where: count for where, count in within.items() if count < NEARLY_ALL * looks})
    for title, counts in (("itself", alone), ("with all it calls", within)):
        yield f"\nµs per event, {title}:"
        yield from (f"{count * share:8.1f}  {where}" for where, count in counts.most_common(ROWS))


def _count(stacks: str) -> tuple[Counter[str], Counter[str], int]:
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    looks = 0
    for line in stacks.splitlines():
        stack, _, times = line.rpartition(" ")
        frames = [_where(frame) for frame in stack.split(";")]
        if frames[-1] in WAITING:
            continue
        looks += int(times)
        alone[frames[-1]] += int(times)
        for frame in set(frames):
            within[frame] += int(times)
    return alone, within, looks


def _where(frame: str) -> str:
    match = _FRAME.match(frame)
    if match is None:
        return frame
    file = _LIBRARY.sub("", match["file"]).removeprefix(f"{HOUSE}/")
    return f"{file}:{match['name']}"
