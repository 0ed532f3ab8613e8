"""Dated facts in a tick: some need work before their transaction, some act together or go on; who fails harms no other."""

from collections.abc import Sequence

from bot.watch import UNWATCHED, Unwatched, Watch
from handlers.tick import Coming, Do, Due, Ticker
from handlers.turn import Act
from storage.database import Database, Tx
from storage.due import KINDS
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


async def ticked(world: World, *dues: Due, watch: Watch = UNWATCHED) -> int:
    """How many facts acted in one tick."""
    ticker = Ticker(
        database=world.app.database,
        house=world.app.house,
        clock=world.clock,
        dues=dues,
        wake=lambda: None,
        watch=watch,
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


def together(done: list[str], *, bad: int | None = None) -> Due:
    """Seven facts that act three at a time; one of them may be at fault."""
    left = set(range(1, 8))

    async def find(_tx: Tx) -> Sequence[int]:
        return sorted(left)

    async def act_together(_act: Act, facts: Sequence[int]) -> None:
        if bad in facts:
            raise RuntimeError("no")
        done.append(" ".join(map(str, facts)))
        left.difference_update(facts)

    async def act(_act: Act, fact: int) -> None:
        await act_together(_act, [fact])

    return Due(name="a", find=find, act=act, act_together=act_together, together=3, coming=nothing_comes)


async def test_facts_act_together(world: World) -> None:
    """Some in a transaction."""
    done: list[str] = []
    assert await ticked(world, together(done)) == 7
    assert done == ["1 2 3", "4 5 6", "7"]


async def test_one_at_fault_holds_no_other_up(world: World) -> None:
    """Those who would have acted with it act alone."""
    done: list[str] = []
    assert await ticked(world, together(done, bad=5)) == 6
    assert done == ["1 2 3", "4", "6", "7"]


async def test_a_fact_that_goes_on_acts_until_it_has_done(world: World) -> None:
    """Some of its work in a transaction each, in the same tick."""
    left = [3, 2, 1]

    async def find(_tx: Tx) -> Sequence[int]:
        return [7] if left else []

    async def act(_act: Act, _fact: int) -> None:
        left.pop()

    assert await ticked(world, Due(name="a", find=find, act=act, coming=nothing_comes, goes_on=True)) == 3


async def test_what_came_too_late_is_counted(world: World) -> None:
    """After the commit whoever counts hears how many of which kind."""
    heard: list[tuple[str, int]] = []

    class Counting(Unwatched):
        def missed(self, kind: str, count: int) -> None:
            heard.append((kind, count))

    async def act(act: Act, fact: int) -> None:
        act.missed["pledge"] += 2
        if fact == 8:
            raise RuntimeError("no")

    facts = [7, 8]

    async def find(_tx: Tx) -> Sequence[int]:
        return facts

    await ticked(world, Due(name="a", find=find, act=act, coming=nothing_comes), watch=Counting())
    assert heard == [("pledge", 2)]


async def test_every_kind_is_in_the_one_question(world: World) -> None:
    """A tick with nothing due asks no kind by itself; and no kind is asked about that does not tick."""
    names = {due.name for due in world.app.registry.dues}
    assert names == KINDS
