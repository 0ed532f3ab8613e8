"""Rights inside dialogues: asked at every answer, worth nothing to anybody else, and nothing is gained by forging.

The ways in are JOURNEYS of `tests/conversations/rights_table.py`.
"""

from collections.abc import Sequence

import pytest
from sqlalchemy import insert, update

from bot.chat import Choice, Message
from bot.domain.member import Status
from bot.domain.rights import Role
from bot.texts import common
from handlers.journeys import make_registry
from storage.organisation import today
from storage.schema import memberships, roles, unit_versions
from tests.conversations.rights_table import BUTTONS, COMMANDS, JOURNEYS, may, refused
from tests.conversations.two_communes import (
    OFFICERS,
    OTHER_CELL,
    OTHER_COMMUNE,
    Actor,
    Copy,
    changed,
)

OWN_WORDS = {"outbox", "dialogues"}
REGISTRY = make_registry()
PEER = {
    "guest": "second",
    "second": "guest",
    "linked": "official in",
    "official in": "probationary in",
    "secretary in": "deputy_secretary in",
    "committee_officer in": "administrator in",
}
"""Somebody who could have opened the same dialogue."""
OVER_ANYTHING = ("pledge-cells", "report-cells", "invite-where")
"""It is enough to hold the role over anything: what is chosen is checked when it is chosen."""


async def opens(copy: Copy, journey: str) -> tuple[Actor, Sequence[Choice]]:
    """Whoever opens the journey, and the choices of what it asks."""
    way = JOURNEYS[journey]
    actor = copy.province.actors[way.opener]
    said: Sequence[Message] = []
    for step in way.steps:
        step = step.format_map(copy.province.here)
        said = await (copy.presses(actor, step[1:]) if step.startswith(">") else copy.says(actor, step))
    found = copy.dialogue(actor)
    assert found is not None and found[1] == journey, (journey, said)
    if not said:
        dialogue, _, step, at = found
        return actor, [Choice(common.STOP, f"d:{dialogue}:{step}:{at}:x")]
    return actor, said[-1].choices


# ------------------------------------------------------------------------------------ a right is lost


async def _ends(copy: Copy, actor: Actor, what: str) -> None:
    """The role, or the membership, does not hold any more."""
    table = roles if what == "role" else memberships
    async with copy.world.app.database.write() as tx:
        await tx.run(update(table).where(table.c.person_id == actor.person).values(valid_to=today(tx)))


async def _moves(copy: Copy, actor: Actor, what: str) -> None:
    """The same role, or membership, somewhere else."""
    await _ends(copy, actor, what)
    there = OTHER_COMMUNE if actor.role in OFFICERS else OTHER_CELL
    async with copy.world.app.database.write() as tx:
        unit = copy.province.elsewhere["commune" if there == OTHER_COMMUNE else "cell"]
        held = {"person_id": actor.person, "unit_id": unit, "valid_from": today(tx)}
        if what == "role":
            assert actor.role is not None
            await tx.run(insert(roles).values(role=actor.role.value, **held))
        else:
            await tx.run(insert(memberships).values(status=Status.OFFICIAL.value, **held))


async def _is_unlinked(copy: Copy, actor: Actor, _what: str) -> None:
    """Somebody above takes the account back."""
    above = copy.province.actors[f"{Role.ADMINISTRATOR.value} above"]
    if actor.key == "linked":
        # Nobody answers for who belongs nowhere; they leave by themselves, at another dialogue of the same kind.
        await _leaves(copy, actor)
        return
    assert not refused(await copy.presses(above, f"link-undo-yes:{actor.link}"))


async def _leaves(copy: Copy, actor: Actor) -> None:
    choices = (await copy.says(actor, "/rutlui"))[-1].choices
    await copy.presses(actor, choices[0].data)


LOSSES = {"ended": _ends, "moved": _moves, "unlinked": _is_unlinked}


LOSING = [
    (journey, loss)
    for journey, way in sorted(JOURNEYS.items())
    for loss in LOSSES
    if way.loses in ("role", "membership") or (way.loses == "link" and loss == "unlinked")
]


@pytest.mark.parametrize(("journey", "loss"), LOSING)
async def test_who_lost_the_right_is_refused_at_the_next_answer(copy: Copy, journey: str, loss: str) -> None:
    """However they answer: by a button, by a number, in words; nothing changes but that the dialogue is over."""
    only_choosing = journey in OVER_ANYTHING and loss == "moved"
    for how in ("1",) if only_choosing else ("press", "1", "Một nội dung"):
        copy.put_back()
        actor, choices = await opens(copy, journey)
        await LOSSES[loss](copy, actor, JOURNEYS[journey].loses)
        before = copy.dump()
        said = await (copy.presses(actor, choices[0].data) if how == "press" else copy.says(actor, how))
        assert len(said) == 1
        assert loss == "unlinked" or refused(said), (how, said)
        assert copy.dialogue(actor) is None, "it must not wait for answers any more"
        assert changed(before, copy.dump()) <= OWN_WORDS


async def test_a_draft_whose_right_was_lost_does_not_come_back(copy: Copy) -> None:
    """Put aside and taken up again, or begun anew: refused, and /toi does not name it any more."""
    for verb in ("d-resume", "d-restart"):
        copy.put_back()
        actor, _ = await opens(copy, "pledge-behalf")
        found = copy.dialogue(actor)
        assert found is not None
        await copy.says(actor, "dừng lại")
        await _ends(copy, actor, "role")
        assert refused(await copy.presses(actor, f"{verb}:{found[0]}"))
        (mine,) = await copy.says(actor, "/toi")
        assert "làm dở" not in mine.text


# ------------------------------------------------------------------------------------ a list grew old

LISTING = {
    "pledge-behalf": "Cúc A",
    "pledge-paper": "An A",
    "report-who": "Cúc A",
    "report-read": "An A",
    "meeting-behalf": "Cúc A",
    "review-tick": "Cúc A",
    "review-untick": "An A",
    "invite": "Cúc A",
}
"""Dialogues that list people of a cell, and whom each of them lists."""


@pytest.mark.parametrize("journey", sorted(LISTING))
async def test_whoever_left_the_cell_is_not_acted_upon_from_an_old_list(copy: Copy, journey: str) -> None:
    """The list was shown before they moved to a cell elsewhere: choosing them, and going on, changes nothing."""
    name = LISTING[journey]
    moved = copy.province.here["an" if name == "An A" else "cuc"]
    actor, choices = await opens(copy, journey)
    if journey == "invite":
        await copy.presses(actor, next(choice.data for choice in choices if choice.data.endswith(":one")))
    async with copy.world.app.database.write() as tx:
        mine = memberships.c.person_id == moved
        await tx.run(update(memberships).where(mine).values(unit_id=copy.province.elsewhere["cell"]))
    before = copy.dump()
    said = await copy.says(actor, name)
    assert said and OTHER_CELL not in said[-1].text
    found = copy.dialogue(actor)
    assert found is None or found[1] == journey, "what follows is about somebody who is out of reach"
    for choice in said[-1].choices:
        await copy.presses(actor, choice.data)
    assert changed(before, copy.dump()) <= OWN_WORDS


@pytest.mark.parametrize("answers", [("Chi bộ thôn 1",), ("Chi bộ thôn 1", "20/3", "Đúng")])
async def test_a_cell_that_went_to_another_committee_keeps_its_deadline(copy: Copy, answers: tuple[str, ...]) -> None:
    """An officer who has begun to put its review off is refused, however far they had come."""
    actor, _ = await opens(copy, "review-deadline")
    for answer in answers[:-1]:
        await copy.says(actor, answer)
    async with copy.world.app.database.write() as tx:
        here = unit_versions.c.unit_id == copy.province.here["cell"]
        await tx.run(update(unit_versions).where(here).values(parent_id=copy.province.elsewhere["commune"]))
    before = copy.dump()
    assert refused(await copy.says(actor, answers[-1]))
    assert changed(before, copy.dump()) <= OWN_WORDS
    assert copy.dialogue(actor) is None


# ----------------------------------------------------------------------------- somebody else's dialogue


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
async def test_a_dialogue_is_of_one_address_alone(copy: Copy, journey: str) -> None:
    """Somebody with the same right, who learnt its number, can neither answer, nor stop, nor take it over."""
    actor, choices = await opens(copy, journey)
    found = copy.dialogue(actor)
    assert found is not None
    peer = copy.province.actors[PEER[actor.key]]
    own = f"d:{found[0]}:{found[2]}:{found[3]}"
    tries = [choice.data for choice in choices] + [
        f"{own}:x",
        f"{own}:<",
        f"d-resume:{found[0]}",
        f"d-restart:{found[0]}",
    ]
    before = copy.dump()
    for data in tries:
        assert refused(await copy.presses(peer, data)), data
    assert changed(before, copy.dump()) <= {"outbox"}


# --------------------------------------------------------------------------------------------- forged

NUMBERS = ("", "-1", "0", "1e3", "١٢", "९", "²", "0x10", "1.0", " 1", "999999999", "9" * 15, "9" * 40)
WORDS = ("ă", "̃", "\x00", "\u202e1", "😀", "x" * 4000, "1;DROP TABLE people", "null", "../..", "%00", "{cell}")


def forgeries(verb: str, press: str, things: dict[str, int | str]) -> Sequence[str]:
    """The button with arguments that are missing, too many, out of range, no numbers, or of another kind."""
    right = press.format_map(things).split(":")
    bad: list[list[str]] = [[], [""], [*right, "1"], [*right, *right], right[:-1], ["-"] * 40]
    for place in range(len(right)):
        values = (*NUMBERS, *WORDS, *(str(thing) for thing in things.values()))
        bad += [[*right[:place], value, *right[place + 1 :]] for value in values]
    return list(dict.fromkeys(":".join([verb, *args]) for args in bad))


@pytest.mark.parametrize("verb", sorted(BUTTONS))
async def test_forged_arguments_get_a_clear_answer(copy: Copy, verb: str) -> None:
    """Whatever stands behind the verb: one answer at least, in words, and never an incident."""
    row = BUTTONS[verb]
    actor = next(one for one in copy.province.actors.values() if may(one, row.who, row.over))
    for data in forgeries(verb, row.press, dict(copy.province.here)):
        said = await copy.presses(actor, data)
        assert said and all(one.text.strip() for one in said), data
    assert copy.incidents() == []


async def test_forged_verbs_get_a_clear_answer(copy: Copy) -> None:
    """What is no verb, and the engine's own verbs with anything behind them."""
    actor = copy.province.actors["secretary in"]
    heads = ("d", "d-resume", "d-restart", "run", "", ":", "nothing", "D", "run ", "đ", "\x00", "\ud800")
    for head in heads:
        for tail in (
            [],
            *([value] for value in (*NUMBERS, *WORDS)),
            ["1", "who", "0", "x"],
            ["1", "", "", ""],
            ["0"] * 9,
        ):
            data = ":".join([head, *tail])
            for one in (actor, copy.province.actors["guest"]):
                said = await copy.presses(one, data)
                assert said and all(part.text.strip() for part in said), (one.key, data)
    assert copy.incidents() == []


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
async def test_forged_picks_of_ones_own_dialogue(copy: Copy, journey: str) -> None:
    """A value, a step or a screen that nobody offered: the question is asked again, nothing is taken."""
    actor, _ = await opens(copy, journey)
    found = copy.dialogue(actor)
    assert found is not None
    number, _, step, at = found
    before = copy.dump()
    tails = [f"{step}:{at}:{value}" for value in ("", "nobody", "0", "send", "sign", "yes", "all", "-", "ă", "9" * 50)]
    tails += [f"{other}:{at}:x1" for other in ("", "nowhere", "summary", "confirm", "sure", "\x00")]
    tails += [f"{step}:{other}:x1" for other in ("", "-1", "1", "99999", "ă", "9" * 50)]
    tails += ["", step, f"{step}:{at}", f"{step}:{at}:x:y", ":::::"]
    offered = {pick.data for message in await copy.presses(actor, f"d-resume:{number}") for pick in message.choices}
    for tail in tails:
        data = f"d:{number}:{tail}"
        if data in offered:
            continue
        said = await copy.presses(actor, data)
        assert said and all(one.text.strip() for one in said), data
        assert copy.dialogue(actor) == found, data
    assert changed(before, copy.dump()) <= OWN_WORDS
    assert copy.incidents() == []


# ------------------------------------------------------------------------------------- what is offered


@pytest.mark.parametrize(
    "key", sorted(["secretary in", "secretary above", "deputy_secretary in", "official in", "guest"])
)
async def test_nobody_is_offered_what_they_may_not_do(copy: Copy, key: str) -> None:
    """Every button that a command shows leads on, for who is shown it."""
    actor = copy.province.actors[key]
    for name, who in COMMANDS.items():
        if not may(actor, who, None):
            continue
        copy.put_back()
        offered = [choice for message in await copy.says(actor, f"/{name}") for choice in message.choices]
        for place, choice in enumerate(offered):
            copy.put_back()
            again = [choice for message in await copy.says(actor, f"/{name}") for choice in message.choices]
            said = await copy.presses(actor, again[place].data)
            assert said and not refused(said), (name, choice.label)
