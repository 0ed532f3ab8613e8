"""The organisation: a tree of units of any depth, each dated.

A unit is a committee (đảng ủy, đảng bộ) or a cell (chi bộ). Names, kinds and parents are valid from a
day to a day; merging, splitting, renaming and dissolving are ordinary events and history stays readable.
"""

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is in the tree."""

    COMMITTEE = "committee"
    CELL = "cell"


class CellKind(StrEnum):
    """Where a cell works; criteria may differ by it."""

    VILLAGE = "village"
    SCHOOL = "school"
    AGENCY = "agency"
    ENTERPRISE = "enterprise"
    HEALTH = "health"
    ARMED_FORCES = "armed_forces"
