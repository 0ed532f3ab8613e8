"""A small commune with an open round of self-reports, for the storage tests."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.edition import Edition
from bot.domain.ids import PersonId, UnitId
from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rounds import RoundKind
from storage import content_texts, organisation, people, rounds, self_reports
from storage.database import Tx
from storage.rounds import Round

_CANONICAL = '{"key":"member","version":"1"}'
CRITERIA = Edition("1", hashlib.sha256(_CANONICAL.encode()).hexdigest(), _CANONICAL)
MET: Mapping[str, Mapping[str, str]] = {"assigned": {"value": "met"}}


async def commune(tx: Tx, *, cells: int = 1) -> tuple[UnitId, list[UnitId]]:
    """A committee with cells."""
    top = await organisation.add_unit(tx, name="Đảng ủy xã Mẫu", kind=UnitKind.COMMITTEE, parent=None)
    return top, [
        await organisation.add_unit(
            tx, name=f"Chi bộ thôn {number}", kind=UnitKind.CELL, parent=top, cell_kind=CellKind.VILLAGE
        )
        for number in range(1, cells + 1)
    ]


async def member(tx: Tx, cell: UnitId, name: str = "Nguyễn Thị An", status: Status = Status.OFFICIAL) -> PersonId:
    """Somebody in the cell."""
    person = await people.add_person(tx, full_name=name)
    await people.add_membership(tx, person=person, unit=cell, status=status)
    return person


async def open_round(tx: Tx, unit: UnitId, *, period: str = "2027-Q1") -> Round:
    """A round of self-reports over the unit, open from now on."""
    number = await rounds.open_round(
        tx,
        kind=RoundKind.SELF_REPORT,
        unit=unit,
        period=period,
        opened_at=tx.now,
        due_at=tx.now + timedelta(days=15),
        next_due_at=None,
        next_step=None,
    )
    assert number is not None
    await content_texts.keep_text(tx, kind="criteria", edition=CRITERIA)
    found = await rounds.round_by_id(tx, number)
    assert found is not None
    return found


async def send(
    tx: Tx,
    round_: Round,
    person: PersonId,
    code: str,
    answers: Mapping[str, Mapping[str, str]] = MET,
    *,
    after: int = 0,
    by: PersonId | None = None,
) -> bool:
    """The person sends the version that follows `after`, or somebody records it on their behalf."""
    return await self_reports.add_report(
        tx,
        round_id=round_.id,
        person=person,
        after=after,
        criteria_key="member",
        criteria_version=CRITERIA.version,
        criteria_hash=CRITERIA.hash,
        answers=answers,
        code=code,
        submitted_by=by or person,
    )
