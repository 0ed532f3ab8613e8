"""Writes REVISION.json from a SQLite database: a few rows of every table, with every row that they refer to."""

import base64
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

from storage.schema import metadata

ROWS = 3


def shown(table: str, column: str, value: Any) -> Any:
    """A value of SQLite as JSON."""
    kind = metadata.tables[table].c[column].type.python_type
    if isinstance(value, bytes):
        return base64.b64encode(value[:300]).decode()
    if value is not None and kind is bool:
        return bool(value)
    if isinstance(value, str) and kind in (dict, list):
        return json.loads(value)
    if isinstance(value, str) and kind.__name__ == "datetime":
        return value.replace(" ", "T") + "+00:00"
    return value


def main(path: str, revision: str) -> None:
    """Read the database and write the data file beside this one."""
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    kept: dict[str, dict[Any, dict[str, Any]]] = {table.name: {} for table in metadata.sorted_tables}

    def keep(name: str, row: sqlite3.Row) -> None:
        table = metadata.tables[name]
        key = tuple(row[column.name] for column in table.primary_key)
        if key in kept[name]:
            return
        kept[name][key] = dict(row)
        for column in table.c:
            for reference in column.foreign_keys:
                if row[column.name] is not None:
                    other, wanted = reference.column.table.name, reference.column.name
                    query = f'SELECT * FROM "{other}" WHERE "{wanted}" = ?'  # noqa: S608
                    keep(other, database.execute(query, (row[column.name],)).fetchone())

    for table in metadata.sorted_tables:
        for row in database.execute(f'SELECT * FROM "{table.name}" LIMIT {ROWS}'):  # noqa: S608
            keep(table.name, row)
    data = {
        name: [{column: shown(name, column, value) for column, value in row.items()} for row in rows.values()]
        for name, rows in kept.items()
    }
    empty = [name for name, rows in data.items() if not rows]
    if empty:
        raise SystemExit(f"no rows of: {', '.join(empty)}")
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (Path(__file__).parent / f"{revision}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
