"""Files that people sent for a purpose (a roster to import, a broadcast's attachment), until they expire."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select

from bot.chat import File
from bot.domain.ids import FileId, PersonId
from storage.database import Tx
from storage.schema import files

_add = insert(files).returning(files.c.id)
_load = select(files.c.name, files.c.mime, files.c.content).where(files.c.id == bindparam("file"))
_delete = delete(files).where(files.c.id == bindparam("file"))


async def add_file(tx: Tx, file: File, *, created_by: PersonId | None, keep: timedelta) -> FileId:
    """Keep a file for a time."""
    values = {
        "name": file.name,
        "mime": file.mime,
        "content": file.content,
        "created_by": created_by,
        "created_at": tx.now,
        "expires_at": tx.now + keep,
    }
    return FileId(await tx.insert_id(_add, values))


async def load_file(tx: Tx, file: FileId) -> File | None:
    """The file; None when it has expired or never was."""
    row = await tx.first(_load, {"file": file})
    return File(name=row.name, mime=row.mime, content=row.content) if row else None


async def delete_file(tx: Tx, file: FileId) -> None:
    """Delete a file that is no longer needed."""
    await tx.run(_delete, {"file": file})
