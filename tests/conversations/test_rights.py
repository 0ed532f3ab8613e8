"""Who may do what, over which part of the tree: every command and every button, by everybody.

The tables are in `tests/conversations/rights_table.py`. A command, a button or a dialogue without a row there fails
`test_every_…_has_its_row`, and so does a row of something that is no more.
"""

import pytest

from handlers.journeys import make_registry
from tests.conversations.rights_table import BUTTONS, COMMANDS, JOURNEYS, may, refused
from tests.conversations.two_communes import OTHER_CELL, OTHER_COMMUNE, PATH, Actor, Copy, changed

REGISTRY = make_registry()
OWN_WORDS = {"outbox", "dialogues"}
"""Every answer is a row of the outbox, every question a dialogue; all other tables are consequences."""
ANSWERING = {"comat": {"meeting_replies", "audit"}, "trangweb": {"page_passes"}}
"""Commands that are themselves an answer, or give something."""

# ----------------------------------------------------------------------------------------- the rows


def test_every_command_has_its_row() -> None:
    """A new command is added to COMMANDS with who may use it; the row of one that is gone is taken out."""
    missing, gone = set(REGISTRY.commands) - set(COMMANDS), set(COMMANDS) - set(REGISTRY.commands)
    assert not missing, f"say in COMMANDS who may use: {sorted(missing)}"
    assert not gone, f"take out of COMMANDS: {sorted(gone)}"


def test_every_button_has_its_row() -> None:
    """A new verb is added to BUTTONS with who may press it, over what; the row of one that is gone is taken out."""
    missing, gone = set(REGISTRY.actions) - set(BUTTONS), set(BUTTONS) - set(REGISTRY.actions)
    assert not missing, f"say in BUTTONS who may press, over which unit, with which arguments: {sorted(missing)}"
    assert not gone, f"take out of BUTTONS: {sorted(gone)}"


def test_every_dialogue_has_its_row() -> None:
    """A new journey is added to JOURNEYS with who opens it and how; the row of one that is gone is taken out."""
    missing, gone = set(REGISTRY.journeys) - set(JOURNEYS), set(JOURNEYS) - set(REGISTRY.journeys)
    assert not missing, f"say in JOURNEYS who opens, how, and what they lose the right with: {sorted(missing)}"
    assert not gone, f"take out of JOURNEYS: {sorted(gone)}"


# ------------------------------------------------------------------------------ everybody, everything


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_a_command_is_for_those_in_its_row(copy: Copy, name: str) -> None:
    """The others are refused and nothing changes; a command alone changes nothing but what is asked."""
    before = copy.dump()
    for actor in copy.province.actors.values():
        said = await copy.says(actor, f"/{name}")
        assert said, actor.key
        assert refused(said) is not may(actor, COMMANDS[name], None), (actor.key, said)
        if refused(said):
            assert copy.dialogue(actor) is None or actor.key == "second"
    assert changed(before, copy.dump()) - OWN_WORDS == ANSWERING.get(name, set())


async def test_a_button_that_runs_a_command_is_worth_no_more_than_the_command(copy: Copy) -> None:
    """`run:` asks for the right of the command itself."""
    for name, who in COMMANDS.items():
        for key in ("secretary in", "committee_officer in", "official in", "exempt in", "guest"):
            actor = copy.province.actors[key]
            said = await copy.presses(actor, f"run:{name}")
            assert refused(said) is not may(actor, who, None), (name, key, said)


@pytest.mark.parametrize("verb", sorted(BUTTONS))
async def test_a_button_is_for_those_in_its_row(copy: Copy, verb: str) -> None:
    """The others are refused, and nothing at all changes; those who may change exactly what the row says."""
    row = BUTTONS[verb]
    data = f"{verb}:{row.press.format_map(copy.province.here)}"
    actors = copy.province.actors.values()
    before = copy.dump()
    await _all_refused(copy, [actor for actor in actors if not may(actor, row.who, row.over)], data)
    for actor in actors:
        if may(actor, row.who, row.over):
            copy.put_back()
            said = await copy.presses(actor, data)
            assert said and not refused(said), (actor.key, said)
            # What "an" has done already is not done twice.
            if not (actor.key == "an" and verb == "snooze"):
                assert changed(before, copy.dump()) - OWN_WORDS == set(row.writes.split()), actor.key


@pytest.mark.parametrize("verb", sorted(verb for verb, row in BUTTONS.items() if row.over is not None))
async def test_what_is_elsewhere_is_out_of_reach(copy: Copy, verb: str) -> None:
    """Who may here may not there; one foreign argument among one's own is enough to be refused."""
    row = BUTTONS[verb]
    names = [part.strip("{}") for part in row.press.split(":") if part.startswith("{")]
    bound = [actor for actor in copy.province.actors.values() if may(actor, row.who, row.over) and _is_bound(actor)]
    assert bound
    for name in names:
        mixed = {**copy.province.here, name: copy.province.elsewhere[name]}
        await _all_refused(copy, bound, f"{verb}:{row.press.format_map(mixed)}")
    await _all_refused(copy, bound, f"{verb}:{row.press.format_map(copy.province.elsewhere)}")


def _is_bound(actor: Actor) -> bool:
    """Whether nothing of the actor's reaches into the other commune."""
    return actor.over not in PATH[OTHER_CELL] and actor.cell not in (OTHER_CELL, OTHER_COMMUNE)


async def _all_refused(copy: Copy, actors: list[Actor], data: str) -> None:
    """Each is refused with one message, and there is no other trace of it."""
    before = copy.dump()
    for actor in actors:
        said = await copy.presses(actor, data)
        assert refused(said), (actor.key, data, said)
    after = copy.dump()
    assert changed(before, after) <= {"outbox"}, "refused, and yet something changed"
    assert len(after["outbox"]) - len(before["outbox"]) == len(actors), "refused, and yet others were told"
