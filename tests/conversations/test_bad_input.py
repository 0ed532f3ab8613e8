"""Bad input of every kind, at every step of every dialogue: a clear answer, nothing by halves, never an incident."""

from collections.abc import Sequence

import pytest

from bot.chat import FileSent, Message, Payload, Pressed, Text
from bot.domain.ids import UnitId
from bot.domain.member import Status
from bot.domain.words import fold
from handlers.journeys import make_registry
from storage import people
from tests.conversations.bad_input import (
    EVENTS,
    FILES,
    LAST_WORDS,
    NASTY,
    ODD_COMMANDS,
    SILENT,
    TICK,
    WAYS,
    everything,
)
from tests.conversations.rights_table import COMMANDS, JOURNEYS, may
from tests.conversations.two_communes import Actor, Copy, changed

REGISTRY = make_registry()
OWN_WORDS = {"outbox", "dialogues"}


async def answered(copy: Copy, actor: Actor, payload: Payload) -> Sequence[Message]:
    """What is said to it: something, in Vietnamese."""
    said = await copy.hears(actor.chat, payload)
    assert said or isinstance(payload, SILENT), payload
    for message in said:
        assert "số sự cố" not in message.text, payload
        assert fold(message.text) != message.text.strip().lower(), (payload, message)
    return said


async def goes(copy: Copy, actor: Actor, step: object) -> Sequence[Message]:
    """One step of a way."""
    if step is TICK:
        await copy.ticks()
        return []
    if isinstance(step, FileSent):
        return await answered(copy, actor, step)
    assert isinstance(step, str)
    step = step.format_map(copy.province.here)
    return await answered(copy, actor, Pressed(step[1:], None) if step.startswith(">") else Text(step))


# --------------------------------------------------------------------------------- to whom it may concern


@pytest.mark.parametrize(
    "key", ["guest", "second", "linked", "official in", "suspended in", "secretary in", "administrator in"]
)
async def test_to_nobody_in_particular(copy: Copy, key: str) -> None:
    """Everything bad, said while nothing is asked: answered, and not kept."""
    actor = copy.province.actors[key]
    before = copy.dump()
    for payload in everything():
        await answered(copy, actor, payload)
        assert copy.dialogue(actor) is None or key == "second"
    assert changed(before, copy.dump()) <= {"outbox"}
    assert copy.incidents() == []


# --------------------------------------------------------------------------------- at every step


def test_every_step_has_a_way() -> None:
    """A new journey is added to WAYS, with what is answered until each of its steps was asked."""
    missing, gone = set(REGISTRY.journeys) - set(WAYS), set(WAYS) - set(REGISTRY.journeys)
    assert not missing, f"say in WAYS how to reach every step of: {sorted(missing)}"
    assert not gone, f"take out of WAYS: {sorted(gone)}"


@pytest.mark.parametrize("journey", sorted(WAYS))
async def test_at_every_step(copy: Copy, journey: str) -> None:
    """Bad input is answered; what is no answer leaves the draft as it was; nothing but the draft is ever written."""
    seen: set[str] = set()
    opener, opening, _ = JOURNEYS[journey]
    actor = copy.province.actors[opener]
    for way in WAYS[journey]:
        copy.put_back()
        for step in (None, *opening, *way):
            if step is not None:
                await goes(copy, actor, step)
            found = copy.dialogue(actor)
            if found is not None and found[1] == journey and found[2] not in seen:
                seen.add(found[2])
                await _bad_input(copy, actor)
    missing = set(REGISTRY.journeys[journey].steps) - seen
    assert not missing, f"say in WAYS how to reach {sorted(missing)} of {journey}"
    assert copy.incidents() == []


async def _bad_input(copy: Copy, actor: Actor) -> None:
    """All of it, each from where the dialogue stands."""
    kept, before, draft = copy.keep(), copy.dump(), copy.draft(actor)
    found = copy.dialogue(actor)
    assert found is not None
    takes_files = REGISTRY.journeys[found[1]].steps[found[2]].file_limit > 0
    may_change = OWN_WORDS | ({"files", "imports"} if takes_files else set())
    may_change |= {"meeting_replies", "audit"} if found[1:3] in LAST_WORDS else set()
    payloads: list[Payload] = [*map(Text, (*NASTY.values(), *ODD_COMMANDS[:4])), *FILES, *EVENTS]
    for payload in payloads:
        said = await answered(copy, actor, payload)
        # Whatever was asked instead would be answered by what comes next.
        if copy.draft(actor) != draft or any(message.choices for message in said):
            assert changed(before, copy.dump()) <= may_change, payload
            assert copy.faults() == []
            copy.put_back(kept)
    assert changed(before, copy.dump()) <= OWN_WORDS
    copy.put_back(kept)
    kept.close()


# ------------------------------------------------------------------------------------------- dates

NO_DATES = (
    "31/2",
    "30/2/2028",
    "29/2/2027",
    "31/4",
    "31.11.2027",
    "0/5",
    "32/1",
    "1/13",
    "00/00/0000",
    "1/1/99999",
    "1/1/2020",
    "hôm qua",
    "mùng 31 tháng 2",
    "mùng 31 Tết",
    "ngày 99",
    "thứ 9 tuần sau",
    "31/2 19h30",
    "20/3 25h",
    "20/3 19h75",
    "30 tháng 2 lúc 7 giờ tối",
)
NO_TIMES = ("25h", "19h75", "24h30", "99", "7 giờ 61", "nửa đêm hôm kia", "-1h")
DATED = {
    "another deadline": ("review-deadline", ("Chi bộ thôn 1",), NO_DATES),
    "a new meeting": ("meeting", ("1",), NO_DATES),
    "the day of a new meeting": ("meeting", ("1", "19h30"), NO_DATES),
    "the hour of a new meeting": ("meeting", ("1", "20/3"), NO_TIMES),
    "another time of a meeting": ("meeting-change", ("1",), NO_DATES),
}
"""Every question for a date or a time, how to come to it, and what is none."""


@pytest.mark.parametrize("place", sorted(DATED))
async def test_days_and_hours_that_do_not_exist(copy: Copy, place: str) -> None:
    """Each is answered with what is wrong and the same question, and is taken for nothing."""
    journey, steps, wrong = DATED[place]
    actor = copy.province.actors[JOURNEYS[journey].opener]
    for step in (*JOURNEYS[journey].steps, *steps):
        await goes(copy, actor, step)
    draft, before = copy.draft(actor), copy.dump()
    for typed in wrong:
        said = await answered(copy, actor, Text(typed))
        assert len(said) == 1, typed
        assert copy.draft(actor) == draft, (typed, said)
    assert changed(before, copy.dump()) <= {"outbox"}


# ---------------------------------------------------------------------------------------- commands


@pytest.mark.parametrize(
    "typed",
    ["/TOI", "/Toi", "/tôi", "/toi@bon_tot_bot", "/toi@", "/toi gì đó khác", "/toi\nxin chào", "/toi   ", "  /toi"],
)
async def test_commands_however_they_are_written(copy: Copy, typed: str) -> None:
    """In capitals, with diacritics, with the bot's name, with something behind it: the same command."""
    actor = copy.province.actors["secretary in"]
    assert await answered(copy, actor, Text(typed)) == await answered(copy, actor, Text("/toi"))


@pytest.mark.parametrize("typed", ["/khongco", "/", "//", "/@bon_tot_bot", "/1", "/" + "x" * 3000, "/😀", "/\x00"])
async def test_commands_that_do_not_exist(copy: Copy, typed: str) -> None:
    """Three likeliest things to do are offered, each of which the person may do."""
    for key in ("suspended in", "official in", "administrator in"):
        actor = copy.province.actors[key]
        (said,) = await answered(copy, actor, Text(typed))
        assert 1 <= len(said.choices) <= 3
        assert all(COMMANDS[choice.data.removeprefix("run:")] for choice in said.choices)
        assert all(may(actor, COMMANDS[choice.data.removeprefix("run:")], None) for choice in said.choices)


# ---------------------------------------------------------------------------- words that look alike


async def test_to_stop_is_never_to_agree(copy: Copy) -> None:
    """“Dừng” and “Đừng” are not “Đúng”, though without diacritics they are written the same; “dung” may be any."""
    actor = copy.province.actors["secretary in"]
    for step in (*JOURNEYS["meeting"].steps, "1", "20/3 19h30"):
        await goes(copy, actor, step)
    asked = copy.draft(actor)
    for typed in ("dung", "Dung", "đừng", "Dũng"):
        await answered(copy, actor, Text(typed))
        assert copy.draft(actor) == asked, typed
    await answered(copy, actor, Text("Dừng"))
    assert copy.dialogue(actor) is None


@pytest.mark.parametrize("typed", ["Dũng", "dũng", "DŨNG", "Phạm Dũng", "Huy", "huy", "Thới"])
async def test_members_whose_names_are_words_can_be_chosen(copy: Copy, typed: str) -> None:
    """Dũng, Huy and Thới are found in a list by name, and do not stop the dialogue."""
    async with copy.world.app.database.write() as tx:
        for name in ("Phạm Dũng", "Lê Văn Huy", "Trần Thị Thới"):
            person = await people.add_person(tx, full_name=name)
            cell = UnitId(int(copy.province.here["cell"]))
            await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)
    actor = copy.province.actors["secretary in"]
    for step in JOURNEYS["pledge-behalf"].steps:
        await goes(copy, actor, step)
    (said,) = await answered(copy, actor, Text(typed))
    found = copy.dialogue(actor)
    assert found is not None and found[2] == "sure", said
