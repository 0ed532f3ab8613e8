"""What we take of python-telegram-bot, loaded without what it would load beside it and we never call.

It decodes passports with cryptography where that is installed, and httpx, the HTTP client that it brings and that is
not ours (docs/decisions/0007-telegram-by-a-loop-of-our-own.md), has a command that prints in colours: 8 MB.
"""

from bot.lean import without

with without("cryptography", "pygments", "rich"):
    from telegram import Bot, InputFile
    from telegram.error import (
        BadRequest,
        ChatMigrated,
        Conflict,
        EndPointNotFound,
        Forbidden,
        InvalidToken,
        NetworkError,
        TelegramError,
        TimedOut,
    )
    from telegram.request import BaseRequest, RequestData

__all__ = [
    "BadRequest",
    "BaseRequest",
    "Bot",
    "ChatMigrated",
    "Conflict",
    "EndPointNotFound",
    "Forbidden",
    "InputFile",
    "InvalidToken",
    "NetworkError",
    "RequestData",
    "TelegramError",
    "TimedOut",
]
