"""Bad input of every kind, at every step of every dialogue: a clear answer, nothing by halves, never an incident."""

from collections.abc import Sequence

import pytest

from bot.chat import FileSent, Message, Payload, Pressed, Text
from bot.domain.words import fold
from handlers.journeys import make_registry
from tests.conversations.bad_input import (
    COMMANDS,
    EVENTS,
    FILES,
    LAST_WORDS,
    NASTY,
    SILENT,
    TICK,
    WAYS,
    everything,
)
from tests.conversations.rights_table import JOURNEYS
from tests.conversations.two_communes import Actor, Copy, changed

REGISTRY = make_registry()
OWN_WORDS = {"outbox", "dialogues"}


async def answered(copy: Copy, actor: Actor, payload: Payload) -> Sequence[Message]:
    """What is said to it: something, in Vietnamese."""
    said = await copy.hears(actor.chat, payload)
    assert said or isinstance(payload, SILENT), payload
    for message in said:
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
    payloads: list[Payload] = [*map(Text, (*NASTY.values(), *COMMANDS[:4])), *FILES, *EVENTS]
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
