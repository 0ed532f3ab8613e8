"""Updates as nobody should send them, into both webhooks and all that stands behind: each is answered with 200.

They begin as what people send, and are mutated: fields taken away, put elsewhere, of another type, of absurd size, cut
off or garbled as bytes. One that raised would be an incident for somebody who did nothing wrong; one that is answered
with anything but 2xx would come again for ever and hold up those behind it.
"""

import asyncio
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import structlog
import structlog.testing
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.app import App
from bot.channels.telegram import TelegramChannel
from bot.channels.zalo import ZaloChannel
from bot.clock import MovableClock
from bot.content.loader import load_content
from chaos.figures import Figure, at_least, none_of, say
from chaos.simulation import START, make_template
from storage import schema
from storage.database import Database, sqlite_url
from tests.fakes.telegram_updates import Updates
from tests.process.commune import FIRST_CHAT

HOUSE = Path(__file__).parents[1]
SECRET = "secret-of-the-generated-updates"
AT_A_TIME = 2_500
TELEGRAM, ZALO = "telegram", "zalo"
HEADERS = {TELEGRAM: b"x-telegram-bot-api-secret-token", ZALO: b"x-bot-api-secret-token"}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**400, 0.5, 1e308, "", " ", "\0", "\ud800", "/start"),
    *("a" * 5_000, "ệ" * 4_200, "\U0001f600" * 3_000, "/" + "x" * 600, [], {}, [[]], [None], {"": ""}, "1 = 1; --"),
    *("NaN", "-0", "٣", "\u202e", "e\u0323\u0302", "<b>", "%s%n", "../../etc", float("inf")),
)
"""What stands where something else should."""


@dataclass
class Tally:
    """What came of the updates."""

    sent: int = 0
    stored: int = 0
    unhandled: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Put two together."""
        self.sent += other.sent
        self.stored += other.stored
        self.unhandled += other.unhandled
        self.refused += other.refused


def telegram_updates() -> list[dict[str, Any]]:
    """What people send on Telegram, and what comes beside."""
    updates = Updates()
    for chat in (FIRST_CHAT, FIRST_CHAT + 1, 42):
        for text in ("/toi", "/camket", "/start", "/start THU-7K9Q-BT3X", "/xoadulieu", "hôm nay trời đẹp", "1", "có"):
            updates.says(chat, text)
        for data in ("dlg:1:0", "run:toi", "x", "meet:1:present", "undo:1"):
            updates.presses(chat, data)
        updates.edits(chat, "sửa lại")
        updates.sends_file(chat, "danh sách.xlsx", b"x" * 100)
        updates.blocks(chat)
        updates.unblocks(chat)
        for media in ("photo", "voice", "sticker", "location", "contact", "poll", "dice"):
            updates.push({"message": updates.message(chat) | {media: {"file_id": "f"}}})
    group = {"chat": {"id": -100, "type": "supergroup", "title": "Nhóm"}}
    updates.push({"message": updates.message(7) | group | {"text": "/toi@bon_tot_bot"}})
    updates.push({"channel_post": updates.message(7) | group | {"text": "tin"}})
    updates.push({"inline_query": {"id": "1", "from": {"id": 7}, "query": "x", "offset": ""}})
    updates.push({"poll_answer": {"poll_id": "1", "user": {"id": 7}, "option_ids": [0]}})
    return list(updates.waiting.values())


def zalo_updates() -> list[dict[str, Any]]:
    """What people send on Zalo, bare and wrapped."""
    found: list[dict[str, Any]] = []
    for number, (event, more) in enumerate(
        [
            *[("message.text.received", {"text": text}) for text in ("/toi", "/camket", "1", "có", "xin chào")],
            ("message.image.received", {"photo": "https://photo.example/1.jpg", "caption": "ảnh"}),
            ("message.sticker.received", {"sticker": "1", "url": "https://sticker.example"}),
            ("message.voice.received", {"url": "https://voice.example"}),
            ("message.unsupported.received", {}),
            ("message.link.received", {"text": "https://example.vn"}),
        ]
    ):
        message = {
            "message_id": f"m{number}",
            "date": 1_750_316_131_602,
            "chat": {"id": "6ede9afa66b88fe6d6a9", "chat_type": "PRIVATE"},
            "from": {"id": "6ede9afa66b88fe6d6a9", "is_bot": False, "display_name": "Mẫu"},
        }
        update = {"event_name": event, "message": message | more}
        found += [update, {"ok": True, "result": update}]
    return found


# --------------------------------------------------------------------------------- mutations


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in the value with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        found += [(one, key) for key in keys]
        waiting += [one[key] for key in keys if isinstance(one[key], dict | list)]
    return found


def mutated(update: dict[str, Any], others: Sequence[dict[str, Any]], chance: random.Random) -> Any:
    """The update with some things in it as they should not be."""
    value: Any = deepcopy(update)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        places = _places(value)
        if not places:
            break
        holder, key = chance.choice(places)
        match chance.randrange(8):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1:
                # A copy: what is put in is changed as well, and would come to stand within itself.
                holder[key] = deepcopy(chance.choice(ODD))
            case 2:
                elsewhere, at = chance.choice(_places(chance.choice(others)))
                holder[key] = deepcopy(elsewhere[at])
            case 3:
                holder[key] = [holder[key]]
            case 4:
                holder[key] = {"id": holder[key], "type": "private"}
            case 5 if isinstance(holder, dict):
                holder[chance.choice(("id", "text", "data", "message", "chat", "from", "result"))] = deepcopy(
                    holder[key]
                )
            case 6:
                holder[key] = _deep(chance.randint(5, 200))
            case _:
                holder[key] = str(holder[key])
    return value if chance.random() > 0.01 else chance.choice([value, [value], *deepcopy(ODD)])


def _deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def as_bytes(value: Any, chance: random.Random) -> bytes:
    """The update as it comes over the wire; sometimes it is garbled on the way."""
    try:
        body = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    except (RecursionError, ValueError):
        body = b"[" * 3_000
    if chance.random() > 0.1 or not body:
        return body
    if chance.random() < 0.05:  # so deep that no reader of JSON goes down
        return body.replace(b'"text": ', b'"text": ' + b"[" * 100_000)
    garbled = bytearray(body)
    for _ in range(chance.randint(1, 5)):
        match chance.randrange(4):
            case 0:
                garbled[chance.randrange(len(garbled))] = chance.randrange(256)
            case 1:
                del garbled[chance.randrange(len(garbled)) :]
            case 2:
                at = chance.randrange(len(garbled))
                garbled[at:at] = chance.randbytes(chance.randint(1, 8))
            case _:
                garbled += garbled[chance.randrange(len(garbled)) :]
        if not garbled:
            break
    return bytes(garbled)


# -------------------------------------------------------------------------------- the program


async def post(app: Starlette, path: str, header: tuple[bytes, bytes], body: bytes) -> int:
    """Call a route as a web server does; the status. Raises what the route raises."""
    status = 0
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [header, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return status


async def _now(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


async def _send_all(file: Path, seed: int, count: int) -> Tally:
    chance, tally = random.Random(seed), Tally()
    clock = MovableClock(start=START)
    database = Database(sqlite_url(file), clock=clock, off_loop=_now)
    session = cast("aiohttp.ClientSession", None)  # nothing is fetched, and nobody answers
    telegram = TelegramChannel(account=TELEGRAM, token="1:a", session=session)
    zalo = ZaloChannel(account=ZALO, token="1:a", session=session)
    app = App.build(
        database=database,
        clock=clock,
        channels=[telegram, zalo],
        content=load_content(HOUSE / "bot/content/sample"),
        random=random.Random(seed).randbytes,
        pepper=b"pepper of the generated updates",
    )
    handle, wants_file = app.router.handle, app.router.wants_file
    web = Starlette(
        routes=[
            telegram.webhook_route(path=f"/{TELEGRAM}", secret=SECRET, handle=handle, wants_file=wants_file),
            zalo.webhook_route(path=f"/{ZALO}", secret=SECRET, handle=handle),
        ]
    )
    corpus = {TELEGRAM: telegram_updates(), ZALO: zalo_updates()}
    with structlog.testing.capture_logs() as logs:
        for number in range(count):
            account = TELEGRAM if chance.random() < 0.7 else ZALO
            value = mutated(_numbered(chance.choice(corpus[account]), number), corpus[account], chance)
            body = as_bytes(value, chance)
            tally.sent += 1
            try:
                status = await post(web, f"/{account}", (HEADERS[account], SECRET.encode()), body)
            except Exception as error:  # noqa: BLE001 what is looked for
                tally.unhandled[f"{account}: {type(error).__name__}"] += 1
                continue
            if not 200 <= status < 300:
                tally.refused[status] += 1
            if len(logs) > 1_000:
                _count_errors(logs, tally)
        _count_errors(logs, tally)
    async with database.read() as tx:
        tally.stored = await tx.scalar(select(func.count()).select_from(schema.events))
    await database.close()
    return tally


def _numbered(update: dict[str, Any], number: int) -> dict[str, Any]:
    """With an id of its own, or it would be a repeat."""
    if "update_id" in update:
        return update | {"update_id": 1_000_000 + number}
    inner = update.get("result", update)
    numbered = inner | {"message": inner["message"] | {"message_id": f"n{number}"}}
    return update | {"result": numbered} if "result" in update else numbered


def _count_errors(logs: list[Any], tally: Tally) -> None:
    for line in logs:
        if line["log_level"] in ("error", "critical"):
            error = line.get("exc_info")
            tally.unhandled[f"{line['event']}: {type(error).__name__}"] += 1
    logs.clear()


def _part(template: Path, file: Path, seed: int, count: int) -> Tally:
    """Some at a time, each time into a fresh commune: nobody sends its answers, and they would heap up."""
    tally = Tally()
    for start in range(0, count, AT_A_TIME):
        fresh = file.with_name(f"{start}-{file.name}")
        shutil.copy(template, fresh)
        tally.add(asyncio.run(_send_all(fresh, seed + 1_000 * start, min(AT_A_TIME, count - start))))
    return tally


def send_many(folder: Path, *, seed: int, updates: int, processes: int = 2) -> Sequence[Figure]:
    """So many updates, shared out over processes."""
    folder.mkdir(parents=True)
    template = folder / "template.db"
    asyncio.run(make_template(template))
    tally = Tally()
    with ProcessPoolExecutor(processes) as pool:
        each = -(-updates // processes)
        running = [pool.submit(_part, template, folder / f"{n}.db", seed + n, each) for n in range(processes)]
        for future in running:
            tally.add(future.result())
    for what, count in [*tally.unhandled.most_common(5), *tally.refused.most_common(5)]:
        say(f"      {what}: {count}")
    say(f"      {tally.stored} of them were events for the bot")
    return (
        at_least("updates: generated and mutated", tally.sent, updates, unit="updates", seed=seed),
        at_least("updates: of these, events for somebody", tally.stored, updates / 10, unit="events", seed=seed),
        none_of("updates: not handled, or an incident", tally.unhandled.total(), unit="updates", seed=seed),
        none_of("updates: answered with anything but 2xx", tally.refused.total(), unit="updates", seed=seed),
    )
