"""A message that many are told alike but for a word here and there: put into words once, and encoded once."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.chat import Message, encode_message, encode_text

BLANK = "\ufdd0"
"""Stands where a word differs. It is no character, so that no text of ours has it; what people type may."""


class Kind(NamedTuple):
    """What the outbox knows of a message beside its text."""

    has_choices: bool
    slot: str | None
    about: str | None

    @classmethod
    def of(cls, message: Message) -> "Kind":
        """The message's."""
        return cls(bool(message.choices), message.slot, message.about)


class Template:
    """A message, or with `has_blanks` one with a `BLANK` for each word that differs: in its text, its title, and what
    its choices say and do; then all else in it is of ours."""

    def __init__(self, message: Message, *, has_blanks: bool = False) -> None:
        self.kind = Kind.of(message)
        self.has_paper = message.paper is not None
        body = encode_message(message)
        # What is given stands at the even places, a blank at the odd ones.
        self._pieces = re.split(f"({BLANK})", body) if has_blanks else [body]

    def encoded(self, words: Sequence[str | int] = ()) -> str:
        """As `encode_message` writes the message with these words and numbers in the blanks: those of the text first,
        then those of the title, then those of the choices. Raises ValueError when they are not as many as the
        blanks."""
        pieces = self._pieces.copy()
        pieces[1::2] = [str(word) if isinstance(word, int) else encode_text(word) for word in words]
        return "".join(pieces)
