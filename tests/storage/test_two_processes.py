"""Two processes on one database: what reaches both at once acts once, and one person's draft stays whole.

Each process is the real wiring, with connections of its own.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Select, func, select

from bot.chat import Address, Choice, Incoming, Payload, Pressed, Text, decode_message
from bot.domain.rounds import RoundKind
from bot.texts import common
from bot.texts import pledge as texts
from storage import addresses, dialogues, events, outbox, rounds, schema
from storage.database import Database
from tests.world import ACCOUNT, Voice, World

AN = "Nguyễn Thị An"
HERE = Address(ACCOUNT, "somewhere")


@pytest.fixture
async def processes(database: Database, database_url: str) -> AsyncIterator[tuple[World, World]]:
    """Two processes; the first has An, who is asked for a pledge."""
    assert await count(database, select(schema.events)) == 0
    one, other = await World.open(database_url), await World.open(database_url)
    await one.member(AN)
    async with one.app.database.write() as tx:
        await rounds.open_round(
            tx,
            kind=RoundKind.PLEDGE,
            unit=one.units["Đảng ủy xã Mẫu"],
            period="2027",
            opened_at=tx.now,
            due_at=tx.now + timedelta(days=80),
            next_due_at=None,
            next_step=None,
        )
    yield one, other
    await one.close()
    await other.close()


async def at_once(processes: tuple[World, World], *events: tuple[str, Payload]) -> None:
    """The first process gets the first event of An's, and at the same moment the other one gets the last."""
    an = processes[0].voices[AN]
    address = Address(ACCOUNT, an.chat)
    await asyncio.gather(
        *[
            world.app.router.handle(Incoming(address=address, event_id=name, payload=payload))
            for world, (name, payload) in zip(processes, (events[0], events[-1]), strict=True)
        ]
    )


async def said_to(an: Voice, world: World) -> list[str]:
    """What the two processes have put into the outbox for An, in order."""
    rows = select(schema.outbox.c.body).where(schema.outbox.c.chat == an.chat).order_by(schema.outbox.c.id)
    async with world.app.database.read() as tx:
        return [decode_message(row.body).plain for row in await tx.all(rows)]


async def asked_now(an: Voice, world: World) -> tuple[Choice, ...]:
    """The choices of the newest question, once both processes' words were said."""
    await world.app.sender.drain()
    async with world.app.database.read() as tx:
        return await outbox.newest_choices(tx, Address(ACCOUNT, an.chat))


async def count(database: Database, statement: Select[Any]) -> int:
    """How many rows it finds."""
    async with database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(statement.subquery())))


async def test_an_event_that_reaches_two_processes_acts_once(processes: tuple[World, World]) -> None:
    """Of every event there is one row and one answer, whichever process was first."""
    one, _ = processes
    for number in range(20):
        event = (f"e{number}", Text("/trogiup"))
        await at_once(processes, event)
    assert await count(one.app.database, select(schema.events)) == 20
    assert len(await said_to(one.voices[AN], one)) == 20


async def test_two_transactions_that_see_the_same_event_agree(database: Database) -> None:
    """Only one of two transactions at once is told that the event is new; after a rollback the next one is."""
    told: list[bool] = []

    async def sees(*, fails: bool = False) -> None:
        async with database.write() as tx:
            told.append(await events.see(tx, account="a", event_id="1"))
            if fails:
                raise ValueError

    with pytest.raises(ValueError):
        await sees(fails=True)
    await asyncio.gather(*[sees() for _ in range(8)])
    assert told[0] and sorted(told[1:]) == [False] * 7 + [True]


async def test_one_person_presses_twice_and_each_process_gets_a_press(processes: tuple[World, World]) -> None:
    """Of two presses on one screen one goes on, and the other is told so; nothing of the draft is lost."""
    one, other = processes
    an = one.voices[AN]
    await an.says("/camket")
    for screen in range(1, 6):
        on = next(choice for choice in await asked_now(an, one) if choice.label == texts.ON)
        before = len(await said_to(an, one))
        await at_once(processes, (f"a{screen}", Pressed(on.data)), (f"b{screen}", Pressed(on.data)))
        told = (await said_to(an, one))[before:]
        assert [common.answered_already() in text for text in told] == [False, True]
    async with other.app.database.read() as tx:
        draft = await dialogues.open_dialogue(tx, Address(ACCOUNT, an.chat))
    assert draft is not None and draft.step == "own"
    assert [place for place, _ in draft.answers["_trail"]] == ["text"] * 5


async def test_two_processes_begin_one_dialogue(processes: tuple[World, World]) -> None:
    """A command that reaches both as two events opens one dialogue, and the second is asked whether to go on."""
    one, _ = processes
    an = one.voices[AN]
    await at_once(processes, ("a", Text("/camket")), ("b", Text("/camket")))
    first, second = await said_to(an, one)
    assert first.startswith(texts.part_title(one.app.house.content.pledge, 1))
    assert second == common.unfinished(texts.TITLE, go_on="x", start_again="y").plain
    assert await count(one.app.database, select(schema.dialogues)) == 1


async def test_two_presses_of_the_last_button_sign_once(processes: tuple[World, World]) -> None:
    """There is one pledge and one code, and both presses are answered with it."""
    one, _ = processes
    an = one.voices[AN]
    await an.says("/camket")
    for label in [texts.ON] * 5 + [texts.ADD_NOT]:
        await an.presses(label)
    sign = next(choice for choice in await asked_now(an, one) if choice.label == texts.SIGN)
    await at_once(processes, ("a", Pressed(sign.data)), ("b", Pressed(sign.data)))
    assert await count(one.app.database, select(schema.pledges)) == 1
    assert await count(one.app.database, select(schema.receipts)) == 1
    *_, first, second = await said_to(an, one)
    assert second == first.replace(
        "Cảm ơn đồng chí. Hệ thống đã ghi nhận cam kết năm 2027 của đồng chí.",
        "Đồng chí đã ký cam kết năm 2027 từ trước; không cần ký lại.",
    )


async def began(database: Database) -> None:
    """A dialogue is open here, as yet without answers."""
    async with database.write() as tx:
        await dialogues.begin(
            tx,
            HERE,
            person=None,
            journey="any",
            subject="",
            step="first",
            answers={},
            version="",
            keep=timedelta(days=1),
        )


async def test_who_speaks_next_waits_for_the_one_before(database: Database) -> None:
    """While one transaction handles an address, another one that handles it waits, and then sees what was saved."""
    order: list[str] = []

    async def handles(name: str, until: asyncio.Event) -> None:
        async with database.write() as tx:
            await dialogues.take_turn(tx, HERE)
            order.append(f"{name} begins")
            found = await dialogues.open_dialogue(tx, HERE)
            assert found is not None
            answers = {**found.answers, name: len(found.answers)}
            await until.wait()
            await dialogues.save(tx, structs.replace(found, answers=answers), keep=timedelta(days=1))
            order.append(f"{name} ends")

    await began(database)
    late, soon = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(handles("an", late))
    while not order and not first.done():
        await asyncio.sleep(0.01)
    soon.set()
    second = asyncio.create_task(handles("binh", soon))
    await asyncio.wait({second}, timeout=0.3)
    late.set()
    await asyncio.gather(first, second)
    assert order == ["an begins", "an ends", "binh begins", "binh ends"]
    async with database.read() as tx:
        draft = await dialogues.open_dialogue(tx, HERE)
    assert draft is not None and draft.answers == {"an": 0, "binh": 1}


async def at_two_addresses(
    processes: tuple[World, World], tablet: Address, here: Payload, there: Payload, *, name: str
) -> None:
    """The first process gets something from An's telephone, and at the same moment the other one from the tablet."""
    phone = processes[0].voices[AN].address
    await asyncio.gather(
        processes[0].app.router.handle(Incoming(address=phone, event_id=f"{name}-here", payload=here)),
        processes[1].app.router.handle(Incoming(address=tablet, event_id=f"{name}-there", payload=there)),
    )


async def a_tablet(world: World) -> Address:
    """Another address of An's."""
    tablet, an = Address(ACCOUNT, "tablet"), world.voices[AN].person_id
    assert an is not None
    async with world.app.database.write() as tx:
        await addresses.link(tx, person=an, address=tablet)
    return tablet


async def test_two_addresses_begin_one_draft(processes: tuple[World, World]) -> None:
    """Whichever was second is told that there is a draft, at the other address."""
    one, _ = processes
    tablet = await a_tablet(one)
    await at_two_addresses(processes, tablet, Text("/camket"), Text("/camket"), name="begin")
    assert await count(one.app.database, select(schema.dialogues)) == 1


async def test_a_draft_that_is_answered_while_it_moves_keeps_the_answer_or_says_where_it_is(
    processes: tuple[World, World],
) -> None:
    """Answered at one address and taken to another at once: the answer counts, or is told where to be given."""
    one, _ = processes
    an, tablet = one.voices[AN], await a_tablet(one)
    await an.says("/camket")
    async with one.app.database.read() as tx:
        draft = await dialogues.open_dialogue(tx, an.address)
    assert draft is not None
    on = next(choice for choice in await asked_now(an, one) if choice.label == texts.ON)
    await at_two_addresses(processes, tablet, Pressed(on.data), Pressed(f"d-resume:{draft.id}"), name="move")
    async with one.app.database.read() as tx:
        assert await dialogues.open_dialogue(tx, an.address) is None
        moved = await dialogues.open_dialogue(tx, tablet)
    assert moved is not None and moved.id == draft.id
    told = (await said_to(an, one))[-1]
    assert (moved.answers["at"] == 2) is not ("ở nơi khác" in told)
