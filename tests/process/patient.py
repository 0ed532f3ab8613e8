"""An installation for the doctor: its messages, events and clock as the test wants them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bot.chat import Address, Message, OutboxState, Outcome, Priority
from bot.clock import MovableClock
from bot.doctor import Finding, as_json, as_text, gather, judge
from bot.doctor.facts import Facts, Program, Running
from bot.settings import Settings
from bot.settings.model import Secret, TelegramSettings
from storage import events, outbox
from storage.database import Database
from tests.process.installation import install
from tests.process.programs import HOUSE
from tests.storage.letters import claim_in, settle_in

START = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
TOKEN = "1234567890:AAone-token_that_looks_like_one_12345"
WORDS = "Nguyễn Thị An không nhận được"
READY = Program(state=Running.READY, address="http://127.0.0.1:8044")
SILENT = Program(state=Running.SILENT, address="http://127.0.0.1:8044")


@dataclass
class Patient:
    """An installation with one bot, its database open, and a doctor who is told how the program stands."""

    settings: Settings
    clock: MovableClock
    database: Database

    async def put(self, *chats: str, account: str = "telegram", priority: Priority = Priority.ANSWER) -> None:
        """Messages that are due now."""
        async with self.database.write() as tx:
            for chat in chats:
                letter = outbox.Letter(address=Address(account, chat), message=Message(text=WORDS), priority=priority)
                await outbox.put(tx, letter)

    async def send(self, *outcomes: tuple[OutboxState, str | None], account: str = "telegram") -> None:
        """A sender's tries: each waiting message with its outcome."""
        async with self.database.write() as tx:
            claimed = await claim_in(tx, account, size=len(outcomes))
            settled = [
                Outcome(id=row.id, state=state, failure=why, due_at=tx.now if state is OutboxState.QUEUED else None)
                for row, (state, why) in zip(claimed, outcomes, strict=True)
            ]
            await settle_in(tx, account, *settled)

    async def sees(self, event_id: str, *, incident: str | None = None) -> None:
        """An event of the bot."""
        async with self.database.write() as tx:
            await events.see(tx, account="telegram", event_id=event_id)
            if incident:
                await events.mark_incident(tx, account="telegram", event_id=event_id, incident=incident)

    async def facts(self, program: Program = READY) -> Facts:
        """What is known."""
        facts = await gather(self.settings, clock=self.clock, days=3, silent_hours=72)
        return replace(facts, program=program, free=10**12)

    async def findings(self, program: Program = READY) -> Sequence[Finding]:
        """What is found; none of it has a word of what was said, or whom."""
        facts = await self.facts(program)
        found = judge(facts)
        for told in (as_text(facts, found), as_json(facts, found)):
            assert "Nguyễn" not in told and "chat-" not in told and TOKEN not in told
        return found


@asynccontextmanager
async def a_patient(folder: Path) -> AsyncIterator[Patient]:
    """A well installation, heard of just now."""
    clock = MovableClock(start=START)
    bare = await install(folder, clock=clock)
    settings = msgspec.structs.replace(
        bare, telegram=TelegramSettings(token=Secret(TOKEN)), content=HOUSE / "bot/content/sample"
    )
    patient = Patient(settings=settings, clock=clock, database=Database(settings.database, clock=clock))
    await patient.sees("first")
    yield patient
    await patient.database.close()
