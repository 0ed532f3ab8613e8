"""Many new rows in few statements, on both databases: all of them, in their order, each key once."""

import pytest
from sqlalchemy import select

from bot.chat import Address, Choice, Message, Priority, decode_message, encode_message
from bot.domain.ids import PersonId
from bot.template import Kind
from storage import outbox
from storage.alike import AT_ONCE
from storage.database import Database
from storage.outbox import Letter, Written
from storage.people import add_person
from storage.schema import outbox as rows

LIKE = Letter(address=Address("one", ""), message=Message(text="như nhau"), priority=Priority.REMINDER, batch="b")


async def _person(database: Database) -> PersonId:
    async with database.write() as tx:
        return await add_person(tx, full_name="Nguyễn Thị An")


def _written(person: PersonId, address: Address, key: str, message: Message) -> Written:
    return Written(person, address, key, Kind.of(message), encode_message(message))


@pytest.mark.parametrize("count", [0, 1, 3, AT_ONCE, 2 * AT_ONCE + 3])
async def test_however_many_there_are_each_is_written_once_and_in_order(database: Database, count: int) -> None:
    """A number that is not round makes none of them twice."""
    person = await _person(database)
    async with database.write() as tx:
        await outbox.put_copies(tx, LIKE, [(person, Address("one", f"c{n}"), f"k:{n}") for n in range(count)])
        found = await tx.all(select(rows).order_by(rows.c.id))
    assert [(row.chat, row.unique_key, row.person_id) for row in found] == [
        (f"c{n}", f"k:{n}", person) for n in range(count)
    ]
    assert {(row.batch, row.priority, row.state, row.attempts) for row in found} <= {("b", 2, "queued", 0)}


async def test_what_was_put_under_a_key_stays_as_it_is(database: Database) -> None:
    """Also when the same key comes twice at once; what is new beside it is written."""
    person = await _person(database)
    said = [("k:1", "một"), ("k:1", "hai"), ("k:2", "ba")]
    async with database.write() as tx:
        for words in (said, [("k:2", "bốn"), ("k:3", "năm")]):
            put = [_written(person, Address("one", "c"), key, Message(text=text)) for key, text in words]
            await outbox.put_words(tx, LIKE, put)
        found = await tx.all(select(rows.c.unique_key, rows.c.body).order_by(rows.c.id))
    assert [(row.unique_key, decode_message(row.body).text) for row in found] == [
        ("k:1", "một"),
        ("k:2", "ba"),
        ("k:3", "năm"),
    ]


async def test_words_of_several_kinds_keep_their_order(database: Database) -> None:
    """Questions, plain words and what moves, at several accounts: each with what it is, in the order in which they were
    put."""
    person = await _person(database)
    kinds = [
        Message(text="hỏi", choices=(Choice("Có", "yes"),), about="meeting:1"),
        Message(text="nói"),
        Message(text="chuyển", slot="s"),
        Message(text="hỏi nữa", choices=(Choice("Có", "yes"),), about="meeting:2"),
    ]
    async with database.write() as tx:
        put = [(Address(f"a{n % 2}", "c"), f"k:{n}", message) for n, message in enumerate(kinds * 3)]
        await outbox.put_words(tx, LIKE, [_written(person, *word) for word in put])
        found = await tx.all(select(rows).order_by(rows.c.id))
    assert [(row.account, row.has_choices, row.slot, row.about) for row in found] == [
        (address.account, bool(message.choices), message.slot, message.about) for address, _, message in put
    ]
