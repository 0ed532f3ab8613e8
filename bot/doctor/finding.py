"""One thing that the doctor found.

A problem wants somebody to act, and makes the exit code 1. A note is worth knowing.
"""

from dataclasses import dataclass
from typing import Literal

START = "Start the program: `bot.py run`, or its service."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found."""

    level: Literal["problem", "note"]
    what: str
    why: str = ""
    do: str = ""


def problem(what: str, *, why: str = "", do: str = "") -> Finding:
    """Something that somebody has to mend."""
    return Finding(level="problem", what=what, why=why, do=do)


def note(what: str, *, why: str = "", do: str = "") -> Finding:
    """Something worth knowing."""
    return Finding(level="note", what=what, why=why, do=do)
