"""The movement (phong trào) as a committee names it: its stage, its purpose, and the four goods in their order."""

from dataclasses import dataclass
from typing import NewType

from bot.domain.edition import Edition, Part

GoodKey = NewType("GoodKey", str)
"""Names a good in other content and in what is stored. It never changes once it is used; the words may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One of the four goods: its number from 1, its name, and what it asks for."""

    number: int
    key: GoodKey
    name: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The movement in its present stage. `document` is what it rests on, as the committee cites it."""

    name: str
    stage: str
    document: str
    purpose: tuple[Part, ...]
    goods: tuple[Good, ...]
    edition: Edition

    def good(self, key: GoodKey) -> Good | None:
        """The good with this key."""
        return next((good for good in self.goods if good.key == key), None)
