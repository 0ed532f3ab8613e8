"""`bot.py doctor` on the way out: an account that cannot speak, a month that runs short, or is gone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.chat import OutboxState, Outcome, Priority
from bot.settings.model import AccountSettings, Secret
from storage import lanes, quotas
from tests.process.patient import Patient, a_patient
from tests.storage.letters import claim_in, settle_in

KEY = "zalo-1"
MONTH = 100


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    """A well installation with a Zalo bot of a hundred messages a month and four people."""
    bot = AccountSettings(
        key=KEY, channel="zalo", token=Secret("9123456:token-of-zalo"), monthly_quota=MONTH, people_limit=4
    )
    async with a_patient(tmp_path) as made:
        yield replace(made, settings=msgspec.structs.replace(made.settings, accounts=(bot,)))


async def what(patient: Patient) -> list[str]:
    """What is found of the way out of the bot; nothing ever came in by it, which is said as well."""
    return [
        f"{one.level}: {one.what}"
        for one in await patient.findings()
        if KEY in one.what and "ever came" not in one.what
    ]


async def test_an_account_that_cannot_speak_is_a_problem(patient: Patient) -> None:
    """A refused token pauses the account: it is said since when, and what to do; when it speaks again, nothing is."""
    await patient.put("chat-1", "chat-2", account=KEY)
    await fail(patient, refused=True)
    patient.clock.move_to(patient.clock.now() + timedelta(minutes=1))
    assert await what(patient) == [f"problem: Account {KEY} cannot speak; it failed first 60 seconds ago."]
    await fail(patient, refused=False)
    assert await what(patient) == []


async def fail(patient: Patient, *, refused: bool) -> None:
    """One message is tried: the token is refused, or it is said."""
    async with patient.database.write() as tx:
        (row, *_) = await claim_in(tx, KEY, size=1)
        state = OutboxState.QUEUED if refused else OutboxState.SENT
        due = tx.now if refused else None
        tried = Outcome(id=row.id, state=state, due_at=due, refused=refused, reached=not refused, failure="refused")
        await settle_in(tx, KEY, tried)


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (69, []),
        (70, [f"note: Account {KEY} has used 70 of the 100 messages of its month, more than 70 %."]),
        (90, [f"note: Account {KEY} has used 90 of the 100 messages of its month, more than 90 %."]),
    ],
)
async def test_a_month_that_runs_short_is_noted(patient: Patient, used: int, said: list[str]) -> None:
    """From 70 % on; at 90 % also what is kept, for whom, and how much waits for the next month."""
    async with patient.database.write() as tx:
        await lanes.lane_of(tx, KEY, to_change=True)
        await quotas.count(tx, KEY, used, limit=MONTH)
    await patient.put("chat-1", account=KEY, priority=Priority.BROADCAST)
    found = [one for one in await patient.findings() if KEY in one.what and "ever came" not in one.what]
    assert [f"{one.level}: {one.what}" for one in found] == said
    if used == 90:
        assert "1 reminder or broadcast waiting for the next month" in found[0].why


async def test_a_month_that_is_gone_is_a_problem(patient: Patient) -> None:
    """The messenger said so, whatever we have counted."""
    async with patient.database.write() as tx:
        await lanes.lane_of(tx, KEY, to_change=True)
        await quotas.gone(tx, KEY, limit=MONTH)
    await patient.put("chat-1", account=KEY)
    assert await what(patient) == [
        f"problem: The messenger takes no more of account {KEY} this month; 1 message waiting."
    ]
