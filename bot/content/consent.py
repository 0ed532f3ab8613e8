"""consent.toml: what a person reads before agreeing that the bot keeps anything about them."""

from typing import Annotated

from msgspec import Meta

from bot.content.files import PartModel, Source, Versioned, Words, read_file
from bot.domain.consent import ConsentText


class ConsentFile(Versioned, frozen=True, kw_only=True):
    """The whole of consent.toml."""

    title: Words
    parts: Annotated[tuple[PartModel, ...], Meta(min_length=1, max_length=12)]
    question: Words


def read_consent(source: Source) -> ConsentText:
    """The consent. Raises `ContentFault`."""
    read, edition = read_file(source, ConsentFile)
    return ConsentText(
        title=read.title,
        parts=tuple(part.to_part() for part in read.parts),
        question=read.question,
        edition=edition,
    )
