"""Old buttons: of an earlier screen, of a dialogue put aside, of one that has ended. A true answer, and nothing twice."""

import pytest

from bot.chat import Pressed
from tests.conversations.bad_input import WAYS
from tests.conversations.rights_table import JOURNEYS
from tests.conversations.test_bad_input import OWN_WORDS, answered, goes
from tests.conversations.two_communes import Copy, changed

LASTING = [(journey, place) for journey, ways in sorted(WAYS.items()) for place in range(len(ways))]


@pytest.mark.parametrize(("journey", "place"), LASTING)
async def test_a_button_of_an_earlier_screen_moves_nothing(copy: Copy, journey: str, place: int) -> None:
    """At every step of every dialogue a button of each earlier screen is answered, and the question stays as it is."""
    actor = copy.province.actors[JOURNEYS[journey].opener]
    earlier: dict[str, str] = {}
    for step in (*JOURNEYS[journey].steps, *WAYS[journey][place]):
        await goes(copy, actor, step)
        found = copy.dialogue(actor)
        if found is None or found[1] != journey:
            continue
        here = f"d:{found[0]}:{found[2]}:{found[3]}"
        draft, before = copy.draft(actor), copy.dump()
        for screen, data in earlier.items():
            if screen != here:
                await answered(copy, actor, Pressed(data, None))
                assert copy.dialogue(actor) == found, data
        assert changed(before, copy.dump()) <= {"outbox"} and copy.draft(actor) == draft
        asked = [data for data in copy.offered(actor) if data.startswith(here) and not data.endswith((":x", ":<"))]
        if asked:
            earlier[here] = asked[0]


@pytest.mark.parametrize(("journey", "place"), LASTING)
async def test_a_dialogue_ends_once(copy: Copy, journey: str, place: int) -> None:
    """However it ends, by whichever button of its last question: pressing all of its buttons again does nothing more."""
    actor = copy.province.actors[JOURNEYS[journey].opener]
    seen: dict[str, None] = {}
    for step in (*JOURNEYS[journey].steps, *WAYS[journey][place]):
        await goes(copy, actor, step)
        seen |= dict.fromkeys(data for data in copy.offered(actor) if data.startswith("d:"))
    found, kept = copy.dialogue(actor), copy.keep()
    assert found is not None
    for last in [data for data in copy.offered(actor) if not data.endswith((":x", ":<"))]:
        copy.put_back(kept)
        await answered(copy, actor, Pressed(last, None))
        if not _has_ended(copy, found[0]):
            continue
        before = copy.dump()
        for data in seen:
            await answered(copy, actor, Pressed(data, None))
        assert changed(before, copy.dump()) <= OWN_WORDS, last
    assert copy.faults() == []


def _has_ended(copy: Copy, dialogue: int) -> bool:
    return dialogue not in copy.unfinished()


async def test_the_stop_of_a_dialogue_put_aside_while_another_is_open(copy: Copy) -> None:
    """Its draft stays, the other is put aside as well, and both can be gone on with."""
    actor = copy.province.actors["secretary in"]
    await goes(copy, actor, "/camket")
    first = copy.dialogue(actor)
    await goes(copy, actor, "/baocao")
    assert first is not None
    await answered(copy, actor, Pressed(f"d:{first[0]}:{first[2]}:{first[3]}:x", None))
    assert copy.dialogue(actor) is None
    assert len(copy.unfinished()) >= 2
    await answered(copy, actor, Pressed(f"d-resume:{first[0]}", None))
    assert copy.dialogue(actor) == first
