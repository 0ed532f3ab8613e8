"""The file that names the bots, changed while the program runs: bots come and go, and the others notice nothing."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import HANG
from tests.process.programs import Program, environment, running

pytestmark = pytest.mark.process

AN = 7_001
TOKENS = {name: f"12345678{place}:AATokenOfTheTestsThatNobodyMaySee{name}" for place, name in enumerate(("xa", "thon"))}


@dataclass
class Bots:
    """Two Telegrams, each with a bot, and the file of settings."""

    folder: Path
    xa: FakeTelegram
    thon: FakeTelegram

    def entry(self, name: str, *, more: str = "") -> str:
        """One bot in the file."""
        server: FakeTelegram = getattr(self, name)
        return f'[[accounts]]\nkey = "{name}"\ntoken = "{server.token}"\nbase_url = "{server.url}"\n{more}\n'

    def write(self, *entries: str) -> None:
        """Put another file in the place of the one that is there, as careful editors do."""
        draft = self.folder / "bon-tot.toml.new"
        draft.write_text("\n".join(entries), encoding="utf-8")
        draft.replace(self.folder / "bon-tot.toml")

    async def answers(self, name: str, chat: int) -> None:
        """Somebody writes to a bot and is answered."""
        server: FakeTelegram = getattr(self, name)
        before = len(server.heard(chat))
        server.updates.says(chat, "/trogiup")
        await server.until(lambda: len(server.heard(chat)) > before, seconds=60)


@pytest.fixture
async def bots(tmp_path: Path) -> AsyncIterator[Bots]:
    """Both within reach."""
    async with AsyncExitStack() as stack:
        xa, thon = [
            await stack.enter_async_context(FakeTelegram(token=token, username=f"{name}_bot"))
            for name, token in TOKENS.items()
        ]
        yield Bots(tmp_path, xa, thon)


async def until(true: Callable[[], Any], *, seconds: float = 40) -> None:
    """Wait until something is true of the program's lines."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def happened(program: Program, event: str, **wanted: str) -> None:
    """Wait for a line about it with these values."""
    await until(lambda: any(wanted.items() <= line.items() for line in program.lines(event)))


def was_refused(program: Program, why: str) -> bool:
    """Whether the log says that settings were not taken for this reason."""
    return any(why in line["why"] for line in program.lines("settings_not_taken"))


async def ready(program: Program) -> dict[str, Any]:
    """What the program says of itself."""
    address = (await program.line("web_ready"))["address"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}/health/ready") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def watched(program: Program) -> set[str]:
    """The accounts of which it tells how many messages wait."""
    address = (await program.line("web_ready"))["address"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
        return set(re.findall(r'bon_tot_outbox_rows{account="(\w+)",state="waiting"}', await answer.text()))


async def test_bots_come_and_go_while_the_others_work(bots: Bots) -> None:
    """A bot is added, and answers; the first is taken away, and is asked for nothing more; both without a restart."""
    bots.write(bots.entry("xa"))
    async with running(bots.folder, environment(bots.folder)) as program:
        await bots.answers("xa", AN)
        bots.write(bots.entry("xa"), bots.entry("thon"))
        await happened(program, "account_opened", account="thon")
        await bots.answers("thon", AN)
        await bots.answers("xa", AN)
        bots.write(bots.entry("thon"))
        await happened(program, "account_closed", account="xa")
        asked = len(bots.xa.called("getUpdates"))
        await bots.answers("thon", AN)
        assert (await ready(program))["accounts"] == ["thon"]
        assert await watched(program) == {"thon"}
        assert len(bots.xa.called("getUpdates")) == asked
        assert len(list(program.lines("started"))) == 1
        assert await program.stop() == 0


async def test_a_file_with_a_fault_changes_nothing(bots: Bots) -> None:
    """Not TOML, a token that is none, a key used twice: each is said in the log and by the program itself, and the bot
    works on; what is right again is taken."""
    bots.write(bots.entry("xa"))
    async with running(bots.folder, environment(bots.folder)) as program:
        await bots.answers("xa", AN)
        broken = {
            "is not TOML": '[[accounts]\nkey = "xa"',
            "does not look like one": bots.entry("xa") + '[[accounts]]\nkey = "thon"\ntoken = "none"\n',
            "is that of 2 accounts": bots.entry("xa") + bots.entry("thon").replace('"thon"', '"xa"'),
        }
        for why, text in broken.items():
            bots.write(text)
            await until(partial(was_refused, program, why))
            assert why in " ".join((await ready(program))["settings_refused"])
            await bots.answers("xa", AN)
        bots.write(bots.entry("xa"), bots.entry("thon"))
        await happened(program, "account_opened", account="thon")
        assert (await ready(program))["settings_refused"] == []
        assert await program.stop() == 0


async def test_a_signal_reads_the_file_at_once_and_another_token_is_used(bots: Bots) -> None:
    """After a SIGHUP the bot has its new token; a new part of the tree alone disturbs nothing."""
    bots.write(bots.entry("xa"))
    async with running(bots.folder, environment(bots.folder)) as program:
        await bots.answers("xa", AN)
        bots.write(bots.entry("xa", more='unit = "Chi bộ thôn 1"'))
        program.signal(signal.SIGHUP)
        await happened(program, "settings_taken")
        assert list(program.lines("account_closed")) == []
        bots.xa.token = TOKENS["thon"] + "New"
        bots.write(bots.entry("xa"))
        program.signal(signal.SIGHUP)
        await happened(program, "account_opened", account="xa")
        await bots.answers("xa", AN)
        assert TOKENS["thon"].partition(":")[2] not in program.text
        assert await program.stop() == 0


async def test_a_bot_that_hangs_can_be_taken_away(bots: Bots) -> None:
    """A messenger that never answers holds its own bot up, not the change and not the others."""
    bots.thon.fail("getUpdates", HANG, times=100)
    bots.write(bots.entry("xa"), bots.entry("thon"))
    async with running(bots.folder, environment(bots.folder)) as program:
        await bots.thon.until(lambda: bots.thon.called("getUpdates"), seconds=60)
        await bots.answers("xa", AN)
        bots.write(bots.entry("xa"))
        await happened(program, "account_closed", account="thon")
        await bots.answers("xa", AN)
        assert await program.stop() == 0
