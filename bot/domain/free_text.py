"""What people write in their own words: one rule for commitments, notes and reasons.

Cleaned for storing, of limited length, and refused when it carries a mark of secrecy; a refused text is not kept.
"""

from enum import StrEnum

from bot.domain.secrecy import classification_of
from bot.domain.words import clean_text

LIMIT = 500
"""Characters that a text of one's own may have, unless a journey allows another length."""


class FreeTextFault(StrEnum):
    """Why a text is not taken. CLASSIFIED comes before the others: it is said whatever else is wrong."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CLASSIFIED = "classified"


def read_free_text(typed: str, *, limit: int = LIMIT) -> str | FreeTextFault:
    """The text as it is stored, or why it is refused. The check of secrecy sees all of it, however long."""
    if classification_of(typed) is not None:
        return FreeTextFault.CLASSIFIED
    text = clean_text(typed)
    if not any(char.isalnum() for char in text):
        return FreeTextFault.EMPTY
    return text if len(text) <= limit else FreeTextFault.TOO_LONG
