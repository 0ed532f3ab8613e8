"""The program with fault points, started again and again: tests/process/nursery.py, and one thing more.

A line on standard input says where the next program ends: after how many passages it dies at the next point at which
none died yet; -1: it does not die of itself. `CHAOS_MARKS` names the file of the marks.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

HOUSE = Path(__file__).parents[1]


def main() -> None:
    """Serve until standard input ends."""
    sys.path.insert(0, str(HOUSE))
    from chaos.points import Marks, Spine, install, killing
    from tests.process.nursery import answer, become_the_program, load_the_program, waited

    spine = Spine()
    marks = Marks(Path(os.environ["CHAOS_MARKS"]), len(spine.points))
    act: Callable[[int], None] = killing(marks, after=-1)

    def passed(number: int) -> None:
        act(number)

    install(spine, passed)
    load_the_program()
    answer("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            act = killing(marks, after=int(line))
            become_the_program()
        answer(child)
        answer(waited(child))


if __name__ == "__main__":
    main()
