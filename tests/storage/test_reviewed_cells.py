"""What the countdown says of a cell, on both databases: its members of today, each once, and those who handed in."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, update

from bot.domain.broadcast import Audience, AudienceKind
from bot.domain.ids import RoundId, UnitId
from bot.domain.member import Status
from bot.domain.rounds import RoundKind
from storage import organisation, rounds, self_reviews, walks
from storage.database import Database, Tx
from storage.schema import memberships, unit_versions
from tests.storage.report_rounds import commune, member


async def _reviews(tx: Tx, units: list[UnitId]) -> list[RoundId]:
    due = tx.now + timedelta(days=7)
    opened = await rounds.open_rounds_over(
        tx, units, kind=RoundKind.REVIEW, period="2027", opened_at=tx.now, due_at=due, first=None
    )
    return sorted(opened)


async def test_each_member_of_today_counts_once_and_so_does_who_handed_in(database: Database) -> None:
    """Not those who have left since they handed in, those who are elsewhere for a time, or a tick that was taken back;
    and somebody whose membership is changed tomorrow is one member."""
    async with database.write() as tx:
        top, [full, empty] = await commune(tx, cells=2)
        changes, stays, left, takes_back = [await member(tx, full, f"Nguyễn Thị {n}") for n in range(4)]
        await member(tx, full, "Lê Văn Xa", Status.TEMPORARY_OUT)
        day = organisation.today(tx)
        row = {"unit_id": full, "status": "official", "valid_from": day, "valid_to": day + timedelta(days=1)}
        # The same person for a second and a third time, until tomorrow.
        await tx.run(insert(memberships), [{**row, "person_id": changes}] * 2)
        found, other = await _reviews(tx, [full, empty])
        await self_reviews.hand_in(tx, found, [changes, left, takes_back], by=stays)
        assert await self_reviews.take_back(tx, found, takes_back)
        gone = update(memberships).where(memberships.c.person_id == bindparam("who")).values(valid_to=bindparam("day"))
        await tx.run(gone, {"who": left, "day": day})
        cells = await self_reviews.reviewed_cells(tx, [found, other])
        everybody = Audience(kind=AudienceKind.ALL, unit=top)
        counts = await walks.counts_by_cell(tx, everybody, [full, empty], text_hash="")
    assert sorted(cells) == [
        (found, full, "Chi bộ thôn 1", top, 3, 1),
        (other, empty, "Chi bộ thôn 2", top, 0, 0),
    ]
    assert counts == {full: 3}


async def test_who_is_a_member_until_tomorrow_only_counts_once(database: Database) -> None:
    """However many rows say so."""
    async with database.write() as tx:
        _, [cell, elsewhere] = await commune(tx, cells=2)
        person = await member(tx, elsewhere)
        day = organisation.today(tx)
        row = {"unit_id": cell, "status": "temporary_in", "valid_from": day, "valid_to": day + timedelta(days=1)}
        await tx.run(insert(memberships), [{**row, "person_id": person}] * 2)
        [found] = await _reviews(tx, [cell])
        [told] = await self_reviews.reviewed_cells(tx, [found])
        counts = await walks.counts_by_cell(tx, Audience(kind=AudienceKind.ALL, unit=cell), [cell], text_hash="")
    assert told.asked == counts.get(cell, 0)


async def test_a_cell_that_is_no_more_has_no_name(database: Database) -> None:
    """Its round is still there. No rounds, no cells."""
    async with database.write() as tx:
        _, [cell] = await commune(tx)
        [found] = await _reviews(tx, [cell])
        ended = (
            update(unit_versions).where(unit_versions.c.unit_id == bindparam("unit")).values(valid_to=bindparam("day"))
        )
        await tx.run(ended, {"unit": cell, "day": organisation.today(tx)})
        assert await self_reviews.reviewed_cells(tx, [found]) == [(found, cell, None, None, 0, 0)]
        assert await self_reviews.reviewed_cells(tx, []) == ()
