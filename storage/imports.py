"""Imports of rosters: a file that waits to be checked, then for its confirmation; applied once, forgotten after a day.

What was read from the file is kept here only until it is applied or dropped, and so is the file itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, select, update

from bot.domain.ids import DialogueId, FileId, ImportId, PersonId, UnitId
from bot.domain.roster import Roster
from bot.domain.roster_import import KEEP, LEASE, ImportState, Summary
from storage import files
from storage.database import Row, Tx
from storage.schema import imports


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import. `roster` and `summary` are there once it was checked, the roster until it is over; `refused` says
    why the whole file was refused; `attempts` counts checks that were begun."""

    id: ImportId
    unit_id: UnitId
    file_id: FileId | None
    created_by: PersonId | None
    created_at: datetime
    dialogue_id: DialogueId | None
    state: ImportState
    attempts: int
    refused: str | None
    roster: Roster | None
    summary: Summary | None
    applied_at: datetime | None

    def is_over_at(self, now: datetime) -> bool:
        """Whether it waited too long."""
        return self.created_at + KEEP <= now


_to_json = msgspec.json.Encoder()
_rosters = msgspec.json.Decoder(Roster)
_summaries = msgspec.json.Decoder(Summary)

_add = insert(imports).returning(imports.c.id)
_by_id = select(imports).where(imports.c.id == bindparam("import_id"))
_locked = _by_id.with_for_update()
_of_dialogue = (
    select(imports).where(imports.c.dialogue_id == bindparam("dialogue")).order_by(imports.c.id.desc()).limit(1)
)
_newest = (
    select(imports)
    .where(imports.c.unit_id == bindparam("unit"), imports.c.created_by == bindparam("person"))
    .order_by(imports.c.id.desc())
    .limit(1)
)
_due = select(imports.c.id).where(imports.c.next_due_at <= bindparam("now")).order_by(imports.c.next_due_at).limit(100)
_begin = (
    update(imports)
    .where(
        imports.c.id == bindparam("import_id"),
        imports.c.state == ImportState.RECEIVED.value,
        imports.c.next_due_at <= bindparam("now"),
    )
    .values(attempts=imports.c.attempts + 1, next_due_at=bindparam("lease"))
    .returning(imports)
)
_checked = (
    update(imports)
    .where(imports.c.id == bindparam("import_id"))
    .values(
        state=bindparam("to_state"),
        refused=bindparam("to_refused"),
        roster=bindparam("to_roster"),
        summary=bindparam("to_summary"),
        next_due_at=bindparam("to_due"),
    )
)
_end = (
    update(imports)
    .where(imports.c.id == bindparam("import_id"))
    .values(
        state=bindparam("to_state"),
        applied_at=bindparam("at"),
        summary=bindparam("to_summary"),
        roster=None,
        file_id=None,
        next_due_at=None,
    )
)


def _to_import(row: Row) -> Import:
    return Import(
        id=ImportId(row.id),
        unit_id=UnitId(row.unit_id),
        file_id=FileId(row.file_id) if row.file_id is not None else None,
        created_by=PersonId(row.created_by) if row.created_by is not None else None,
        created_at=row.created_at,
        dialogue_id=DialogueId(row.dialogue_id) if row.dialogue_id is not None else None,
        state=ImportState(row.state),
        attempts=row.attempts,
        refused=row.refused,
        roster=_rosters.decode(row.roster) if row.roster else None,
        summary=_summaries.decode(row.summary) if row.summary else None,
        applied_at=row.applied_at,
    )


async def add(
    tx: Tx,
    *,
    unit: UnitId,
    created_by: PersonId | None,
    file: FileId | None = None,
    dialogue: DialogueId | None = None,
) -> ImportId:
    """A new import; with a file, it is due to be checked at once."""
    values = {
        "unit_id": unit,
        "file_id": file,
        "created_by": created_by,
        "created_at": tx.now,
        "dialogue_id": dialogue,
        "state": ImportState.RECEIVED.value,
        "attempts": 0,
        "next_due_at": tx.now if file is not None else None,
    }
    return ImportId(await tx.insert_id(_add, values))


async def import_by_id(tx: Tx, number: ImportId) -> Import | None:
    """The import as it is."""
    row = await tx.first(_by_id, {"import_id": number})
    return _to_import(row) if row else None


async def of_dialogue(tx: Tx, dialogue: DialogueId) -> Import | None:
    """The newest import that a dialogue began."""
    row = await tx.first(_of_dialogue, {"dialogue": dialogue})
    return _to_import(row) if row else None


async def newest_of(tx: Tx, unit: UnitId, person: PersonId) -> Import | None:
    """The newest import that this person began for the committee."""
    row = await tx.first(_newest, {"unit": unit, "person": person})
    return _to_import(row) if row else None


async def lock(tx: Tx, number: ImportId) -> Import | None:
    """The import, held until this transaction ends: of two who confirm it, the second sees what the first did."""
    row = await tx.first(_locked, {"import_id": number})
    return _to_import(row) if row else None


async def due_imports(tx: Tx) -> Sequence[int]:
    """Imports to be checked or to be forgotten now."""
    return [row.id for row in await tx.all(_due, {"now": tx.now})]


async def begin_check(tx: Tx, number: ImportId) -> Import | None:
    """Claim an import for checking, for the time of a lease; None when it is not to be checked (now)."""
    row = await tx.first(_begin, {"import_id": number, "now": tx.now, "lease": tx.now + LEASE})
    return _to_import(row) if row else None


async def checked(
    tx: Tx,
    found: Import,
    state: ImportState,
    *,
    refused: str | None = None,
    roster: Roster | None = None,
    summary: Summary | None = None,
) -> None:
    """What came of a check. The import waits until the day after it was sent, and is forgotten then."""
    values = {
        "import_id": found.id,
        "to_state": state.value,
        "to_refused": refused,
        "to_roster": _to_json.encode(roster).decode() if roster else None,
        "to_summary": _to_json.encode(summary).decode() if summary else None,
        "to_due": found.created_at + KEEP,
    }
    await tx.run(_checked, values)


async def applied(tx: Tx, found: Import, summary: Summary) -> None:
    """The import is written: its file and what was read from it are deleted, `summary` stays."""
    await _over(tx, found, ImportState.APPLIED, at=tx.now, summary=summary)


async def nothing_to_write(tx: Tx, found: Import, summary: Summary) -> None:
    """The roster says what is known already: its file and what was read from it are deleted."""
    await _over(tx, found, ImportState.SAME, at=None, summary=summary)


async def drop(tx: Tx, found: Import) -> None:
    """The import will not be written: its file and what was read from it are deleted."""
    await _over(tx, found, ImportState.DROPPED, at=None, summary=None)


async def _over(tx: Tx, found: Import, state: ImportState, *, at: datetime | None, summary: Summary | None) -> None:
    shown = _to_json.encode(summary).decode() if summary else None
    await tx.run(_end, {"import_id": found.id, "to_state": state.value, "at": at, "to_summary": shown})
    if found.file_id is not None:
        await files.delete_file(tx, found.file_id)
