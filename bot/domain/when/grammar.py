"""The grammar of dates and times as people type them: a text becomes phrases, without knowing today.

Every piece of the text belongs to a phrase or is a word that says nothing ("vào lúc"); with anything else in it
the text is not understood. So nothing that somebody typed ("trừ", "trước") is dropped in silence.
The rules look a few pieces ahead and never back: the time taken is linear in the length of the text.
"""

from collections.abc import Callable

from bot.domain.when import days, hours
from bot.domain.when.phrases import Found, Phrase
from bot.domain.when.tokens import Tokens, tokens_of

_SILENT = frozenset(
    {"vao", "luc", "hoi", "ngay", "hom", "buoi", "bua", "tu", "den", "het", "la", "thoi", "gian", "han", "chot", "hop"}
    | {"som", "nhe", "nha", "a", "duong", "lich", "dl"}
    | {"/", ".", "-", ":"}
)

_RULES: tuple[Callable[[Tokens, int], Found], ...] = (
    days.lunar,
    days.counted,
    days.edge,
    days.dated,
    days.weekday,
    days.week,
    hours.clock,
    days.month_alone,
    days.near_day,
    hours.part,
)
"""In this order: an earlier rule takes the longer or the likelier reading."""


def phrases_in(text: str) -> tuple[Phrase, ...] | None:
    """The phrases of a text in their order; None when something in it is not understood."""
    tokens, at = tokens_of(text), 0
    found: list[Phrase] = []
    while at < len(tokens.items):
        match = next((match for rule in _RULES if (match := rule(tokens, at))), None)
        if match:
            found.append(match[0])
            at = match[1]
        elif tokens.word(at) in _SILENT or tokens.is_exactly(at):
            at += 1
        else:
            return None
    return tuple(found)
