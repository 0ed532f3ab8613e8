"""`bot.py doctor` and `bot.py replay` on events that failed, as an operator uses them."""

import asyncio
from pathlib import Path

import pytest

from bot.chat import Address, Incoming, Pressed, Text
from bot.clock import SystemClock
from storage import addresses, dead_letters, events, people
from storage.database import Database
from storage.migrate import upgrade
from tests.fakes.telegram import FakeTelegram
from tests.process.commands import command, rows

pytestmark = pytest.mark.process

WORDS = "lời riêng của đồng chí"
OTHER = "1111-2222"
NUMBER = "4827-1935"


@pytest.fixture
async def installed(tmp_path: Path) -> Path:
    """A member whose two events failed: a button, and words that answered a question which is no more."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bon-tot.db'}", clock=SystemClock())
    await upgrade(database)
    here = Address("telegram", "7")
    async with database.write() as tx:
        person = await people.add_person(tx, full_name="Nguyễn Thị An")
        await addresses.link(tx, person=person, address=here)
        for number, incident, payload in (("1", NUMBER, Pressed("run:toi")), ("2", OTHER, Text(WORDS))):
            failed = Incoming(address=here, event_id=number, payload=payload)
            await events.see(tx, account=here.account, event_id=number)
            await events.mark_incident(tx, account=here.account, event_id=number, incident=incident)
            await dead_letters.keep(tx, failed, incident=incident, person=person, context="gone", error="KeyError")
    await database.close()
    return tmp_path


async def test_the_doctor_names_them_and_replay_handles_them_once(installed: Path) -> None:
    """The whole way of an operator: look, handle one, handle it again, handle all, drop what is left, look."""
    told = await command(installed, "doctor")
    assert told.code == 1 and WORDS not in told.out
    assert f"2 events failed and wait to be handled again: {NUMBER} (" in told.out and OTHER in told.out
    async with FakeTelegram() as telegram:
        one = await command(installed, "replay", NUMBER, telegram=telegram)
        assert telegram.called("sendMessage") == [], "what is said is the running bot's"
    assert (
        one.code == 0
        and one.out.startswith(f"{NUMBER} (")
        and one.out.endswith("account telegram, pressed): handled; the running bot says the answer.\n")
    )
    assert rows(installed, "SELECT state, count(*) FROM outbox GROUP BY state") == [("queued", 2)]
    twice = await command(installed, "replay", NUMBER)
    assert twice.code == 0 and twice.out.endswith("handled before; nothing was done.\n")
    assert rows(installed, "SELECT count(*) FROM outbox") == [(2,)]
    every = await command(installed, "replay", "--all")
    assert every.code == 1
    assert every.out.splitlines() == [every.out.strip()] and "the conversation has gone on" in every.out
    dropped = await command(installed, "replay", OTHER, "--drop")
    assert dropped.code == 0 and dropped.out.endswith("deleted.\n")
    nothing = await command(installed, "replay", "--all")
    assert (nothing.code, nothing.out) == (0, "There is nothing to replay.\n")
    assert WORDS.encode() not in b"".join(str(row).encode() for row in rows(installed, "SELECT * FROM dead_letters"))
    assert "failed and wait" not in (await command(installed, "doctor")).out


async def test_two_operators_at_once_do_it_once(installed: Path) -> None:
    """Two processes with one number: one answer is said."""
    both = await asyncio.gather(*(command(installed, "replay", NUMBER) for _ in range(2)))
    assert sorted(said.out.rpartition(": ")[2] for said in both) == [
        "handled before; nothing was done.\n",
        "handled; the running bot says the answer.\n",
    ]
    assert rows(installed, "SELECT count(*) FROM outbox") == [(1,)]


async def test_what_the_operator_must_say_differently(installed: Path) -> None:
    """No number, both, or one that is nowhere: exit code 2, in words."""
    for args in ((), (NUMBER, "--all")):
        said = await command(installed, "replay", *args)
        assert (said.code, said.err) == (
            2,
            "✗ say the number of an incident, or --all; `bot.py doctor` names them\n",
        )
    said = await command(installed, "replay", "0000-0000")
    assert said.code == 2
    assert said.err == "✗ nothing is kept of incident 0000-0000: it was dropped, or is older than 14 days\n"
