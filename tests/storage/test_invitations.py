"""Invitations, consents, guesses and links, on both databases: the races, the ends, what is taken back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.chat import Address, Choice, Message, OutboxState, Outcome
from bot.clock import MovableClock
from bot.domain.codes import hash_code
from bot.domain.ids import InvitationId, PersonId
from bot.domain.invitation import InvitationState, expiry, invitation_code
from storage import (
    addresses,
    consents,
    dialogues,
    forgetting,
    guesses,
    invitations,
    links,
    organisation,
    outbox,
    people,
)
from storage.database import Conflict, Database, Tx
from tests.storage.letters import claim_in, settle_in

PEPPER = b"a pepper of these tests"
HERE = Address("telegram", "chat-1")
THERE = Address("telegram", "chat-2")


async def person(tx: Tx, name: str = "Nguyễn Thị An") -> PersonId:
    """A person of the sample."""
    return await people.add_person(tx, full_name=name)


async def issue(tx: Tx, whom: PersonId, *, seed: str = "00" * 16) -> InvitationId:
    """An invitation from a known seed."""
    return await invitations.add(
        tx,
        person=whom,
        seed=seed,
        code_hash=hash_code(invitation_code(seed, pepper=PEPPER), pepper=PEPPER),
        issued_by=None,
        expires_at=expiry(organisation.today(tx)),
    )


async def test_the_tables_alone_reveal_no_code(database: Database) -> None:
    """What is stored of an invitation contains its code in no form; the seed and the secret together give it back."""
    async with database.write() as tx:
        await issue(tx, await person(tx), seed="ab" * 16)
        row = (await tx.all(text("SELECT * FROM invitations")))[0]
    code = invitation_code("ab" * 16, pepper=PEPPER)
    stored = " ".join(str(value) for value in row).upper()
    assert code.letters not in stored and code.grouped not in stored
    async with database.read() as tx:
        found = await invitations.with_hash(tx, hash_code(code, pepper=PEPPER))
    assert found is not None and found.full_name == "Nguyễn Thị An" and found.state is InvitationState.LIVE


async def test_of_two_addresses_with_one_code_exactly_one_gets_in(database: Database) -> None:
    """Two transactions that use one invitation at the same instant: one succeeds, whichever it is."""
    async with database.write() as tx:
        invitation = await issue(tx, await person(tx))

    async def attempt() -> bool:
        async with database.write() as tx:
            used = await invitations.use(tx, invitation)
            await asyncio.sleep(0.01)
            return used

    assert sorted(await asyncio.gather(*(attempt() for _ in range(5)))) == [False] * 4 + [True]


async def test_two_codes_of_one_person_do_not_let_two_in_unseen(database: Database) -> None:
    """Who holds a person's row sees what another linked before: the second does not link in ignorance."""
    async with database.write() as tx:
        whom = await person(tx)

    async def join(address: Address) -> bool:
        async with database.write() as tx:
            await invitations.hold(tx, [whom])
            alone = not await addresses.addresses_of(tx, whom)
            await asyncio.sleep(0.01)
            if alone:
                await addresses.link(tx, person=whom, address=address)
            return alone

    assert sorted(await asyncio.gather(join(HERE), join(THERE))) == [False, True]


async def test_a_sheet_and_its_twin_leave_one_code_alive(database: Database) -> None:
    """Secretary and deputy print at the same instant: one of the two codes of a person was revoked."""
    async with database.write() as tx:
        whom = await person(tx)

    async def print_sheet(seed: str) -> InvitationId:
        async with database.write() as tx:
            await invitations.hold(tx, [whom])
            await invitations.revoke(tx, [whom])
            await asyncio.sleep(0.01)
            return await issue(tx, whom, seed=seed)

    printed = await asyncio.gather(*(print_sheet(f"{number:032x}") for number in range(3)))
    async with database.read() as tx:
        states = [one.state for one in await invitations.by_ids(tx, printed)]
    assert sorted(states) == [InvitationState.LIVE, InvitationState.REVOKED, InvitationState.REVOKED]


async def test_an_invitation_ends_by_use_by_revocation_or_with_its_last_day(
    database: Database, clock: MovableClock
) -> None:
    """Used, revoked and expired ones let nobody in, and only live ones are listed and revoked."""
    async with database.write() as tx:
        used, revoked, expires, live = [await person(tx, f"Người {number}") for number in range(4)]
        issued = [await issue(tx, whom, seed=f"{whom:032x}") for whom in (used, revoked, expires)]
        assert await invitations.use(tx, issued[0])
        assert list(await invitations.revoke(tx, [revoked, used])) == [revoked]
    clock.move_to(clock.now() + timedelta(days=30))
    async with database.write() as tx:
        assert set(await invitations.live_of(tx, [used, revoked, expires, live])) == {expires}
    clock.move_to(expiry((clock.now() - timedelta(days=30)).date()))
    async with database.write() as tx:
        newest = await issue(tx, live, seed="ff" * 16)
        states = [one.state for one in await invitations.by_ids(tx, [newest, *reversed(issued)])]
        for invitation in issued:
            assert not await invitations.use(tx, invitation)
    assert states == [
        InvitationState.USED,
        InvitationState.REVOKED,
        InvitationState.EXPIRED,
        InvitationState.LIVE,
    ]


async def test_a_code_is_never_given_twice(database: Database) -> None:
    """The same seed again is refused by the table, even for another person."""
    async with database.write() as tx:
        await issue(tx, await person(tx))
    with pytest.raises(Conflict):
        async with database.write() as tx:
            await issue(tx, await person(tx, "Trần Văn Bình"))


async def test_a_consent_is_kept_by_edition_and_its_withdrawal_beside_it(
    database: Database, clock: MovableClock
) -> None:
    """Agreeing again to the same edition adds nothing; withdrawing ends all that hold and deletes none."""
    async with database.write() as tx:
        whom = await person(tx)
        await consents.give(tx, whom, text_version="1", text_hash="a" * 64)
    clock.move_to(clock.now() + timedelta(days=1))
    async with database.write() as tx:
        await consents.give(tx, whom, text_version="1", text_hash="a" * 64)
        first = await consents.in_force(tx, whom)
        assert first is not None and first.given_at == clock.now() - timedelta(days=1)
        await consents.give(tx, whom, text_version="2", text_hash="b" * 64)
        newest = await consents.in_force(tx, whom)
        assert newest is not None and newest.text_version == "2"
        assert await consents.withdraw(tx, whom)
        assert not await consents.withdraw(tx, whom)
        assert await consents.in_force(tx, whom) is None
        assert await tx.scalar(text("SELECT count(*) FROM consents")) == 2


async def test_guesses_are_counted_by_guesser_and_in_all_and_then_forgotten(
    database: Database, clock: MovableClock
) -> None:
    """The fifth newest guess of one and the seventh of all are found; an hour later nothing is left."""
    start = clock.now()
    for minute in range(6):
        clock.move_to(start + timedelta(minutes=minute))
        async with database.write() as tx:
            await guesses.add(tx, "one")
            if minute == 0:
                await guesses.add(tx, "other")
    since = start - timedelta(hours=1)
    async with database.read() as tx:
        assert await guesses.nth_newest(tx, 5, since=since, guesser="one") == start + timedelta(minutes=1)
        assert await guesses.nth_newest(tx, 7, since=since, guesser="one") is None
        assert await guesses.nth_newest(tx, 7, since=since) == start
        assert await guesses.nth_newest(tx, 7, since=start) is None
        assert not await guesses.oldest(tx, until=since)
        assert len(await guesses.oldest(tx, until=start)) == 1
    async with database.write() as tx:
        assert await guesses.purge(tx, until=start + timedelta(minutes=5)) == 7


async def test_what_a_guest_was_told_is_forgotten_also_when_it_is_just_on_its_way(database: Database) -> None:
    """Sent rows of a guest are deleted at once, waiting ones as soon as they are sent; a member's rows stay."""
    async with database.write() as tx:
        whom = await person(tx)
        await addresses.link(tx, person=whom, address=THERE)
        await outbox.put(tx, outbox.Letter(address=HERE, message=Message(text="1", choices=(Choice("a", "b"),))))
        await outbox.put(tx, outbox.Letter(address=THERE, message=Message(text="2"), person_id=whom))
        sent = await claim_in(tx, "telegram", size=9)
        await settle_in(tx, "telegram", *(Outcome(id=one.id, state=OutboxState.SENT) for one in sent))
        await outbox.put(tx, outbox.Letter(address=HERE, message=Message(text="3")))
        await forgetting.forget_guest(tx, HERE)
        await forgetting.forget_guest(tx, THERE)
        assert await outbox.counts(tx) == {OutboxState.SENT: 1, OutboxState.QUEUED: 1}
        late = await claim_in(tx, "telegram", size=9)
        await settle_in(tx, "telegram", *(Outcome(id=one.id, state=OutboxState.SENT) for one in late))
        assert await outbox.counts(tx) == {OutboxState.SENT: 1}


async def test_what_waits_for_an_address_is_cancelled_with_it(database: Database) -> None:
    """Only queued rows of that address are cancelled."""
    async with database.write() as tx:
        for address in (HERE, HERE, THERE):
            await outbox.put(tx, outbox.Letter(address=address, message=Message(text="chờ")))
        assert await forgetting.cancel_waiting(tx, HERE) == 2
        assert await outbox.counts(tx) == {OutboxState.CANCELLED: 2, OutboxState.QUEUED: 1}


async def test_the_number_of_a_forgotten_row_is_never_given_again(database: Database) -> None:
    """A delivery's key is the row's number: after the newest row was deleted, the next one gets a new number."""
    async with database.write() as tx:
        numbers = []
        for _ in range(2):
            await outbox.put(tx, outbox.Letter(address=HERE, message=Message(text="x"), forget=True))
            claimed = await claim_in(tx, "telegram", size=1)
            numbers.append(claimed[0].id)
            await settle_in(tx, "telegram", Outcome(id=claimed[0].id, state=OutboxState.SENT))
        assert numbers[0] != numbers[1]


async def test_the_number_of_a_dialogue_that_ended_is_never_given_again(database: Database) -> None:
    """An old button names a dialogue by number; a new dialogue never answers to it."""
    async with database.write() as tx:
        numbers = []
        for _ in range(2):
            dialogue = await begin(tx, HERE, None)
            numbers.append(dialogue.id)
            await dialogues.end(tx, dialogue.id)
        assert numbers[0] != numbers[1]


async def begin(tx: Tx, address: Address, whom: PersonId | None) -> dialogues.Dialogue:
    """Some dialogue."""
    return await dialogues.begin(
        tx,
        address,
        person=whom,
        journey="join",
        subject="1",
        step="about",
        answers={},
        version="",
        keep=timedelta(days=30),
    )


async def test_drafts_end_with_their_time(database: Database, clock: MovableClock) -> None:
    """An expired draft is found by no button any more, and deleted once, knowing whether it was a guest's."""
    async with database.write() as tx:
        old = await begin(tx, HERE, None)
        assert await dialogues.expired(tx) == []
        assert await dialogues.delete_expired(tx, old.id) is None
    clock.move_to(clock.now() + timedelta(days=30))
    async with database.write() as tx:
        new = await begin(tx, THERE, await person(tx))
        assert await dialogues.dialogue_by_id(tx, HERE, old.id) is None
        assert await dialogues.dialogue_anywhere(tx, old.id) is None
        found = await dialogues.dialogue_anywhere(tx, new.id)
        assert found is not None and found[0] == THERE and found[1].id == new.id
        assert list(await dialogues.expired(tx)) == [old.id]
        gone = await dialogues.delete_expired(tx, old.id)
        assert gone is not None and gone.guest and gone.address == HERE
        assert await dialogues.delete_expired(tx, old.id) is None


async def test_a_link_is_remembered_after_its_end(database: Database, clock: MovableClock) -> None:
    """An unlinked address is known with both instants; nothing was recorded through it."""
    linked = clock.now()
    async with database.write() as tx:
        whom = await person(tx)
        link = await addresses.link(tx, person=whom, address=HERE)
    clock.move_to(linked + timedelta(hours=1))
    async with database.write() as tx:
        assert await addresses.unlink(tx, link)
        found = await links.link_of(tx, link)
        assert found is not None and (found.linked_at, found.unlinked_at) == (linked, clock.now())
        assert await links.recorded_since(tx, whom, linked) == links.Recorded(pledges=0, self_reports=0, replies=0)
