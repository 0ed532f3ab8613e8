"""Random people press, type, send files and wait at random: never an incident, always an answer, nothing by halves."""

from itertools import count
from pathlib import Path
from random import Random

import pytest
import structlog
from hypothesis import given, note, settings
from hypothesis import strategies as st

from bot.chat import Payload, Pressed, Text
from bot.domain.words import fold
from bot.texts import common
from tests.conversations.bad_input import EVENTS, FILES, NASTY, ODD_COMMANDS, ROSTER, SILENT
from tests.conversations.rights_table import COMMANDS, may
from tests.conversations.two_communes import Actor, Copy, Province, changed

WHO = (
    *("secretary in", "deputy_secretary in", "committee_officer in", "official in") * 2,
    *("upper_member_in_charge in", "administrator above", "secretary above", "secretary out", "temporary_in in"),
    *("exempt in", "an", "binh", "linked", "second", "guest"),
)
WORDS = (
    *("1", "2", "3", "10", "Có", "Không", "Đúng", "Tiếp tục", "Dừng lại", "Quay lại", "bỏ qua", "có mặt", "vắng"),
    *("Cúc A", "An A", "Bình A", "Chi bộ thôn 1", "20/3", "thứ 6 tuần sau 19h30", "31/2", "Một ý kiến riêng."),
)
VISITS, MOVES = 4, 12
"""People who come by in one walk, and about how long each stays."""

_numbers = count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the walks' databases are."""
    return tmp_path_factory.mktemp("walks")


@given(chance=st.randoms(use_true_random=True))
@settings(max_examples=25)
async def test_whatever_happens(province: Province, folder: Path, chance: Random) -> None:
    """After every event: answered in Vietnamese, no incident, no error; the database is sound at the end."""
    with structlog.testing.capture_logs() as logs:
        copy = await Copy.open(province, folder / f"walk-{next(_numbers)}.db")
        try:
            for _ in range(VISITS):
                await _visit(copy, province.actors[chance.choice(WHO)], chance)
            assert copy.incidents() == []
            assert copy.faults() == []
        finally:
            await copy.close()
    assert [entry for entry in logs if entry["log_level"] in ("error", "critical")] == []


async def _visit(copy: Copy, actor: Actor, chance: Random) -> None:
    """Somebody begins with a command that they may use, and goes on as they like."""
    await _says(
        copy, actor, Text("/" + chance.choice([name for name, who in COMMANDS.items() if may(actor, who, None)]))
    )
    for _ in range(chance.randint(1, MOVES)):
        match chance.choices(("press", "words", "bad", "old", "event", "again", "wait"), (55, 20, 7, 6, 5, 4, 3))[0]:
            case "press":
                await _presses_newest(copy, actor, chance)
            case "words":
                await _says(copy, actor, Text(chance.choice(WORDS)))
            case "bad":
                await _says(copy, actor, Text(chance.choice([*NASTY.values(), *ODD_COMMANDS])))
            case "old":
                seen = copy.ever_offered(actor)
                await _says(copy, actor, Pressed(chance.choice(seen) if seen else "nothing", None))
            case "event":
                await _says(copy, actor, chance.choice([*FILES, *EVENTS, ROSTER]))
            case "again":
                await _nothing_twice(copy)
            case _:
                await copy.waits(hours=chance.choice([1, 24, 24 * 9]))


async def _presses_newest(copy: Copy, actor: Actor, chance: Random) -> None:
    """A button of what was asked last leads on; the ways back and out, which stand last, are taken more seldom."""
    offered = copy.offered(actor)
    if offered:
        data = offered[min(chance.randrange(len(offered)), chance.randrange(len(offered)))]
        assert common.not_allowed().text not in await _says(copy, actor, Pressed(data, None)), "offered, then refused"


async def _says(copy: Copy, actor: Actor, payload: Payload) -> list[str]:
    note(f"{actor.key}: {payload!r:.100}")
    said = [message.text for message in await copy.hears(actor.chat, payload)]
    assert said or isinstance(payload, SILENT)
    for words in said:
        assert "số sự cố" not in words
        assert fold(words) != words.strip().lower(), words
    return said


async def _nothing_twice(copy: Copy) -> None:
    """The last event comes once more."""
    before = copy.dump()
    assert await copy.hears_again() == []
    assert changed(before, copy.dump()) == set()
