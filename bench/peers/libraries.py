"""uvicorn and aiohttp with nothing between them: what our own libraries cost before we do anything.

It says one sentence to each message, and keeps nothing.
"""

import asyncio
import json
import os
import socket
import sys
from typing import Any

import aiohttp
import msgspec
import uvicorn
import uvloop

SENTENCE = "Chào đồng chí!"


class Bare:
    """An ASGI application that answers each call at once, and its message side by side."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._saying: set[asyncio.Task[None]] = set()

    async def __call__(self, _scope: object, receive: Any, send: Any) -> None:
        called: dict[str, Any] = await receive()
        assert not called["more_body"]
        chat = msgspec.json.decode(called["body"])["message"]["chat"]["id"]
        task = asyncio.create_task(self.call("sendMessage", {"chat_id": chat, "text": SENTENCE}))
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def call(self, method: str, parameters: dict[str, Any]) -> None:
        """Call a method of the messenger."""
        url = f"{os.environ['BENCH_URL']}/bot{os.environ['BENCH_TOKEN']}/{method}"
        headers = {"Content-Type": "application/json"}
        async with self._session.post(url, data=msgspec.json.encode(parameters), headers=headers) as response:
            await response.read()


async def main() -> None:
    """Run until stopped."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    connector, jar = aiohttp.TCPConnector(limit=0), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        application = Bare(session)
        await application.call("setWebhook", {"url": address})
        sys.stdout.write(json.dumps({"event": "web_ready", "address": address}) + "\n")
        sys.stdout.flush()
        config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(main())
