"""Bốn Tốt: the ground floor and the roof. See docs/architecture.md."""

import os

from bot.lean import without

# It would draw exceptions with rich, which takes 4 MB, where ours are told by bot/logs.py; and keep a context for each
# greenlet, of which we have none that logs.
with without("rich", "greenlet"):
    import structlog  # noqa: F401 - whoever asks for it now has it

# The lists of aiohttp's signals, of which we have none, are also written in C++, whose own library takes 1 MB.
os.environ.setdefault("FROZENLIST_NO_EXTENSIONS", "1")
