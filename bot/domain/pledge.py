"""The pledge (cam kết): a text in parts that every member confirms once a year, with commitments of their own.

A confirmation here is not a wet signature: that the paper was signed is another fact. It holds for the exact edition
of the text that was shown; a new edition asks again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.edition import Edition, Part
from bot.domain.free_text import FreeTextFault, read_free_text
from bot.domain.movement import Good, GoodKey

Commitments = Mapping[GoodKey, str]
"""What a person adds in their own words, at most one text a good. Empty is right: adding any is voluntary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeText:
    """The text to be confirmed. `note` says where it comes from; `sample`: a shipped reference, adopted by nobody."""

    title: str
    opening: str
    parts: tuple[Part, ...]
    closing: str
    note: str
    sample: bool
    edition: Edition


def asks_again(text: PledgeText, confirmed: Iterable[str]) -> bool:
    """Whether somebody who confirmed the editions with these hashes is to be asked for this text."""
    return text.edition.hash not in confirmed


def with_commitment(commitments: Commitments, good: GoodKey, typed: str) -> Commitments | FreeTextFault:
    """The commitments with the one for this good added or replaced, or why the text is not taken."""
    text = read_free_text(typed)
    return text if isinstance(text, FreeTextFault) else {**commitments, good: text}


def without_commitment(commitments: Commitments, good: GoodKey) -> Commitments:
    """The commitments without the one for this good."""
    return {key: text for key, text in commitments.items() if key != good}


def in_order(commitments: Commitments, goods: Iterable[Good]) -> tuple[tuple[Good, str], ...]:
    """The commitments in the order of the goods; those for a good that no longer exists are left out."""
    return tuple((good, commitments[good.key]) for good in goods if good.key in commitments)
