"""The door: `python bot.py --help`."""

from bot.cli import cli

if __name__ == "__main__":
    cli()
