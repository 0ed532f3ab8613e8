"""Starts the real program again and again without loading its modules each time, which takes longest.

A line on standard input starts `bot.py run` as a process of its own: a fork of this one, in which nothing runs yet.
Answered are its process number, and when it has ended, its exit code. What the program writes goes to standard error.
"""

import importlib
import os
import runpy
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def main() -> None:
    """Serve until standard input ends."""
    sys.path.insert(0, str(HOUSE))
    load_the_program()
    answer("ready")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            become_the_program()
        answer(child)
        answer(waited(child))


def load_the_program() -> None:
    """All that the program loads is loaded before the first fork: its modules, and what the content needs of
    libraries."""
    importlib.import_module("bot.cli")
    importlib.import_module("bot.serve").load_content(HOUSE / "bot/content/sample")


def answer(what: object) -> None:
    """A line to whoever asked."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def waited(child: int) -> int:
    """The exit code of a program, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become_the_program() -> None:
    """Run `bot.py run` in this process, which ends with it."""
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.argv = [str(HOUSE / "bot.py"), "run"]
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.exit(0)


if __name__ == "__main__":
    main()
