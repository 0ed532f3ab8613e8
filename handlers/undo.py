"""Undoing a link: whoever leads the cell takes back an address that is not the person's.

Nobody undoes the link of a person whose roles are not theirs to give. Nothing signed is deleted; what was recorded
since is said in numbers. The address is told without a reason, its drafts and what waits for it are gone, and a new
sheet is offered.
"""

from bot.chat import Message
from bot.domain.ids import AddressId, UnitId
from bot.domain.rights import Right
from bot.texts import invitations as invitation_texts
from bot.texts import links as texts
from handlers import invite_person, links
from handlers.declare import Action, Args, number
from handlers.registry import Offer
from handlers.turn import Turn
from storage.database import Tx
from storage.links import Link, link_of, recorded_since
from storage.people import Who, who_is

ASK = "link-undo"
_YES = "link-undo-yes"
_NO = "link-undo-no"


def offer() -> Offer:
    """The button beside "has joined", and its question."""
    return Offer(
        actions=tuple(
            Action(verb=verb, right=Right.INVITE, over=_unit_of, run=run)
            for verb, run in ((ASK, _ask), (_YES, _undo), (_NO, _keep))
        )
    )


async def _ask(turn: Turn, args: Args) -> None:
    link, who = await _found(turn.tx, args)
    if said := await _not_now(turn, link, who):
        turn.answer(said)
        return
    turn.answer(
        texts.undo_question(
            name=who.full_name,
            cell=who.cell_name,
            at=link.linked_at,
            yes=f"{_YES}:{link.id}",
            no=f"{_NO}:{link.id}",
        )
    )


async def _undo(turn: Turn, args: Args) -> None:
    link, who = await _found(turn.tx, args)
    if said := await _not_now(turn, link, who):
        turn.answer(said)
        return
    if not await links.unlink(turn, link, actor=turn.person.person_id):
        # Somebody else pressed at the same instant, and was quicker.
        turn.answer(texts.unlinked_before(name=who.full_name, cell=who.cell_name, at=turn.now))
        return
    turn.say_at(link.address, texts.unlinked_here())
    recorded = await recorded_since(turn.tx, link.person_id, link.linked_at)
    turn.answer(
        texts.unlinked(
            name=who.full_name,
            cell=who.cell_name,
            recorded=texts.what_was_recorded(
                pledges=recorded.pledges, self_reports=recorded.self_reports, replies=recorded.replies
            ),
            new_sheet=f"{invite_person.OPEN}:{who.person_id}",
        )
    )


async def _keep(turn: Turn, args: Args) -> None:
    link, who = await _found(turn.tx, args)
    if said := await _not_now(turn, link, who):
        turn.answer(said)
        return
    turn.answer(texts.kept(name=who.full_name, cell=who.cell_name))


async def _not_now(turn: Turn, link: Link, who: Who) -> Message | None:
    if not await links.answers_for(turn.tx, turn.person, who):
        return invitation_texts.not_theirs_to_give()
    if link.unlinked_at is not None:
        return texts.unlinked_before(name=who.full_name, cell=who.cell_name, at=link.unlinked_at)
    return texts.your_own() if link.person_id == turn.person.person_id else None


async def _found(tx: Tx, args: Args) -> tuple[Link, Who]:
    """The link and its person; the router has asked `_unit_of` before, so they exist."""
    link = await _link(tx, args)
    assert link is not None
    who = await who_is(tx, link.person_id)
    assert who is not None
    return link, who


async def _link(tx: Tx, args: Args) -> Link | None:
    name = number(args)
    return None if name is None else await link_of(tx, AddressId(name))


async def _unit_of(tx: Tx, args: Args) -> UnitId | None:
    link = await _link(tx, args)
    return None if link is None else await invite_person.unit_of(tx, (str(link.person_id),))
