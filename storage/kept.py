"""Small facts of the installation under a name: the rehearsal's clock, a bot's name, the menus that were told."""

from collections.abc import Mapping

from sqlalchemy import Text, bindparam, func, select

from storage.database import Tx
from storage.inserting import insert
from storage.schema import kept_values

_get = select(kept_values.c.value).where(kept_values.c.key == bindparam("name"))
_beginning = select(kept_values).where(
    func.substr(kept_values.c.key, 1, func.length(bindparam("stem", type_=Text))) == bindparam("stem", type_=Text)
)
_insert = insert(kept_values)
_put = _insert.on_conflict_do_update(index_elements=["key"], set_={"value": _insert.excluded.value})


async def get(tx: Tx, name: str) -> str | None:
    """The value under a name."""
    value = await tx.scalar(_get, {"name": name})
    assert value is None or isinstance(value, str)
    return value


async def beginning(tx: Tx, stem: str) -> Mapping[str, str]:
    """The values under all names that begin so, by name."""
    return {row.key: row.value for row in await tx.all(_beginning, {"stem": stem})}


async def put(tx: Tx, name: str, value: str) -> None:
    """Set the value under a name."""
    await tx.run(_put, {"key": name, "value": value})
