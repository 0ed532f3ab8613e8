"""The door: `python bot.py --help`. Everything behind it is in bot/cli.py."""

from bot.cli import main

if __name__ == "__main__":
    main()
