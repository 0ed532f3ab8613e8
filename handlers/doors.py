"""Whose bot is which: the doors that are for somebody, the nearest first.

A door is for a part of the tree, named in the settings by the unit's name; somebody belongs there by their cell, or by
a role over a unit in it. Of each messenger the doors nearest to a person are theirs, and no other: so the slips of a
cell name its own bot, and the few places that a messenger gives each bot are left to those it is for.
"""

from collections.abc import Sequence

from bot.domain.ids import PersonId, UnitId
from bot.domain.words import fold
from bot.doors import Door
from handlers.turn import House
from storage import organisation
from storage.database import Tx
from storage.organisation import Unit
from storage.people import who_is

_FARTHEST = 1 << 16
"""Steps up the tree to what is for everybody."""


class OwnDoors:
    """The doors of people, in one transaction: the same way up the tree is gone once."""

    def __init__(self, tx: Tx, house: House) -> None:
        self._tx = tx
        self._open = house.doors()
        self._of_unit: dict[UnitId, Sequence[tuple[int, Door]]] = {}

    async def of(self, person: PersonId) -> Sequence[Door]:
        """The person's doors: of each messenger those that are nearest; none when no door is for them."""
        who = await who_is(self._tx, person)
        places = [] if who is None else [who.cell_id, *(role.unit_id for role in who.roles)]
        found = [pair for place in dict.fromkeys(places) if place is not None for pair in await self._above(place)]
        found += [(_FARTHEST, door) for door in self._open if not door.unit]
        found.sort(key=lambda pair: pair[0])
        nearest: dict[str, int] = {}
        for steps, door in found:
            nearest.setdefault(door.messenger, steps)
        return list(dict.fromkeys(door for steps, door in found if nearest[door.messenger] == steps))

    async def _above(self, place: UnitId) -> Sequence[tuple[int, Door]]:
        """The doors that are for this unit or one above it, with how far up that is."""
        if place not in self._of_unit:
            path = await self._path(place)
            self._of_unit[place] = [
                (steps, door)
                for steps, unit in enumerate(path)
                for door in self._open
                if door.unit and await self._means(door.unit, unit, path[steps + 1 : steps + 2])
            ]
        return self._of_unit[place]

    async def _path(self, place: UnitId) -> Sequence[Unit]:
        path: list[Unit] = []
        unit = await organisation.unit_of(self._tx, place)
        while unit is not None:
            path.append(unit)
            unit = await organisation.unit_of(self._tx, unit.parent_id) if unit.parent_id is not None else None
        return path

    async def _means(self, named: str, unit: Unit, above: Sequence[Unit]) -> bool:
        """Whether the settings' name is this unit's, and no other unit's as well."""
        if any(fold(named) == fold(f"{unit.name}, {parent.name}") for parent in above):
            return True
        if fold(named) != fold(unit.name):
            return False
        return len(await units_called(self._tx, named)) == 1


async def units_called(tx: Tx, named: str) -> Sequence[Unit]:
    """The units that a name in the settings may mean: alone, or with the one above it behind a comma."""
    roots = await organisation.roots(tx)
    found = [unit for root in roots for unit in await organisation.units_named(tx, named, below=root.id)]
    name, comma, parent = named.rpartition(",")
    if comma and not found:
        for root in roots:
            for unit in await organisation.units_named(tx, name.strip(), below=root.id):
                above = await organisation.unit_of(tx, unit.parent_id) if unit.parent_id is not None else None
                if above is not None and fold(above.name) == fold(parent):
                    found.append(unit)
    return found


async def other_doors(tx: Tx, house: House, *, account: str, person: PersonId) -> Sequence[Door]:
    """The doors by which the person should come in, when this one is not for them; empty: they may come in here.

    Where nobody could tell them another place by name, they may."""
    here = next((door for door in house.doors() if door.account == account), None)
    if here is None or not here.unit:
        return ()
    theirs = await OwnDoors(tx, house).of(person)
    if any(door.account == account for door in theirs):
        return ()
    return [door for door in theirs if door.name or door.start or door.link]
