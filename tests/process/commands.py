"""`bot.py …` to its end, as an operator has it: what it said and what it ended with."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.telegram import FakeTelegram
from tests.process.installation import reading
from tests.process.programs import HOUSE, SECONDS, environment, says_no_token


@dataclass(frozen=True)
class Said:
    """What a command said, and what it ended with."""

    code: int
    out: str
    err: str


async def command(folder: Path, *args: str, types: str = "", telegram: FakeTelegram | None = None) -> Said:
    """`bot.py …` to its end; `types` is what the operator types."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HOUSE / "bot.py"),
        *args,
        cwd=folder,
        env=environment(folder, telegram, LOG_LEVEL="INFO"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(types.encode()), SECONDS)
    assert process.returncode is not None
    said = Said(process.returncode, out.decode(), err.decode())
    says_no_token(said.out + said.err)
    assert "Traceback" not in said.err
    return said


def rows(folder: Path, sql: str) -> Sequence[tuple[object, ...]]:
    """What is in the database."""
    with reading(folder / "bon-tot.db") as connection:
        return connection.execute(sql).fetchall()
