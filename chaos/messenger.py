"""A Telegram in this process, for the real adapter: it delays, repeats, reorders, refuses, cuts off, and storms with
429.

It stands where aiohttp's session would stand, so that all of the adapter above it is the real one. What the real one
keeps it keeps as tests/fakes does. Every call is written into the trace, by virtual time.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp

from bot.channels.telegram import TelegramChannel
from bot.chat import Delivery
from tests.fakes.telegram_bot import CANONICAL, FakeBot
from tests.fakes.telegram_faults import NOT_MODIFIED, SERVER_ERROR, Fault, Refusal, too_many

SAYING = frozenset({"sendMessage", "editMessageText", "sendDocument"})
TOKEN = "123456789:AAInventedTokenOfTheSimulation00000"
PER_SECOND = 30
_key: ContextVar[int] = ContextVar("row of the outbox", default=0)


@dataclass(frozen=True, slots=True)
class Weather:
    """How often what goes wrong, of one."""

    refused: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    storms: float = 0.0
    repeats: float = 0.0
    shuffles: float = 0.0
    slow: float = 0.05
    """The mean of a call's time on the way, in seconds."""


CALM = Weather()


@dataclass(slots=True)
class Said:
    """One attempt to say a row of the outbox."""

    key: int
    chat: int
    begun: float
    done: bool = False
    answered: bool = False


@dataclass
class Server(FakeBot):
    """The messenger's side of one bot."""

    chance: random.Random
    weather: Weather = CALM
    trace: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    cut: Counter[int] = field(default_factory=Counter)
    storm_until: float = 0.0
    told_to_wait: list[tuple[float, float]] = field(default_factory=list)
    """When the bot was told so, and until when."""
    own_making: int = 0
    """429 that the bot brought upon itself."""

    connector = None
    """As of a session that `new_session` has not made: everything goes through `request`."""

    def __post_init__(self) -> None:
        FakeBot.__init__(self, username="bon_tot_bot")

    @asynccontextmanager
    async def request(self, _method: str, url: str, *, data: Any, **_options: Any) -> AsyncIterator["_Response"]:
        """As `aiohttp.ClientSession.request`."""
        method = CANONICAL[url.rsplit("/", 1)[1].lower()]
        params = _parameters(data)
        said = self._note(method, params)
        await self._on_the_way()
        fault = self._fault(method)
        if fault is not None and not fault.done:
            await self._on_the_way()
            yield self._answer(method, said, fault)
            return
        answer = await self._done(method, params, said)
        if fault is not None:
            if said is not None and said.done:
                self.cut[said.key] += 1
            answer = fault
        await self._on_the_way()
        yield self._answer(method, said, answer)

    def _note(self, method: str, params: dict[str, Any]) -> Said | None:
        self._write(method, params.get("chat_id"), params.get("offset"), params.get("text"))
        if method not in SAYING:
            return None
        said = Said(_key.get(), int(params["chat_id"]), _time())
        self.said.append(said)
        return said

    def _write(self, *what: object) -> None:
        self.trace.append(" ".join([f"{_time():.6f}", *map(str, what)]))

    async def _on_the_way(self) -> None:
        await asyncio.sleep(min(5.0, self.chance.expovariate(1 / self.weather.slow)))

    def _fault(self, method: str) -> Fault | None:
        """What goes wrong with a call, if anything."""
        weather, now = self.weather, _time()
        if method not in SAYING and method != "getUpdates":
            return None
        if method in SAYING:
            lately = sum(one.begun > now - 0.9 for one in self.said[-3 * PER_SECOND :])
            if lately > 2 * PER_SECOND:
                self.own_making += 1
                return too_many(3)
            if now < self.storm_until or self.chance.random() < weather.storms:
                self.storm_until = max(self.storm_until, now + self.chance.uniform(0.0, 0.5))
                return too_many(self.chance.randint(1, 8))
        if self.chance.random() < weather.refused:
            return Fault(status=SERVER_ERROR.status, body=SERVER_ERROR.body)
        if self.chance.random() < weather.cut_before:
            return Fault(then="cut")
        if self.chance.random() < weather.cut_after:
            return Fault(then="cut", done=True)
        return None

    async def _done(self, method: str, params: dict[str, Any], said: Said | None) -> Fault:
        try:
            done = await self.do(method, params, None)
        except Refusal as refusal:
            if said is not None and refusal is NOT_MODIFIED:
                said.done = True  # it stands there already
            return Fault(status=refusal.status, body=refusal.body())
        if said is not None:
            said.done = True
        return Fault(status=200, body={"ok": True, "result": self._delivered(done) if method == "getUpdates" else done})

    def _delivered(self, updates: Any) -> list[dict[str, Any]]:
        """A batch as it arrives: sometimes in another order, sometimes with one a second time."""
        batch = list(updates)
        if batch and self.chance.random() < self.weather.repeats:
            batch.append(self.chance.choice(batch))
        if self.chance.random() < self.weather.shuffles:
            self.chance.shuffle(batch)
        return batch

    def _answer(self, method: str, said: Said | None, answer: Fault) -> "_Response":
        self._write("->", method, answer.status, answer.then)
        if answer.then == "cut":
            raise aiohttp.ServerDisconnectedError
        if said is not None:
            said.answered = True
        body = cast("dict[str, Any]", answer.body)
        if answer.status == 429 and method in SAYING:
            now = _time()
            self.told_to_wait.append((now, now + body["parameters"]["retry_after"]))
        return _Response(answer.status, json.dumps(body).encode())


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    body: bytes

    @property
    def content(self) -> "_Response":
        return self

    @property
    def content_length(self) -> int:
        return len(self.body)

    async def read(self) -> bytes:
        return self.body

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self.body


class SimulatedChannel(TelegramChannel):
    """The real adapter; the messenger is told which row of the outbox is being said."""

    def __init__(self, server: Server, *, account: str) -> None:
        super().__init__(account=account, token=TOKEN, session=cast("aiohttp.ClientSession", server))

    async def send(self, delivery: Delivery) -> str | None:
        _key.set(int(delivery.key))
        return await super().send(delivery)


def _parameters(data: Any) -> dict[str, Any]:
    if isinstance(data, aiohttp.FormData):
        return {options["name"]: value for options, _headers, value in data._fields}
    parameters = json.loads(data) if data else {}
    assert isinstance(parameters, dict)
    return parameters


def _time() -> float:
    return asyncio.get_running_loop().time()
