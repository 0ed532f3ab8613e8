"""`python bot.py run` without Telegram's limits, which would be all that is measured: one process, one account."""

import runpy
import sys
from dataclasses import replace
from pathlib import Path

HOUSE = Path(__file__).parents[1]


def main() -> None:
    """Widen what the channel may, and start the program."""
    sys.path.insert(0, str(HOUSE))
    from bot.channels import telegram

    telegram.CAPABILITIES = replace(telegram.CAPABILITIES, per_second=None, chat_seconds=None)
    sys.argv[0] = str(HOUSE / "bot.py")
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
