"""Bốn Tốt: the ground floor and the roof. See docs/architecture.md."""

from bot.lean import without

# It would draw exceptions with rich, which takes 4 MB; ours are told by bot/logs.py.
with without("rich"):
    import structlog  # noqa: F401 - whoever asks for it now has it
