"""Who has handed in the paper self-review (bản tự kiểm điểm): the secretary's tick, never the paper itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, exists, func, or_, select, update

from bot.domain.ids import PersonId, RoundId, UnitId
from bot.domain.member import ASKED
from storage.database import Tx, insert_new
from storage.lists import padded
from storage.organisation import today, valid_on
from storage.people import Member, members_select, to_member
from storage.rounds import Round
from storage.schema import memberships, people, rounds, self_reviews, unit_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """Of those who are reviewed in a cell, how many have handed in."""

    asked: int
    handed_in: int

    @property
    def missing(self) -> int:
        """How many have not yet."""
        return self.asked - self.handed_in


class ReviewedCell(NamedTuple):
    """A round's cell: its name (None: there is no such cell today) and the unit above it, how many are reviewed there,
    and how many of them have handed in. A tuple, since there are as many as cells."""

    round_id: RoundId
    unit_id: UnitId
    name: str | None
    parent_id: UnitId | None
    asked: int
    handed_in: int


_s = self_reviews.c
_handed_in = exists().where(_s.person_id == people.c.id, _s.round_id == bindparam("round"), _s.voided_at.is_(None))
_missing = members_select().where(~_handed_in)
_done = members_select().where(_handed_in)
_add = insert_new(self_reviews, "round_id", "person_id", where=_s.voided_at.is_(None))
_void = (
    update(self_reviews)
    .where(_s.round_id == bindparam("of_round"), _s.person_id == bindparam("of_person"), _s.voided_at.is_(None))
    .values(voided_at=bindparam("at"))
)
_by_round = (
    select(_s.round_id, func.count(_s.person_id.distinct()).label("people"))
    .where(and_(_s.voided_at.is_(None), _s.round_id.in_(bindparam("rounds", expanding=True))))
    .group_by(_s.round_id)
)
_other = memberships.alias("other")


def _counts(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return table.c.status.in_(sorted(status.value for status in ASKED)), valid_on(table, bindparam("day"))


# Each person once. To gather those who differ, SQLite would make a table for every cell; and of the rows of one person
# in one cell only one has no end.
_asked = select(func.count()).where(
    memberships.c.unit_id == rounds.c.unit_id,
    *_counts(memberships),
    or_(
        memberships.c.valid_to.is_(None),
        ~exists().where(
            _other.c.person_id == memberships.c.person_id,
            _other.c.unit_id == memberships.c.unit_id,
            *_counts(_other),
            or_(_other.c.valid_to.is_(None), _other.c.id < memberships.c.id),
        ),
    ),
)
_is_asked = exists().where(
    memberships.c.person_id == _s.person_id, memberships.c.unit_id == rounds.c.unit_id, *_counts(memberships)
)
# A person hands in once in a round.
_of_asked = select(func.count()).where(
    _s.round_id == rounds.c.id, _s.voided_at.is_(None), _is_asked.correlate(self_reviews, rounds)
)
_cells = (
    select(
        rounds.c.id,
        rounds.c.unit_id,
        unit_versions.c.name,
        unit_versions.c.parent_id,
        _asked.correlate(rounds).scalar_subquery(),
        _of_asked.correlate(rounds).scalar_subquery(),
    )
    .select_from(rounds)
    .outerjoin(
        unit_versions, and_(unit_versions.c.unit_id == rounds.c.unit_id, valid_on(unit_versions, bindparam("day")))
    )
    .where(rounds.c.id.in_(bindparam("rounds", expanding=True)))
)


async def missing_reviews(tx: Tx, round_: Round) -> Sequence[Member]:
    """Who is reviewed in the round's cell and has not handed in, now."""
    values = {"round": round_.id, "unit": round_.unit_id, "day": today(tx)}
    return [to_member(row) for row in await tx.all(_missing, values)]


async def handed_in_reviews(tx: Tx, round_: Round) -> Sequence[Member]:
    """Who is reviewed in the round's cell and has handed in."""
    values = {"round": round_.id, "unit": round_.unit_id, "day": today(tx)}
    return [to_member(row) for row in await tx.all(_done, values)]


async def review_state(tx: Tx, round_: Round) -> ReviewState:
    """How far the round's cell is."""
    done, missing = len(await handed_in_reviews(tx, round_)), len(await missing_reviews(tx, round_))
    return ReviewState(asked=done + missing, handed_in=done)


async def handed_in_counts(tx: Tx, rounds: Sequence[RoundId]) -> Mapping[RoundId, int]:
    """How many have handed in, round by round (a round a cell), in one query; rounds without any are left out."""
    return {RoundId(row.round_id): row.people for row in await tx.all(_by_round, {"rounds": list(rounds)})}


async def reviewed_cells(tx: Tx, found: Collection[RoundId]) -> Sequence[ReviewedCell]:
    """The cells of these rounds as they are today, in one query; in no particular order."""
    if not found:
        return ()
    return list(starmap(ReviewedCell, await tx.all(_cells, {"rounds": padded(found), "day": today(tx)})))


async def hand_in(tx: Tx, round_id: RoundId, persons: Sequence[PersonId], *, by: PersonId) -> int:
    """Tick that these people have handed in; how many of them had not been ticked before."""
    ticked = 0
    for person in persons:
        values = {"round_id": round_id, "person_id": person, "handed_in_at": tx.now, "recorded_by": by}
        ticked += await tx.run(_add, values)
    return ticked


async def take_back(tx: Tx, round_id: RoundId, person: PersonId) -> bool:
    """The tick was a mistake: it stays as history and does not count. False when there was none."""
    return await tx.run(_void, {"of_round": round_id, "of_person": person, "at": tx.now}) == 1
