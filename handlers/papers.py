"""Makes the file of a message, after the commit: values from storage first, then the drawing off the event loop."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.chat import File, Paper, PermanentFailure
from bot.domain.ids import FileId
from handlers.registry import PaperMaker
from handlers.turn import House
from storage.database import Database, Tx
from storage.files import load_file

STORED = "stored"


def stored(file: FileId) -> Paper:
    """The paper that is a file somebody sent, as it is."""
    return Paper(STORED, {"file": file})


async def _load(tx: Tx, _house: House, args: Mapping[str, str | int | None]) -> File:
    number = args["file"]
    assert isinstance(number, int)
    found = await load_file(tx, FileId(number))
    if found is None:
        raise PermanentFailure("the file has expired")
    return found


def _as_it_is(file: Any) -> File:
    assert isinstance(file, File)
    return file


STORED_FILES = PaperMaker(kind=STORED, gather=_load, draw=_as_it_is)


class Papers:
    """Implements `bot.delivery.MakeFile`."""

    def __init__(self, *, database: Database, house: House, makers: Mapping[str, PaperMaker]) -> None:
        self._database = database
        self._house = house
        self._makers = makers

    async def make(self, paper: Paper) -> File:
        """The file; raises `PermanentFailure` when it cannot be made any more."""
        maker = self._makers[paper.kind]
        async with self._database.read() as tx:
            values = await maker.gather(tx, self._house, paper.args)
        return await asyncio.to_thread(maker.draw, values)
