"""aiogram as its documentation shows it: a dispatcher behind aiohttp's web server.

It says one sentence to each message, and keeps nothing.
"""

import json
import os
import socket
import sys

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

router = Router()


@router.message()  # type: ignore[untyped-decorator] # its types are in another environment
async def answer(message: Message) -> None:
    """Say it."""
    await message.answer("Chào đồng chí!")


async def ready(bot: Bot) -> None:
    """Tell the webhook, as every bot does."""
    await bot.set_webhook("https://bot.example/telegram", secret_token=os.environ["BENCH_SECRET"])


def main() -> None:
    """Run until stopped."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BENCH_URL"]))
    bot = Bot(os.environ["BENCH_TOKEN"], session=session)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    dispatcher.startup.register(ready)
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=os.environ["BENCH_SECRET"]).register(application, "/telegram")
    setup_application(application, dispatcher, bot=bot)
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    sys.stdout.write(json.dumps({"event": "web_ready", "address": address}) + "\n")
    sys.stdout.flush()
    web.run_app(application, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
