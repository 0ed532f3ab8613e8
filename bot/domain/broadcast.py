"""A broadcast: one text to an audience, which is a rule and not a list.

The rule is frozen when the broadcast is confirmed; who it means is asked while it goes out, so somebody who has signed
meanwhile is not told that they are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.ids import RoundId, UnitId


class AudienceKind(StrEnum):
    """Whom a broadcast is for, always within the author's part of the tree."""

    ALL = "all"
    CELLS = "cells"
    SECRETARIES = "secretaries"
    MISSING_PLEDGE = "missing_pledge"
    MISSING_REPORT = "missing_report"


@dataclass(frozen=True, slots=True)
class Count:
    """How many people an audience has: exactly, or at least (then there are more than it was worth to count)."""

    people: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The rule: everybody of a kind at or below `unit`; `cells` for CELLS, `round_id` for those missing in a round."""

    kind: AudienceKind
    unit: UnitId
    cells: tuple[UnitId, ...] = ()
    round_id: RoundId | None = None


def encode_audience(audience: Audience) -> dict[str, Any]:
    """The rule as JSON values."""
    return {
        "kind": audience.kind.value,
        "unit": audience.unit,
        "cells": list(audience.cells),
        "round": audience.round_id,
    }


def decode_audience(stored: Mapping[str, Any]) -> Audience:
    """The rule that `encode_audience` wrote."""
    return Audience(
        kind=AudienceKind(stored["kind"]),
        unit=UnitId(stored["unit"]),
        cells=tuple(UnitId(cell) for cell in stored["cells"]),
        round_id=RoundId(stored["round"]) if stored["round"] is not None else None,
    )


class BroadcastState(StrEnum):
    """RUNNING until everything has an outcome; STOPPED by somebody; DONE."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a broadcast stands, in people: `total` when it was confirmed, None while there are more than were counted;
    `unreachable` have no address."""

    total: int | None
    delivered: int
    failed: int
    blocked: int
    uncertain: int
    cancelled: int
    unreachable: int

    @property
    def waiting(self) -> int | None:
        """Who is still to be told; None while nobody knows."""
        if self.total is None:
            return None
        settled = self.delivered + self.failed + self.blocked + self.uncertain + self.cancelled + self.unreachable
        return max(0, self.total - settled)
