"""When a handler fails: one apology with a number, the whole story in the log under it, nothing stored by halves."""

import re
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import select

from bot.chat import Text
from handlers.turn import Turn
from storage import audit
from storage.schema import audit as audit_table
from storage.schema import events
from tests.world import World


async def test_a_defect_becomes_one_apology_and_nothing_is_stored_by_halves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the handler wrote is rolled back; the event counts as handled, so that it does not come for ever."""
    an = await world.member("Nguyễn Thị An")

    async def fails(turn: Turn, _rest: str) -> None:
        await audit.record(turn.tx, actor=None, action="half", subject="nothing")
        raise RuntimeError("a defect of ours")

    commands = world.app.registry.commands
    monkeypatch.setitem(commands, "toi", replace(commands["toi"], run=fails))
    with structlog.testing.capture_logs() as logs:
        await an.does(Text("/toi"), event_id="once")
        await an.does(Text("/toi"), event_id="once")
    (said,) = an.heard()
    found = re.search(r"số sự cố (\d{4}-\d{4})", said)
    assert found is not None
    assert [(entry["event"], entry["incident"]) for entry in logs] == [("event_failed", found[1])]
    async with world.app.database.read() as tx:
        assert await tx.all(select(audit_table)) == []
        assert [row.incident for row in await tx.all(select(events))] == [found[1]]
