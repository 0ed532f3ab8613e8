"""A draft is kept from its last answer on, or from up to an hour before."""

from datetime import timedelta

from msgspec import structs

from bot.chat import Address
from bot.clock import MovableClock
from storage import dialogues
from storage.database import Database

AN = Address("tg", "an")
KEEP = timedelta(days=7)


async def test_each_answer_keeps_it_for_about_as_long_again(database: Database, clock: MovableClock) -> None:
    """Answers that come one after the other change only the draft; a later one lengthens its time."""
    async with database.write() as tx:
        draft = await dialogues.begin(
            tx, AN, person=None, journey="pledge", subject="1", step="a", answers={}, version="", keep=KEEP
        )
    for hours, expires in ((0, 0), (0.5, 0), (1, 0), (2, 2), (3, 2), (3.5, 3.5)):
        clock.move_to(draft.expires_at - KEEP + timedelta(hours=hours))
        async with database.write() as tx:
            found = await dialogues.dialogue_by_id(tx, AN, draft.id)
            assert found is not None
            await dialogues.save(tx, structs.replace(found, step=f"{hours}", answers={"n": hours}), keep=KEEP)
            saved = await dialogues.dialogue_by_id(tx, AN, draft.id)
        assert saved is not None
        assert (saved.step, saved.answers, saved.open) == (f"{hours}", {"n": hours}, True)
        assert saved.expires_at == draft.expires_at + timedelta(hours=expires)


async def test_one_that_was_put_aside_is_open_again(database: Database) -> None:
    """However soon it is gone on with."""
    async with database.write() as tx:
        draft = await dialogues.begin(
            tx, AN, person=None, journey="pledge", subject="1", step="a", answers={}, version="", keep=KEEP
        )
        await dialogues.park_open(tx, AN)
        found = await dialogues.dialogue_by_id(tx, AN, draft.id)
        assert found is not None and not found.open
        await dialogues.save(tx, found, keep=KEEP)
        again = await dialogues.open_dialogue(tx, AN)
    assert again is not None and again.id == draft.id
