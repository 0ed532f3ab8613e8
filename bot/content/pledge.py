"""pledge.toml: the text that every member confirms, in short parts."""

from typing import Annotated

from msgspec import Meta

from bot.content.files import PartModel, Source, Versioned, Words, read_file
from bot.domain.pledge import PledgeText


class PledgeFile(Versioned, frozen=True, kw_only=True):
    """The whole of pledge.toml."""

    title: Words
    opening: Words
    parts: Annotated[tuple[PartModel, ...], Meta(min_length=1, max_length=12)]
    closing: Words
    note: Words
    sample: bool = False


def read_pledge(source: Source) -> PledgeText:
    """The pledge. Raises `ContentFault`."""
    read, edition = read_file(source, PledgeFile)
    return PledgeText(
        title=read.title,
        opening=read.opening,
        parts=tuple(part.to_part() for part in read.parts),
        closing=read.closing,
        note=read.note,
        sample=read.sample,
        edition=edition,
    )
