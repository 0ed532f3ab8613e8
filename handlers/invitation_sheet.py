"""The printable sheet of invitations, drawn after the commit from what is stored and the installation's secret.

Drawn again (a retry), it has the same codes, without those that were used or revoked meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.chat import File, Paper, PermanentFailure
from bot.domain.ids import InvitationId, PersonId, UnitId
from bot.domain.invitation import InvitationState, invitation_code, last_day
from bot.doors import Door
from handlers.choosing import names_apart
from handlers.doors import OwnDoors
from handlers.registry import PaperMaker
from handlers.turn import House
from storage import invitations, organisation, people
from storage.database import Tx
from storage.invitations import Invitation

if TYPE_CHECKING:
    from bot.documents.invitation_sheet import Slip

KIND = "invitations"


def sheet(ids: Sequence[InvitationId], unit: UnitId | None) -> Paper:
    """The sheet of these invitations, under the name of a unit."""
    return Paper(KIND, {"ids": ",".join(map(str, ids)), "unit": unit})


async def _gather(tx: Tx, house: House, args: Mapping[str, str | int | None]) -> dict[str, Any]:
    ids, unit_id = args["ids"], args["unit"]
    assert isinstance(ids, str)
    found = await invitations.by_ids(tx, [InvitationId(int(name)) for name in ids.split(",")])
    live = [invitation for invitation in found if invitation.state is InvitationState.LIVE]
    if not live:
        raise PermanentFailure("none of these invitations can be used any more")
    unit = await organisation.unit_of(tx, UnitId(unit_id)) if isinstance(unit_id, int) else None
    names = await _names(tx, unit.id) if unit else {}
    doors = OwnDoors(tx, house)
    return {
        "cell_name": unit.name if unit else "",
        "slips": [_slip(house, one, names, await doors.of(one.person_id)) for one in live],
        "last_day": _first_last_day(live),
        "page_address": house.page or None,
    }


def _draw(values: dict[str, Any]) -> File:
    from bot.documents.invitation_sheet import invitation_sheet

    return invitation_sheet(**values)


async def _names(tx: Tx, unit: UnitId) -> Mapping[PersonId, str]:
    """Namesakes get their year of birth, so that each slip reaches the right one."""
    members = await people.members_of(tx, unit, everybody=True)
    return dict(zip([member.person_id for member in members], names_apart(members), strict=True))


def _slip(house: House, invitation: Invitation, names: Mapping[PersonId, str], doors: Sequence[Door]) -> "Slip":
    from bot.documents.invitation_sheet import Chat, Slip

    code = invitation_code(invitation.seed, pepper=house.pepper)
    # The picture is of the nearest door that can be opened by one; whether the code goes along is the messenger's.
    pictured = next((door for door in doors if door.start or door.link), None)
    start = pictured.start_link(code.compact) if pictured else None
    return Slip(
        full_name=names.get(invitation.person_id, invitation.full_name),
        code=code.grouped,
        link=start or (pictured.link if pictured else None),
        carries_code=start is not None,
        chats=tuple(Chat(door.name, door.messenger) for door in doors if door.name),
    )


def _first_last_day(live: Sequence[Invitation]) -> date:
    return min(last_day(invitation.expires_at) for invitation in live)


INVITATION_SHEET = PaperMaker(kind=KIND, gather=_gather, draw=_draw)
