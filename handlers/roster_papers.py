"""The papers of a roster: the empty template, and the sender's own file back with what is wrong in it."""

from collections.abc import Mapping
from typing import Any

from bot.chat import File, Message, Paper, PermanentFailure
from bot.domain.ids import ImportId
from bot.domain.roster import Roster
from bot.texts import roster_import as texts
from handlers.registry import PaperMaker
from handlers.turn import House
from storage import imports
from storage.database import Tx
from storage.files import load_file
from storage.imports import Import

TEMPLATE = Paper("roster-template")
_FAULTS = "roster-faults"


def marked(found: Import, roster: Roster) -> Message:
    """The answer to a roster with faults: the file back, marked."""
    return texts.faulty(
        lines=roster.lines,
        faulty_lines=roster.faulty_lines,
        faults=roster.faults,
        paper=Paper(_FAULTS, {"import": found.id}),
    )


async def _no_values(_tx: Tx, _house: House, _args: Mapping[str, str | int | None]) -> None:
    return None


def _draw_template(_values: Any) -> File:
    from bot.documents.roster_template import roster_template

    return roster_template()


async def _gather(tx: Tx, _house: House, args: Mapping[str, str | int | None]) -> dict[str, Any]:
    number = args["import"]
    assert isinstance(number, int)
    found = await imports.import_by_id(tx, ImportId(number))
    file = await load_file(tx, found.file_id) if found and found.file_id is not None else None
    if found is None or found.roster is None or file is None:
        raise PermanentFailure("the roster is not kept any more")
    return {"name": file.name, "content": file.content, "faults": found.roster.faults}


def _draw_marked(values: Any) -> File:
    from bot.documents.roster_marking import roster_with_faults

    return roster_with_faults(**values)


PAPERS = (
    PaperMaker(kind=TEMPLATE.kind, gather=_no_values, draw=_draw_template),
    PaperMaker(kind=_FAULTS, gather=_gather, draw=_draw_marked),
)
