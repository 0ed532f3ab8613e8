"""Texts that a committee edits, and the exact edition of them that somebody was shown.

What a person agreed to, signed or answered is kept by version and hash, and the canonical text itself can be kept
beside it, so that years later it can still be read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a content file: the version its editors gave it, the SHA-256 of its canonical text (64
    hexadecimal digits), and that text (JSON). Layout and comments of the file do not change it; any word does."""

    version: str
    hash: str
    canonical: str


@dataclass(frozen=True, slots=True)
class Part:
    """A short part of a text, with its heading."""

    title: str
    text: str
