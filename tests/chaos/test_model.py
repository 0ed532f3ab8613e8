"""In and out against a model: whatever people say, however often, and whatever the messenger and the machine do
meanwhile, each event counts once and each answer is said, in order, and again only after a failure that left it in
doubt.

`make chaos` tries more examples: `BON_TOT_TEST_EXAMPLES`.
"""

import asyncio
import os
import shutil
from collections import Counter, defaultdict, deque
from collections.abc import Coroutine
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import structlog.testing
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from bot.app import App
from bot.chat import (
    Address,
    Capabilities,
    Delivery,
    DeliveryFailure,
    Incoming,
    OutcomeUnknown,
    RateLimited,
    Text,
    TransientFailure,
)
from bot.content.loader import load_content
from chaos.simulation import MEMORY, START, make_template
from chaos.virtual import LoopClock, VirtualLoop
from storage import schema
from storage.database import Database, sqlite_url
from storage.sending import release_leases
from tests.process.commune import ACCOUNT, FIRST_CHAT

T = TypeVar("T")
EXAMPLES = int(os.environ.get("BON_TOT_TEST_EXAMPLES", "25"))
CHATS = st.sampled_from([str(FIRST_CHAT + number) for number in (6, 7, 8)])
WORDS = st.sampled_from(["/toi", "/trogiup", "hôm nay trời đẹp", "/khongco"])
FAILURES = st.sampled_from(["transient", "limited", "unknown, said", "unknown, not said"])
CONTENT = load_content(Path(__file__).parents[2] / "bot/content/sample")


class Mouth:
    """A channel that does to each chat's messages what was foreseen for them, and remembers what it said."""

    account = ACCOUNT
    capabilities = Capabilities(buttons=True, edit=True, files=True, text_limit=4096, per_second=30.0, chat_seconds=1.0)

    def __init__(self) -> None:
        self.foreseen: dict[str, deque[str]] = defaultdict(deque)
        self.heard: dict[str, list[int]] = defaultdict(list)
        self.hangs: asyncio.Event | None = None
        self.hanging: set[str] = set()

    async def send(self, delivery: Delivery) -> str | None:
        """Say it, unless something else is foreseen."""
        what = self.foreseen[delivery.chat].popleft() if self.foreseen[delivery.chat] else "said"
        if what in ("said", "unknown, said"):
            self.heard[delivery.chat].append(int(delivery.key))
        if self.hangs is not None:
            self.hanging.add(delivery.chat)
            await self.hangs.wait()
        failures: dict[str, DeliveryFailure] = {
            "transient": TransientFailure("no connection"),
            "limited": RateLimited(3.0),
            "unknown, said": OutcomeUnknown("no answer in time"),
            "unknown, not said": OutcomeUnknown("no answer in time"),
        }
        if what in failures:
            raise failures[what]
        return delivery.key

    async def typing(self, chat: str) -> None:
        """Nothing to show."""


class InAndOut(RuleBasedStateMachine):
    """A commune of which three members speak. The model: how many answers each chat is owed, and how often one of them
    may be said again."""

    template: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        if InAndOut.template is None:
            InAndOut.template = Path(mkdtemp(dir=MEMORY)) / "template.db"
            asyncio.run(make_template(InAndOut.template))
        self.folder = Path(mkdtemp(dir=InAndOut.template.parent))
        shutil.copy(InAndOut.template, self.folder / "model.db")
        self.loop = VirtualLoop()
        self.clock = LoopClock(self.loop, start=START)
        self.mouth = Mouth()
        self.logs: list[Any] = []
        self.app = self.born()
        self.events: list[Incoming] = []
        self.owed: Counter[str] = Counter()
        self.doubts: Counter[str] = Counter()

    def born(self) -> App:
        """The program over the database as it is."""

        async def now(function: Any, *arguments: Any) -> Any:
            return function(*arguments)

        database = Database(sqlite_url(self.folder / "model.db"), clock=self.clock, off_loop=now)
        return App.build(
            database=database,
            clock=self.clock,
            channels=[self.mouth],
            content=CONTENT,
            random=bytes,
            pepper=b"pepper of the tests, not a secret",
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let it happen; nothing may be logged as an error."""
        with structlog.testing.capture_logs() as logs:
            done = self.loop.run_until_complete(work)
        assert [line["event"] for line in logs if line["log_level"] in ("error", "critical")] == []
        return done

    # ----------------------------------------------------------------------------- what happens

    @rule(chat=CHATS, words=WORDS)
    def says(self, chat: str, words: str) -> None:
        """Somebody says something new."""
        event = Incoming(address=Address(ACCOUNT, chat), event_id=str(len(self.events) + 1), payload=Text(words))
        self.events.append(event)
        self.owed[chat] += 1
        self.run(self.app.router.handle(event))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def says_again(self, data: st.DataObject) -> None:
        """The messenger delivers something once more."""
        event = data.draw(st.sampled_from(self.events))
        before = self.run(self.rows())
        self.run(self.app.router.handle(event))
        assert self.run(self.rows()) == before

    @precondition(lambda self: self.events)
    @rule(data=st.data(), count=st.integers(2, 6))
    def all_at_once(self, data: st.DataObject, count: int) -> None:
        """Several things come side by side, old ones and the same new one twice."""
        old = data.draw(st.lists(st.sampled_from(self.events), min_size=count, max_size=count))
        chat = data.draw(CHATS)
        new = Incoming(address=Address(ACCOUNT, chat), event_id=str(len(self.events) + 1), payload=Text("/toi"))
        self.events.append(new)
        self.owed[chat] += 1

        async def handled() -> None:
            await asyncio.gather(*[self.app.router.handle(event) for event in (*old, new, new)])

        self.run(handled())

    @rule(chat=CHATS, failure=FAILURES, times=st.integers(1, 3))
    def will_fail(self, chat: str, failure: str, times: int) -> None:
        """The next messages to a chat will fail."""
        self.mouth.foreseen[chat].extend([failure] * times)
        self.doubts[chat] += times if failure == "unknown, said" else 0

    @rule()
    def sends(self) -> None:
        """All that can be said now is."""
        self.run(self.app.sender.drain())

    @rule(seconds=st.sampled_from([0.5, 3, 30, 100, 1_000]))
    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.loop.pass_by(seconds)

    @rule()
    def dies(self) -> None:
        """The program dies with messages on their way, and is started again."""

        async def dying() -> None:
            self.mouth.hangs = asyncio.Event()
            sending = asyncio.ensure_future(self.app.sender.drain())
            await asyncio.wait([sending], timeout=0.01)
            # Nothing of it lives on, and nobody is told.
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in others:
                    task.cancel()
                await asyncio.wait(others, timeout=0.01)
            await self.app.database.close()

        self.run(dying())
        self.doubts.update(self.mouth.hanging)
        self.mouth.hanging.clear()
        self.mouth.hangs = None
        self.app = self.born()
        self.run(release_leases(self.app.database))

    # ------------------------------------------------------------------------- what must hold

    async def rows(self) -> list[tuple[int, str, str]]:
        """The outbox: id, chat, state."""
        table = schema.outbox.c
        async with self.app.database.read() as tx:
            found = await tx.all(select(table.id, table.chat, table.state).order_by(table.id))
        return [(row.id, row.chat, row.state) for row in found]

    @invariant()
    def each_event_counts_once(self) -> None:
        """As many events as were said, and one answer for each."""

        async def stored() -> int:
            async with self.app.database.read() as tx:
                return int(await tx.scalar(select(func.count()).select_from(schema.events)))

        assert self.run(stored()) == len(self.events)
        assert Counter(chat for _, chat, _ in self.run(self.rows())) == self.owed

    @invariant()
    def nothing_is_said_out_of_order(self) -> None:
        """What a chat has heard goes up; only what was in doubt stands there again, beside itself."""
        for chat, heard in self.mouth.heard.items():
            runs = [key for key, _ in groupby(heard)]
            assert runs == sorted(set(runs))
            assert len(heard) - len(runs) <= self.doubts[chat]

    def teardown(self) -> None:
        """With time everything is said, and nothing waits."""
        for _ in range(40):
            self.run(self.app.sender.drain())
            self.loop.pass_by(700)
        rows = self.run(self.rows())
        self.run(self.app.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)
        assert {state for _, _, state in rows} <= {"sent", "uncertain"}
        unsaid = {key for key, _, state in rows if state == "sent"} - {
            key for heard in self.mouth.heard.values() for key in heard
        }
        assert unsaid == set()
        self.nothing_is_said_out_of_order()


TestInAndOut = InAndOut.TestCase
TestInAndOut.settings = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
