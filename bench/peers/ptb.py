"""python-telegram-bot as its documentation shows it: `Application`, its own webhook server, its own HTTP client.

It says one sentence to each message, and keeps nothing. Updates are handled side by side, which suits it best here.
"""

import json
import os
import socket
import sys

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters


async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it."""
    assert update.message is not None
    await update.message.reply_text("Chào đồng chí!")


def main() -> None:
    """Run until stopped."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def ready(_application: Application) -> None:  # type: ignore[type-arg] # six parameters that say nothing here
        sys.stdout.write(json.dumps({"event": "web_ready", "address": f"http://127.0.0.1:{port}"}) + "\n")
        sys.stdout.flush()

    application = (
        ApplicationBuilder()
        .token(os.environ["BENCH_TOKEN"])
        .base_url(f"{os.environ['BENCH_URL']}/bot")
        .concurrent_updates(True)
        .post_init(ready)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_webhook(
        listen="127.0.0.1",
        port=port,
        url_path="telegram",
        webhook_url="https://bot.example/telegram",
        secret_token=os.environ["BENCH_SECRET"],
    )


if __name__ == "__main__":
    main()
