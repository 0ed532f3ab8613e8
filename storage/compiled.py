"""Statements of SQLAlchemy, compiled once and run on SQLite's own driver.

SQLAlchemy's way to the driver costs ten times what SQLite needs for a small statement, and its asynchronous form a hop
to a thread for each (docs/decisions/0021-compiled-once.md). Here it does what it is best at, one text of SQL for both
databases and the types of the columns; the text it made is kept with the statement, and what is left for every call
is to put the values in their places.

Expects what this project writes: statements at module level, values under the names of their `bindparam`s, constants as
the defaults of columns.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
MakeRow = Callable[[Sequence[Any]], Any]

DIALECT = SQLiteDialect_pysqlite(dbapi=cast("Any", sqlite3))
MOST_KEPT = 4096
"""Statements kept compiled. The program has some hundreds; more means that somebody makes them anew at every call."""
_REQUIRED = object()


class _Place:
    """Where one value of a statement comes from."""

    __slots__ = ("default", "index", "name", "process")

    def __init__(self, name: str, default: Any, process: Process | None, index: int | None) -> None:
        self.name = name
        self.default = default
        self.process = process
        self.index = index

    def of(self, values: Values) -> Any:
        found = values.get(self.name, self.default)
        if found is _REQUIRED:
            raise KeyError(f"the statement needs a value for {self.name!r}")
        if self.index is not None:
            found = found[self.index]
        return found if self.process is None else self.process(found)


class Compiled:
    """One statement for one set of names."""

    def __init__(self, statement: Executable, names: Sequence[str]) -> None:
        compiled = cast("Any", statement).compile(dialect=DIALECT, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        self._compiled = compiled
        self._lists = sorted(bind.key for bind in compiled.post_compile_params)
        self._defaults = _defaults(compiled)
        self._texts: dict[tuple[int, ...], tuple[str, list[_Place]]] = {}
        self.make_row = _row_maker(compiled)
        self.returns = self.make_row is not None

    def bound(self, values: Values) -> tuple[str, list[Any]]:
        """The SQL and its values in their order."""
        lengths: tuple[int, ...] = ()
        if self._lists:
            values = {**values, **{name: list(values.get(name, self._defaults[name])) for name in self._lists}}
            lengths = tuple([len(values[name]) for name in self._lists])
        text = self._texts.get(lengths)
        if text is None:
            text = self._texts[lengths] = self._expanded(values)
        sql, places = text
        return sql, [place.of(values) for place in places]

    def _expanded(self, values: Values) -> tuple[str, list[_Place]]:
        """The text for lists as long as those of the values."""
        if not self._lists:
            return str(self._compiled), [self._place(name, name, None) for name in self._compiled.positiontup or ()]
        state = self._compiled.construct_expanded_state({**self._defaults_known(), **values})
        origin = {
            expanded: (name, index)
            for name, many in state.parameter_expansion.items()
            for index, expanded in enumerate(many)
        }
        return state.statement, [self._place(name, *origin.get(name, (name, None))) for name in state.positiontup or ()]

    def _place(self, expanded: str, name: str, index: int | None) -> _Place:
        processors = self._compiled._bind_processors
        process = cast("Process | None", processors.get(name, processors.get(expanded)))
        return _Place(name, self._defaults.get(name, _REQUIRED), process, index)

    def _defaults_known(self) -> dict[str, Any]:
        return {name: value for name, value in self._defaults.items() if value is not _REQUIRED}


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """The value of every name that the caller need not give."""
    found: dict[str, Any] = {
        name: _REQUIRED if bind.required else bind.effective_value for name, bind in compiled.binds.items()
    }
    for column in compiled.insert_prefetch:
        default = cast("Any", column.default)
        assert default.is_scalar, f"{column} has a default that is no constant"
        found[column.key] = default.arg
    assert not compiled.update_prefetch, "no column changes by itself"
    return found


def _row_maker(compiled: SQLCompiler) -> MakeRow | None:
    """Makes the row of what the driver returned; None when the statement returns none."""
    entries = compiled._result_columns
    if not entries:
        return None
    names = [entry.keyname for entry in entries]
    fields = cast("Any", namedtuple)("Row", names, rename=True)
    found = [cast("Any", entry.type)._cached_result_processor(DIALECT, None) for entry in entries]
    processors = [(index, process) for index, process in enumerate(found) if process is not None]
    make: MakeRow = fields._make
    if not processors:
        return make

    def processed(raw: Sequence[Any]) -> Any:
        row = list(raw)
        for index, process in processors:
            row[index] = process(row[index])
        return make(row)

    return processed


class Statements:
    """All that were compiled."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Executable, tuple[str, ...]], Compiled] = {}

    def of(self, statement: Executable, names: Iterable[str]) -> Compiled:
        """The statement, compiled for values of these names."""
        key = (statement, tuple(names))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = Compiled(statement, key[1])
        return found
