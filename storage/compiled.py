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
from functools import partial
from operator import itemgetter
from typing import Any, cast

import msgspec
from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
MakeRows = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]

DIALECT = SQLiteDialect_pysqlite(
    dbapi=cast("Any", sqlite3),
    json_serializer=lambda value: msgspec.json.encode(value).decode(),
    json_deserializer=msgspec.json.decode,
)
MOST_KEPT = 4096
"""Statements kept compiled. The program has some hundreds; more means that somebody makes them anew at every call."""
MANY_ROWS = 8
"""From so many rows on they are made column by column."""


class Compiled:
    """One statement for values of one set of names."""

    def __init__(self, statement: Executable, names: Sequence[str]) -> None:
        compiled = cast("Any", statement).compile(dialect=DIALECT, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        self._lists = tuple(sorted(compiled.bind_names[bind] for bind in compiled.post_compile_params))
        # Kept only where the text depends on how long its lists are: it is large.
        self._compiled = compiled if self._lists else None
        # What nobody gives is part of the statement.
        self._fixed = {name: value for name, value in _defaults(compiled).items() if name not in names}
        self._texts: dict[tuple[int, ...], _Text] = {}
        self._text: _Text | None = None
        if not self._lists:
            self._text = _Text(str(compiled), list(compiled.positiontup or ()), compiled, self._fixed)
        self.make_rows = _rows_maker(compiled)
        self.returns = self.make_rows is not None
        self.writes: str | None = _written_table(compiled)
        """The table that it writes; None: it only reads."""

    def bound(self, values: Values) -> tuple[str, Sequence[Any]]:
        """The SQL, and its values in their order. Raises KeyError for one that is missing."""
        text = self._text
        if text is None:
            return self._bound_with_lists(values)
        return text.sql, text.placed(values)

    def bound_many(self, many: Sequence[Values]) -> tuple[str, Sequence[Sequence[Any]]] | None:
        """The SQL, and the values of many executions; None where the SQL depends on the values."""
        if self._text is None:
            return None
        return self._text.sql, self._text.placed_many(many)

    def _bound_with_lists(self, values: Values) -> tuple[str, Sequence[Any]]:
        values = {**self._fixed, **values}
        for name in self._lists:
            values[name] = tuple(values[name])
        lengths = tuple([len(values[name]) for name in self._lists])
        text = self._texts.get(lengths)
        if text is None:
            assert self._compiled is not None
            state = self._compiled.construct_expanded_state(values)
            origin = {
                expanded: (name, index)
                for name, many in state.parameter_expansion.items()
                for index, expanded in enumerate(many)
            }
            places = [origin.get(name, name) for name in state.positiontup or ()]
            text = self._texts[lengths] = _Text(state.statement, places, self._compiled, self._fixed)
        return text.sql, text.placed(values)


ANY_TABLE = "?"
"""What SQL writes that no statement of SQLAlchemy says."""
_READS = ("SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA")


def only_reads(sql: str) -> bool:
    """Whether SQL of somebody's own writes nothing."""
    return sql.lstrip().upper().startswith(_READS)


def _written_table(compiled: SQLCompiler) -> str | None:
    if compiled.isinsert or compiled.isupdate or compiled.isdelete:
        return str(cast("Any", compiled.statement).table.name)
    return None if only_reads(str(compiled)) else ANY_TABLE


class _Text:
    """SQL as the driver takes it, and the value of each of its places: by its name, or by the name of a list and the
    place in it."""

    def __init__(self, sql: str, places: Sequence[Any], compiled: SQLCompiler, fixed: Values) -> None:
        processors = compiled._bind_processors  # as SQLAlchemy finds them itself
        parts = sql.split("?")
        assert len(parts) == len(places) + 1, "a question mark stands in the statement's own words"
        left = []
        self.sql = parts[0]
        for place, part in zip(places, parts[1:], strict=True):
            literal = _literal(place, fixed, processors)
            if literal is None:
                left.append(place)
            self.sql += (literal or "?") + part
        of_place = [processors.get(place if isinstance(place, str) else place[0]) for place in left]
        self._processors = [(index, cast("Process", found)) for index, found in enumerate(of_place) if found]
        self._missing = {name: fixed[name] for name in left if isinstance(name, str) and name in fixed}
        self._pick = _picker(left)
        self.placed = _placer(left, fixed, of_place)
        """Gives the values in the order of the places."""

    def placed_many(self, many: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Any]]:
        """The same for many: what stands in many of them is put into the driver's form once."""
        if self._missing:
            many = [{**self._missing, **values} for values in many]
        rows = [list(self._pick(values)) for values in many]
        for index, process in self._processors:
            known: dict[int, Any] = {}  # by identity, while all of them live
            for row in rows:
                value = row[index]
                key = id(value)
                if key not in known:
                    known[key] = process(value)
                row[index] = known[key]
        return rows


def _placer(places: Sequence[Any], fixed: Values, processes: Sequence[Any]) -> Callable[[Values], Sequence[Any]]:
    """Takes the values of these places in their order, each in the driver's form.

    A function of its own for every statement, written here, as `namedtuple` writes one for every kind of row: a loop
    over places takes three times as long. Names stand in it as literals, everything else by its number."""
    given: dict[str, Any] = {}
    parts = []
    for number, (place, process) in enumerate(zip(places, processes, strict=True)):
        name, index = (place, None) if isinstance(place, str) else place
        if index:
            continue  # a list stands as a whole where it begins
        given[f"p{number}"] = process
        if name in fixed:
            given[f"c{number}"] = fixed[name]
        value = f"c{number}" if name in fixed else f"v[{name!r}]"
        if index is None:
            parts.append(f"p{number}({value})" if process else value)
        else:
            parts.append(f"*map(p{number}, {value})" if process else f"*{value}")
    return _written_function("v", f"({''.join(f'{part}, ' for part in parts)})", given)


def _written_function(argument: str, expression: str, given: dict[str, Any]) -> Callable[[Any], Any]:
    """A function that this module has written: no word of it comes from outside."""
    made: Callable[[Any], Any] = eval(f"lambda {argument}: {expression}", given)  # noqa: S307
    return made


def _literal(place: Any, fixed: Values, processors: Mapping[str, Any]) -> str | None:
    """What the statement itself says at this place, as SQL; None for what is given at every call.

    A constant that is bound could be anything to SQLite's planner: where a partial index depends on it, the statement
    is prepared anew at every call, which takes five times as long as to run it.
    """
    name = place if isinstance(place, str) else place[0]
    if name not in fixed:
        return None
    value = fixed[name] if isinstance(place, str) else fixed[name][place[1]]
    if process := processors.get(name):
        value = process(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str) and "\0" not in value:
        return "'" + value.replace("'", "''") + "'"
    return None


def _picker(places: Sequence[Any]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Takes the values of these places, in their order; a list, whose places stand together, as a whole."""
    parts: list[tuple[str, bool]] = []
    for place in places:
        if isinstance(place, str):
            parts.append((place, False))
        elif place[1] == 0:
            parts.append((place[0], True))
    if not any(is_list for _, is_list in parts):
        match places:
            case []:
                return lambda _values: ()
            case [only]:
                return lambda values: (values[only],)
            case _:
                return itemgetter(*places)

    def pick(values: Mapping[str, Any]) -> Sequence[Any]:
        picked: list[Any] = []
        for name, is_list in parts:
            if is_list:
                picked += values[name]
            else:
                picked.append(values[name])
        return picked

    return pick


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """The value of every name that the caller need not give."""
    found = {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}
    for column in compiled.insert_prefetch:
        default = cast("Any", column.default)
        assert default.is_scalar, f"{column} has a default that is no constant"
        found[column.key] = default.arg
    assert not compiled.update_prefetch, "no column changes by itself"
    return found


def _rows_maker(compiled: SQLCompiler) -> MakeRows | None:
    """Makes the rows of what the driver returned; None when the statement returns none."""
    entries = compiled._result_columns
    if not entries:
        return None
    names = [entry.keyname for entry in entries]
    fields = cast("Any", namedtuple)("Row", names, rename=True)
    found = [cast("Any", entry.type)._cached_result_processor(DIALECT, None) for entry in entries]
    processors = [(index, process) for index, process in enumerate(found) if process is not None]
    make = partial(tuple.__new__, fields)  # what `_make` does, without a call of Python's
    parts = [f"p{index}(r[{index}])" if process else f"r[{index}]" for index, process in enumerate(found)]
    given = {"make": make} | {f"p{index}": process for index, process in processors}
    processed = _written_function("r", f"make(({', '.join(parts)},))", given)

    def rows(found: Sequence[Sequence[Any]]) -> Sequence[Any]:
        if not processors:
            return list(map(make, found))
        if len(found) < MANY_ROWS:
            return [processed(raw) for raw in found]
        # Column by column: the loops are not Python's own.
        columns: list[Iterable[Any]] = list(zip(*found, strict=True))
        for index, process in processors:
            columns[index] = map(process, columns[index])
        return list(map(make, zip(*columns, strict=True)))

    return rows


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
