"""The rehearsal as a program of its own, and people of the sample commune who act behind the scenes."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import BrowserContext

HOUSE = Path(__file__).parents[2]


@asynccontextmanager
async def rehearsal() -> AsyncIterator[str]:
    """The rehearsal, started over in a folder of its own; gives its address."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
        found.close()
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "bot.py",
            "demo",
            "--port",
            port,
            "--folder",
            folder,
            cwd=HOUSE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert program.stdout is not None
        while b"http" not in await program.stdout.readline():
            pass
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            await program.wait()


@dataclass(frozen=True, slots=True)
class Stage:
    """The page's own addresses, for what happens behind the scenes."""

    context: BrowserContext
    url: str

    async def mails(self, chat: str) -> list[dict[str, Any]]:
        """A person's conversation."""
        answer = await self.context.request.get(f"{self.url}/api/chats/{chat}/mails")
        found: list[dict[str, Any]] = (await answer.json())["mails"]
        return found

    async def says(self, chat: str, text: str) -> None:
        """Types something and waits for the answer."""
        await self._acts(chat, {"type": "said", "text": text})

    async def presses(self, chat: str, label: str) -> None:
        """Presses the newest button with this label and waits for the answer."""
        data, mail = next(
            (choice["data"], mail["id"])
            for mail in reversed(await self.mails(chat))
            for choice in mail.get("choices", ())
            if choice["label"] == label
        )
        await self._acts(chat, {"type": "pressed", "data": data, "mail": mail})

    async def _acts(self, chat: str, event: dict[str, Any]) -> None:
        before = max((mail["change"] for mail in await self.mails(chat)), default=0)
        sent = await self.context.request.post(
            f"{self.url}/api/chats/{chat}/events",
            headers={"X-Bon-Tot": "1", "Origin": self.url},
            data=event | {"id": str(uuid4())},
        )
        assert sent.ok, await sent.text()
        while not any(mail["change"] > before and not mail["incoming"] for mail in await self.mails(chat)):
            await asyncio.sleep(0.1)

    async def signs(self, chat: str) -> None:
        """Signs the pledge without words of one's own."""
        await self.says(chat, "/camket")
        for _ in range(5):
            await self.presses(chat, "Tiếp tục")
        await self.presses(chat, "Không")
        await self.presses(chat, "Ký cam kết")
