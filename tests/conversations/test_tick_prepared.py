"""Dated facts that need work before their transaction: what was prepared acts, and who fails harms nobody else."""

from collections.abc import Sequence

from handlers.tick import Coming, Do, Due, Ticker
from handlers.turn import Act
from storage.database import Database, Tx
from tests.world import World


async def nothing_comes(_tx: Tx) -> Sequence[Coming]:
    """Nothing to show on a clock."""
    return ()


def a_due(name: str, done: list[str], *, prepares: object) -> Due:
    """One fact that is due until something acted on it. `prepares`: the words of the prepared act, None for nothing to
    prepare, or an error."""

    async def find(_tx: Tx) -> Sequence[int]:
        return [] if done else [7]

    async def act(_act: Act, fact: int) -> None:
        done.append(f"{name} {fact} acted")

    async def prepare(database: Database, fact: int) -> Do | None:
        if isinstance(prepares, Exception):
            raise prepares
        if prepares is None:
            return None
        # Outside any transaction: one of its own can be had.
        async with database.write():
            pass

        async def prepared(_act: Act, fact: int) -> None:
            done.append(f"{name} {fact} {prepares}")

        return prepared

    return Due(name=name, find=find, act=act, coming=nothing_comes, prepare=prepare)


async def ticked(world: World, *dues: Due) -> int:
    """How many facts acted in one tick."""
    ticker = Ticker(
        database=world.app.database, house=world.app.house, clock=world.clock, dues=dues, wake=lambda: None
    )
    return await ticker.tick()


async def test_what_was_prepared_acts(world: World) -> None:
    """Prepared outside the transaction, done inside it; with nothing to prepare, the plain act does it."""
    first: list[str] = []
    second: list[str] = []
    assert await ticked(world, a_due("a", first, prepares="prepared"), a_due("b", second, prepares=None)) == 2
    assert (first, second) == (["a 7 prepared"], ["b 7 acted"])


async def test_a_preparation_that_fails_harms_no_other(world: World) -> None:
    """The fact stays due and does not act; the others do."""
    failing: list[str] = []
    other: list[str] = []
    assert await ticked(world, a_due("a", failing, prepares=RuntimeError("no")), a_due("b", other, prepares="yes")) == 1
    assert (failing, other) == ([], ["b 7 yes"])
