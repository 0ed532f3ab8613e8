"""Tables of a TOML file, or of the environment, as structs: what is wrong is said all at once, each with its place.

msgspec decides about every value, and stops at the first that is wrong; so it is asked value by value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin

import msgspec

UNKNOWN = "unknown key"
MISSING = "missing"
_PLAIN = {"array": "a list", "bool": "true or false", "int": "a whole number", "object": "a table", "str": "a text"}
"""Names of msgspec for what an operator writes."""
_FROM_TOML = (date, time, Decimal)

T = TypeVar("T", bound=msgspec.Struct)


class Problem(NamedTuple):
    """What is wrong, and where: the keys that lead there, entries of a list counted from 0."""

    place: tuple[int | str, ...]
    what: str


class TableError(Exception):
    """A table that is not as it should be."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(*problems)
        self.problems = problems


def read_table(kind: type[T], table: object, *, strict: bool = True) -> T:
    """The table as a struct of this kind, unknown keys refused. Unless `strict`, "3" is a number, "true" is true.

    A function in an annotation is given the value first, and gives what is then checked, or raises a `ValueError`.
    A class that msgspec does not know is called with the text. Raises `TableError` with all problems; the only values
    that they show are those that such a function or a struct's `__post_init__` shows."""
    reader = _Reader(strict=strict)
    read = reader.value(kind, table, ())
    if reader.problems:
        raise TableError(reader.problems)
    return cast("T", read)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    strict: bool
    problems: list[Problem] = field(default_factory=list)

    def value(self, kind: Any, given: Any, place: tuple[int | str, ...]) -> Any:
        """The value as this kind; None with new problems."""
        before = len(self.problems)
        bare, functions = _parted(kind)
        try:
            for function in functions:
                given = function(given)
            if isinstance(given, dict) and isinstance(bare, type) and issubclass(bare, msgspec.Struct):
                given = self._struct(bare, given, place)
            elif isinstance(given, list) and get_origin(bare) is tuple and get_args(bare)[1] is ...:
                given = [self.value(get_args(bare)[0], one, (*place, at)) for at, one in enumerate(given)]
            if len(self.problems) == before:
                return msgspec.convert(given, kind, strict=self.strict, builtin_types=_FROM_TOML, dec_hook=_called)
        except (ValueError, msgspec.ValidationError) as error:
            self.problems.append(Problem(place, _said(bare, error)))
        return None

    def _struct(self, kind: type[msgspec.Struct], given: dict[str, Any], place: tuple[int | str, ...]) -> Any:
        before = len(self.problems)
        fields = {one.name: one for one in msgspec.structs.fields(kind)}
        missing = [name for name, one in fields.items() if one.required and name not in given]
        self.problems.extend(Problem((*place, name), UNKNOWN) for name in given if name not in fields)
        self.problems.extend(Problem((*place, name), MISSING) for name in missing)
        read = {name: self.value(fields[name].type, given[name], (*place, name)) for name in given if name in fields}
        return kind(**read) if len(self.problems) == before else None


def _parted(kind: Any) -> tuple[Any, list[Callable[[Any], Any]]]:
    """A kind without annotations and without None, and the functions of its annotations."""
    functions: list[Callable[[Any], Any]] = []
    while True:
        if get_origin(kind) is Annotated:
            functions += filter(callable, kind.__metadata__)
            kind = kind.__origin__
        elif get_origin(kind) in (Union, UnionType) and len(kinds := set(get_args(kind)) - {NoneType}) == 1:
            [kind] = kinds
        else:
            return kind, functions


def _called(kind: Callable[[str], Any], given: object) -> Any:
    if not isinstance(given, str):
        raise TypeError("Expected `str`")
    return kind(given)


def _said(kind: Any, error: Exception) -> str:
    names = get_args(kind) if get_origin(kind) is Literal else list(kind) if isinstance(kind, EnumType) else ()
    if names:
        return f"expected one of {', '.join(names)}"
    said = str(error).replace("Expected", "expected", 1)
    return re.sub("`(.+?)(?: [|] null)?`", lambda found: _PLAIN.get(found[1], f"a {found[1]}"), said)
