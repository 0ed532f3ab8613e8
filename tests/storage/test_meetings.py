"""Meetings, on both databases: versions, the answers that count, who has heard, and two who act at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.chat import Address, Message, OutboxState, Outcome
from bot.clock import MovableClock
from bot.domain.ids import MeetingId, PersonId, UnitId
from bot.domain.meeting import Answer, MeetingKind, Plan
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.reminder import Planned
from storage import addresses, meeting_replies, meetings, organisation, outbox, people
from storage.database import Database, Tx
from storage.meetings import Meeting
from tests.storage.letters import claim_in, settle_in

HERE = Address("test", "secretary")


async def a_cell(tx: Tx, name: str = "Chi bộ thôn 1") -> UnitId:
    """A cell below a committee."""
    top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    return await organisation.add_unit(tx, name=name, kind=UnitKind.CELL, parent=top, cell_kind=CellKind.VILLAGE)


async def somebody(tx: Tx, name: str = "Lê Văn Bí") -> PersonId:
    """A person."""
    return await people.add_person(tx, full_name=name)


def plan(tx: Tx, *, days: float = 7, place: str = "Nhà văn hóa") -> Plan:
    """A meeting so many days from now."""
    return Plan(kind=MeetingKind.REGULAR, starts_at=tx.now + timedelta(days=days), place=place, agenda="Thời sự")


async def add(
    tx: Tx, cell: UnitId, by: PersonId, *, key: str = "a", days: float = 7, reminder: Planned | None = None
) -> Meeting:
    """A meeting of the cell."""
    found, _ = await meetings.add_meeting(
        tx, key=key, unit=cell, plan=plan(tx, days=days), sent_by=by, follow=HERE, reminder=reminder
    )
    return found


async def change(tx: Tx, found: Meeting, *, asks_again: bool, place: str = "Trường") -> Meeting | None:
    """The meeting in another place."""
    return await meetings.change_meeting(
        tx,
        found,
        plan=replace(found.plan, place=place),
        asks_again=asks_again,
        sent_by=found.sent_by,
        follow=found.follow,
        reminder=None,
    )


async def test_a_confirmation_counts_once(database: Database) -> None:
    """The second with the same key gives the first meeting, and says that it is not new."""
    async with database.write() as tx:
        cell, by = await a_cell(tx), await somebody(tx)
        first, new = await meetings.add_meeting(
            tx, key="a", unit=cell, plan=plan(tx), sent_by=by, follow=HERE, reminder=None
        )
        again, new_again = await meetings.add_meeting(
            tx, key="a", unit=cell, plan=plan(tx, place="Trường"), sent_by=by, follow=HERE, reminder=None
        )
        assert (new, new_again) == (True, False)
        assert again == first
        assert await meetings.meeting_by_id(tx, first.id) == first
        assert await meetings.meeting_by_id(tx, MeetingId(999)) is None


async def test_two_confirmations_at_once(database: Database) -> None:
    """Two transactions that confirm under one key make one meeting."""
    async with database.write() as tx:
        cell, by = await a_cell(tx), await somebody(tx)

    async def confirm() -> bool:
        async with database.write() as tx:
            _, new = await meetings.add_meeting(
                tx, key="a", unit=cell, plan=plan(tx), sent_by=by, follow=HERE, reminder=None
            )
            return new

    assert sorted(await asyncio.gather(confirm(), confirm(), confirm())) == [False, False, True]


async def test_two_who_lead_see_each_other(database: Database) -> None:
    """Behind the lock of the cell, the second sees the meeting of the first."""
    async with database.write() as tx:
        cell, by = await a_cell(tx), await somebody(tx)

    async def call(key: str) -> int:
        async with database.write() as tx:
            await meetings.lock_cell(tx, cell)
            day = plan(tx).starts_at
            seen = await meetings.meetings_between(tx, cell, day, day + timedelta(days=1))
            await asyncio.sleep(0.01)
            await add(tx, cell, by, key=key)
            return len(seen)

    assert sorted(await asyncio.gather(call("a"), call("b"), call("c"))) == [0, 1, 2]


async def test_versions_are_kept(database: Database) -> None:
    """A change overwrites the meeting and keeps what each notice said."""
    async with database.write() as tx:
        first = await add(tx, await a_cell(tx), await somebody(tx))
        second = await change(tx, first, asks_again=False)
        assert second is not None
        assert (second.version, second.asked_version, second.plan.place) == (2, 1, "Trường")
        assert await meetings.plans_of(tx, second) == {1: first.plan, 2: second.plan}
        third = await change(tx, second, asks_again=True, place="Chùa")
        assert third is not None and (third.version, third.asked_version) == (3, 3)
        assert [first.batch, third.batch] == [f"meeting:{first.id}:v1", f"meeting:{first.id}:v3"]


async def test_of_two_changes_at_once_one_holds(database: Database) -> None:
    """The slower of two that began from the same notice changes nothing."""
    async with database.write() as tx:
        found = await add(tx, await a_cell(tx), await somebody(tx))

    async def alter(place: str) -> bool:
        async with database.write() as tx:
            return await change(tx, found, asks_again=False, place=place) is not None

    assert sorted(await asyncio.gather(alter("Trường"), alter("Chùa"))) == [False, True]


async def test_a_cancelled_meeting_is_not_held(database: Database, clock: MovableClock) -> None:
    """It comes no more, speaks no more, is changed no more, and is cancelled once; a started one is not cancelled."""
    async with database.write() as tx:
        cell, by = await a_cell(tx), await somebody(tx)
        found = await add(tx, cell, by, reminder=Planned("T-3", tx.now))
        other = await add(tx, cell, by, key="b", days=1)
        assert await meetings.cancel_meeting(tx, found.id)
        assert not await meetings.cancel_meeting(tx, found.id)
        assert await meetings.due_meetings(tx) == []
        assert [one.id for one in await meetings.coming_meetings(tx, [cell])] == [other.id]
        assert await change(tx, found, asks_again=False) is None
        cancelled = await meetings.meeting_by_id(tx, found.id)
        assert cancelled is not None and cancelled.cancelled_at == tx.now
    clock.move_to(clock.now() + timedelta(days=1))
    async with database.write() as tx:
        assert not await meetings.cancel_meeting(tx, other.id)
        assert await meetings.coming_meetings(tx, [cell]) == []


async def test_what_is_coming(database: Database) -> None:
    """The meetings of several cells, soonest first; none for no cells; the last place of each."""
    async with database.write() as tx:
        one, by = await a_cell(tx), await somebody(tx)
        two = await a_cell(tx, "Chi bộ thôn 2")
        assert await meetings.last_place(tx, one) == ""
        late = await add(tx, one, by, days=9)
        soon = await add(tx, two, by, key="b", days=2)
        assert [found.id for found in await meetings.coming_meetings(tx, [one, two])] == [soon.id, late.id]
        assert await meetings.coming_meetings(tx, []) == []
        assert await meetings.last_place(tx, one) == "Nhà văn hóa"
        assert await meetings.meetings_between(tx, one, tx.now, tx.now + timedelta(days=9)) == []


async def test_the_newest_answer_to_the_time_that_holds_counts(database: Database) -> None:
    """Of several answers the newest; after a change of time none of before; they stay in the table."""
    async with database.write() as tx:
        an, ba = await somebody(tx, "Nguyễn Thị An"), await somebody(tx, "Trần Văn Ba")
        found = await add(tx, await a_cell(tx), an)
        for person, answer, reason in ((an, Answer.PRESENT, ""), (ba, Answer.PRESENT, ""), (an, Answer.EXCUSED, "Ốm")):
            await meeting_replies.add_reply(tx, found, person=person, answer=answer, reason=reason, recorded_by=an)
        mine = await meeting_replies.reply_of(tx, found, an)
        assert mine is not None and (mine.answer, mine.reason, mine.on_behalf) == (Answer.EXCUSED, "Ốm", False)
        replies = await meeting_replies.replies_to(tx, found)
        assert {person: (one.answer, one.on_behalf) for person, one in replies.items()} == {
            ba: (Answer.PRESENT, True),
            an: (Answer.EXCUSED, False),
        }
        moved = await change(tx, found, asks_again=False)
        assert moved is not None and await meeting_replies.replies_to(tx, moved) == replies
        again = await change(tx, moved, asks_again=True)
        assert again is not None and await meeting_replies.replies_to(tx, again) == {}
        assert await meeting_replies.reply_of(tx, again, an) is None


async def test_reminders_are_found_claimed_and_moved_on(database: Database, clock: MovableClock) -> None:
    """A due meeting is found until its step is moved on; one that another claimed is left alone."""
    async with database.write() as tx:
        cell, by = await a_cell(tx), await somebody(tx)
        found = await add(tx, cell, by, reminder=Planned("T-3", tx.now + timedelta(hours=1)))
        assert await meetings.due_meetings(tx) == []
        assert await meetings.claim_due(tx, found.id) is None
        assert [one.id for one in await meetings.coming_reminders(tx)] == [found.id]
    clock.move_to(clock.now() + timedelta(hours=1))
    async with database.write() as tx:
        assert await meetings.due_meetings(tx) == [found.id]
        assert await meetings.claim_due(tx, found.id) == found
        if not database.is_sqlite:
            async with database.write() as other:
                assert await meetings.claim_due(other, found.id) is None
        await meetings.move_on(tx, found.id, Planned("T-1", tx.now + timedelta(days=1)))
        assert await meetings.due_meetings(tx) == []
        await meetings.move_on(tx, found.id, None)
        assert await meetings.coming_reminders(tx) == []


async def test_who_has_heard_which_version(database: Database) -> None:
    """What was sent, or may have been, was heard; what waits, failed or was blocked was not; the newest counts."""
    outcomes = {
        "both": OutboxState.SENT,
        "perhaps": OutboxState.UNCERTAIN,
        "blocked": OutboxState.BLOCKED,
        "failed": OutboxState.FAILED,
        "waits": OutboxState.QUEUED,
    }
    async with database.write() as tx:
        persons = {name: await somebody(tx, name) for name in outcomes}
        first = await add(tx, await a_cell(tx), persons["both"])
        second = await change(tx, first, asks_again=False)
        assert second is not None
        batches = [("both", second.batch), *((name, first.batch) for name in outcomes)]
        for name, batch in batches:
            letter = outbox.Letter(
                address=Address("test", name), message=Message(text="Mời"), person_id=persons[name], batch=batch
            )
            await outbox.put(tx, letter)
        for name, person in persons.items():
            await addresses.link(tx, person=person, address=Address("test", name))
    async with database.write() as tx:
        while claimed := await claim_in(tx, "test", size=10):
            later = tx.now + timedelta(days=1)
            became = [Outcome(id=row.id, state=outcomes[row.address.chat], due_at=later) for row in claimed]
            await settle_in(tx, "test", *became)
    async with database.read() as tx:
        assert await meeting_replies.heard_of(tx, second) == {persons["both"]: 2, persons["perhaps"]: 1}
