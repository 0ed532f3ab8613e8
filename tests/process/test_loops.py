"""What is done again and again beside the events: a database that cannot be had delays it, and ends nothing."""

import pytest

from bot.loops import forever
from storage.database import StorageUnavailable


async def test_a_turn_is_left_out_while_the_database_cannot_be_had() -> None:
    """A full disk passes; what is wrong with the act itself ends the program, as it must."""
    turns: list[int] = []

    async def act() -> None:
        turns.append(len(turns))
        if len(turns) < 4:
            raise StorageUnavailable("database or disk is full")
        raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        await forever(act, seconds=0)
    assert turns == [0, 1, 2, 3]
