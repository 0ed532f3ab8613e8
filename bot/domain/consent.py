"""Consent to personal data being kept: asked before anything is stored, free, specific, refusable, withdrawable.

Membership, pledges and attendance are sensitive data (domain.md §8). Consent holds for the exact edition that was
shown; silence is never consent.
"""

from dataclasses import dataclass

from bot.domain.edition import Edition, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """What a person reads before agreeing, and the question that they answer."""

    title: str
    parts: tuple[Part, ...]
    question: str
    edition: Edition
