"""`bot.py doctor` on the spine: what waits, failed or came too late, why, and what to do; nothing of a person in it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from sqlalchemy import text

from bot.chat import OutboxState, Priority
from bot.doctor import Finding, as_text, is_well, judge
from bot.domain.reminder import Planned
from storage import missed
from storage.database import Tx
from tests.process.patient import SILENT, START, WORDS, Patient, a_patient


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    """A well installation."""
    async with a_patient(tmp_path) as made:
        yield made


async def test_a_well_installation_needs_nobody(patient: Patient) -> None:
    """No finding, and what was looked at in a few lines."""
    facts = await patient.facts()
    found = judge(facts)
    assert list(found) == [] and is_well(found)
    told = re.sub(r"\d\.\d MB", "… MB", as_text(facts, found)).replace(f"schema {facts.revision}", "schema …")
    assert told == snapshot("""\
Bốn Tốt, 04/01/2027 08:00 in Viet Nam

✓ Nothing needs you.

program    ready at http://127.0.0.1:8044
database   SQLite, schema …, … MB, 1,000.0 GB free
account    telegram: last heard 0 seconds ago
incidents  0 in 3 days\
""")


async def test_messages_that_wait_say_since_when_and_why(patient: Patient) -> None:
    """Due for more than ten minutes: how many, how long, and the messenger's own reason, without a person's words."""
    await patient.put("chat-1", "chat-2")
    await patient.send((OutboxState.QUEUED, f"Bad Gateway '{WORDS}'"), (OutboxState.QUEUED, "Bad Gateway 'x y'"))
    assert await patient.findings() == []
    patient.clock.move_to(START + timedelta(minutes=11))
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="problem",
                what="2 messages of account telegram overdue; the oldest was due 11 minutes ago.",
                why="Bad Gateway '[hidden]' (2).",
                do="Until the cause is gone they are tried again by themselves.",
            )
        ]
    )


async def test_a_program_that_does_not_run_explains_what_waits(patient: Patient) -> None:
    """Then the reason is not looked for elsewhere, and what to do is to start it."""
    await patient.put("chat-1")
    patient.clock.move_to(START + timedelta(hours=3))
    assert await patient.findings(SILENT) == snapshot(
        [
            Finding(
                level="problem",
                what="The program does not answer at http://127.0.0.1:8044.",
                why="It is not running.",
                do="Start the program: `bot.py run`, or its service.",
            ),
            Finding(
                level="problem",
                what="1 message of account telegram overdue; the oldest was due 3 hours ago.",
                why="The program is not running.",
                do="Start the program: `bot.py run`, or its service.",
            ),
        ]
    )


async def test_nobody_sends_for_an_account_that_is_not_set(patient: Patient) -> None:
    """A key that left the settings while messages waited under it is named."""
    await patient.put("chat-1", account="xa-cu")
    patient.clock.move_to(START + timedelta(hours=3))
    [finding] = await patient.findings()
    assert finding == snapshot(
        Finding(
            level="problem",
            what="1 message of account xa-cu overdue; the oldest was due 3 hours ago.",
            why="No account of that key is set: nobody sends them.",
            do="Set the account again.",
        )
    )


async def test_what_ended_badly_is_told_apart(patient: Patient) -> None:
    """Given up, unknown, blocked: only what was given up needs somebody; and after the days it is forgotten."""
    await patient.put("chat-1", "chat-2", "chat-3", "chat-4", priority=Priority.BROADCAST)
    await patient.send(
        (OutboxState.FAILED, "the token was refused"),
        (OutboxState.FAILED, "the token was refused"),
        (OutboxState.UNCERTAIN, "Timed out"),
        (OutboxState.BLOCKED, "Forbidden: bot was blocked by the user"),
    )
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="problem",
                what="2 messages of account telegram could not be said in the last 3 days: given up.",
                why="the token was refused (2).",
                do="The log has each under `delivery_failed`; a token that was refused is set anew.",
            ),
            Finding(
                level="note",
                what="Whether 1 message of account telegram arrived in the last 3 days is not known.",
                why="Timed out (1).",
                do="Nothing: they are not said again, so that nobody hears them twice.",
            ),
            Finding(
                level="note",
                what="1 message of account telegram not said in the last 3 days: the people have blocked the bot.",
                do="Their secretaries reach them otherwise.",
            ),
        ]
    )
    patient.clock.move_to(START + timedelta(days=2, hours=23))
    assert len(await patient.findings()) == 3
    patient.clock.move_to(START + timedelta(days=3, hours=1))
    assert [finding.what for finding in await patient.findings()] == snapshot(
        ["The last that came from account telegram was 3 days ago."]
    )


async def test_incidents_are_listed_by_their_numbers(patient: Patient) -> None:
    """The number that a person was told leads to the log."""
    await patient.sees("second", incident="4827-1935")
    patient.clock.move_to(START + timedelta(hours=5))
    await patient.sees("third", incident="0000-0001")
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="problem",
                what="2 events ended in an incident in the last 3 days.",
                why="Whoever wrote was told the number and that it was not recorded.",
                do="Report what the log says under 0000-0001 (0 seconds ago), 4827-1935 (5 hours ago).",
            )
        ]
    )


async def test_facts_that_did_not_act_are_found_in_every_table(patient: Patient) -> None:
    """A dated fact that its tick passed by is a defect; a step that came too late is worth knowing."""
    async with patient.database.write() as tx:
        await add_overdue(tx)
        await missed.add_missed(tx, "pledge", [(1, Planned("7d", START))])
    patient.clock.move_to(START + timedelta(minutes=1))
    assert [finding.level for finding in await patient.findings()] == ["note"]
    patient.clock.move_to(START + timedelta(hours=4))
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="problem",
                what="1 dated fact of calendars overdue; the oldest was due 4 hours ago.",
                why="They fail, or the clock does not tick.",
                do="Look in the log for `tick_incident` and `tick_failed`.",
            ),
            Finding(
                level="note",
                what="Reminders came too late and were not said in the last 3 days (pledge 7d: 1).",
                why="The program did not run when they were due.",
                do="Secretaries and officers see it where they look at the round.",
            ),
        ]
    )


async def add_overdue(tx: Tx) -> None:
    """A committee whose next round should open now."""
    await tx.run(text("INSERT INTO units (id, created_at) VALUES (1, '2027-01-01 00:00:00.000000')"))
    await tx.run(text("INSERT INTO calendars (unit_id, next_due_at) VALUES (1, '2027-01-04 01:00:00.000000')"))


async def test_a_silent_account_is_named(patient: Patient) -> None:
    """After 72 hours without any event: nobody wrote, or nothing comes through. It is no alarm."""
    patient.clock.move_to(START + timedelta(hours=71))
    assert await patient.findings() == []
    patient.clock.move_to(START + timedelta(hours=80))
    assert await patient.findings() == snapshot(
        [
            Finding(
                level="note",
                what="The last that came from account telegram was 3 days ago.",
                why="Nobody wrote; or the messenger, the proxy or the webhook cannot be reached.",
                do="Write to the bot to see whether it answers.",
            )
        ]
    )
