"""Tables as structs: every problem at once, with its place, in words."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from bot.tables import MISSING, UNKNOWN, TableError, read_table


class Colour(StrEnum):
    """What a thing may look like."""

    RED = "red"
    BLUE = "blue"


def shouted(given: object) -> object:
    """A text in capitals; nobody shouts at a dog."""
    if given == "dog":
        raise ValueError("not at the dog")
    return given.upper() if isinstance(given, str) else given


class Leg(Struct, frozen=True):
    """One of a table's."""

    length: Annotated[int, Meta(ge=1)]
    made: date | None = None


class Furniture(Struct, frozen=True, kw_only=True):
    """One of everything."""

    name: Annotated[str, shouted, Meta(max_length=9)]
    colour: Colour = Colour.RED
    size: Literal["small", "large"] | None = None
    folds: bool = False
    price: Annotated[Decimal | None, "what it costs"] = None
    plan: Path | None = None
    at: Annotated[time | None, shouted] = None
    legs: Annotated[tuple[Leg, ...], Meta(max_length=4)] = ()

    def __post_init__(self) -> None:
        if self.folds and not self.legs:
            raise ValueError("what has no legs does not fold")


def problems(table: object, *, strict: bool = True) -> dict[str, str]:
    """What is wrong, by place."""
    with pytest.raises(TableError) as refused:
        read_table(Furniture, table, strict=strict)
    return {".".join(map(str, one.place)): one.what for one in refused.value.problems}


def test_a_table_that_is_right_is_read() -> None:
    """Names become what they name, lists cannot be changed, and what is not said is as the struct says."""
    table = {
        "name": "desk",
        "colour": "blue",
        "size": "large",
        "price": Decimal("7.5"),
        "plan": "desk.svg",
        "legs": [{"length": 3, "made": date(2026, 1, 5)}, {"length": 4}],
    }
    assert read_table(Furniture, table) == Furniture(
        name="DESK",
        colour=Colour.BLUE,
        size="large",
        price=Decimal("7.5"),
        plan=Path("desk.svg"),
        legs=(Leg(3, date(2026, 1, 5)), Leg(4)),
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Each with its place and what would be right, in plain words, without the value itself."""
    assert problems(
        {
            "colour": "green",
            "color": "red",
            "size": "huge",
            "folds": "no",
            "price": "7",
            "plan": 3,
            "at": 8,
            "legs": [{"length": 3}, {"length": 0}, {"made": "2026-01-05"}, 4, {"length": True, "width": 1}],
        }
    ) == {
        "name": MISSING,
        "color": UNKNOWN,
        "colour": "expected one of red, blue",
        "size": "expected one of small, large",
        "folds": "expected true or false, got a text",
        "price": "expected a decimal, got a text",
        "plan": "expected a text",
        "at": "expected a time, got a whole number",
        "legs.1.length": "expected a whole number >= 1",
        "legs.2.length": MISSING,
        "legs.2.made": "expected a date, got a text",
        "legs.3": "expected a table, got a whole number",
        "legs.4.length": "expected a whole number, got true or false",
        "legs.4.width": UNKNOWN,
    }


@pytest.mark.parametrize(
    ("table", "place", "told"),
    [
        ({"name": "dog"}, "name", "not at the dog"),
        ({"name": "a very long name"}, "name", "expected a text of length <= 9"),
        ({"name": "desk", "folds": True}, "", "what has no legs does not fold"),
        ({"name": "desk", "legs": [{"length": 1}] * 5}, "legs", "expected a list of length <= 4"),
        ({"name": "desk", "legs": {"length": 1}}, "legs", "expected a list, got a table"),
        ([], "", "expected a table, got a list"),
    ],
)
def test_a_rule_is_said_where_it_was_broken(table: object, place: str, told: str) -> None:
    """A rule of a value, of a list, and of a whole table; what holds for the whole is asked when its parts hold."""
    assert problems(table) == {place: told}


def test_texts_are_numbers_only_where_that_is_wanted() -> None:
    """What comes from an environment is text; what comes from a file has said what it is."""
    table = {"name": "desk", "folds": "true", "legs": [{"length": "3"}]}
    assert read_table(Furniture, table, strict=False) == Furniture(name="DESK", folds=True, legs=(Leg(3),))
    assert list(problems(table)) == ["folds", "legs.0.length"]
    assert problems(table | {"folds": "maybe"}, strict=False) == {"folds": "expected true or false, got a text"}
