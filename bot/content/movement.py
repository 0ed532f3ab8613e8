"""movement.toml: the movement's name, stage and purpose, and the four goods in their order."""

from typing import Annotated

from msgspec import Meta, Struct

from bot.content.files import Key, PartModel, Source, Versioned, Words, read_file
from bot.domain.movement import Good, GoodKey, Movement

_FOUR = [1, 2, 3, 4]


class GoodModel(Struct, frozen=True):
    """One of the four goods."""

    number: int
    key: Key
    name: Words
    meaning: Words


class MovementFile(Versioned, frozen=True, kw_only=True):
    """The whole of movement.toml."""

    name: Words
    stage: Words
    document: Words
    purpose: Annotated[tuple[PartModel, ...], Meta(min_length=1, max_length=10)]
    goods: tuple[GoodModel, ...]

    def __post_init__(self) -> None:
        if [good.number for good in self.goods] != _FOUR:
            raise ValueError("goods are four, with the numbers 1 to 4 in order")
        if len({good.key for good in self.goods}) != len(_FOUR):
            raise ValueError("two goods have the same key")


def read_movement(source: Source) -> Movement:
    """The movement. Raises `ContentFault`."""
    read, edition = read_file(source, MovementFile)
    return Movement(
        name=read.name,
        stage=read.stage,
        document=read.document,
        purpose=tuple(part.to_part() for part in read.purpose),
        goods=tuple(
            Good(number=good.number, key=GoodKey(good.key), name=good.name, meaning=good.meaning) for good in read.goods
        ),
        edition=edition,
    )
