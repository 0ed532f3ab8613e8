"""One person alone: a sheet of their own, their code taken back, a code for the page, or their account unlinked.

For whoever leads the person's cell, and for officers above, as long as every role that the person holds is theirs to
give. Opened from /phieumoi, or by the button after a link was undone.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.ids import PersonId, UnitId
from bot.domain.invitation import last_day
from bot.domain.member import PRESENT
from bot.domain.page import CODE_VALID
from bot.domain.rights import Right
from bot.texts import common, elsewhere, plain
from bot.texts import invitations as texts
from bot.texts import links as link_texts
from bot.texts import page_visit as page_texts
from handlers import dialogue as engine
from handlers import issuing, links
from handlers.declare import (
    Action,
    Answer,
    Args,
    Chose,
    End,
    Go,
    Journey,
    Move,
    OnPage,
    Pick,
    Question,
    Stay,
    Step,
    number,
)
from handlers.invitation_sheet import sheet
from handlers.page_pass import issue_page_code
from handlers.registry import Offer
from handlers.turn import Turn
from storage import addresses, invitations
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.links import recorded_since
from storage.people import Who, who_is

OPEN = "invite-person"


def offer() -> Offer:
    """The button and the dialogue; it has no command of its own."""
    return Offer(
        actions=(Action(verb=OPEN, right=Right.INVITE, over=unit_of, run=_open),),
        journeys=(_JOURNEY,),
    )


async def begin(turn: Turn, person: PersonId) -> None:
    """Open the dialogue about a person, or say why not."""
    who = await who_is(turn.tx, person)
    if who is None or not await links.answers_for(turn.tx, turn.person, who):
        turn.answer(texts.not_theirs_to_give())
        return
    await engine.begin(turn, _JOURNEY, str(person), fresh=True)


async def unit_of(tx: Tx, args: Args) -> UnitId | None:
    """The unit over which a right is needed to invite the person, or to unlink them."""
    name = number(args)
    who = await who_is(tx, PersonId(name)) if name is not None else None
    return links.place_of(who) if who else None


async def _open(turn: Turn, args: Args) -> None:
    name = number(args)
    assert name is not None
    await begin(turn, PersonId(name))


def _person(dialogue: Dialogue) -> PersonId:
    return PersonId(int(dialogue.subject))


async def _who(turn: Turn, dialogue: Dialogue) -> Who:
    who = await who_is(turn.tx, _person(dialogue))
    assert who is not None
    return who


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="person")


async def _ask_person(turn: Turn, dialogue: Dialogue) -> Question:
    who = await _who(turn, dialogue)
    linked = await addresses.addresses_of(turn.tx, who.person_id)
    live = (await invitations.live_of(turn.tx, [who.person_id])).get(who.person_id)
    picks = [Pick(texts.MAKE, "make")]
    if live:
        picks.append(Pick(texts.REVOKE, "revoke"))
    if linked and who.person_id != turn.person.person_id:
        if turn.house.page:
            picks.append(Pick(page_texts.CODE_FOR_PAGE, "page"))
        picks.append(Pick(texts.UNLINK, "unlink"))
    return Question(
        title=link_texts.named(who.full_name, who.cell_name),
        text=texts.person_state(
            joined_at=min((one.linked_at for one in linked), default=None),
            accounts=len(linked),
            code_until=last_day(live.expires_at) if live else None,
        ),
        picks=tuple(picks),
    )


async def _take_person(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    who = await _who(turn, dialogue)
    if not await links.answers_for(turn.tx, turn.person, who):
        turn.answer(texts.not_theirs_to_give())
        return End()
    match said:
        case Chose(value="make"):
            return await _make(turn, who)
        case Chose(value="revoke"):
            count = await issuing.revoke(turn.tx, [who.person_id], actor=turn.person.person_id)
            turn.answer(texts.revoked(count))
        case Chose(value="page"):
            await _code_for_page(turn, who)
        case Chose(value="unlink"):
            return Go(step="unlink")
        case _:
            return Stay(common.use_choices())
    return End()


async def _make(turn: Turn, who: Who) -> Move:
    if who.status not in PRESENT and not who.roles:
        turn.answer(texts.cannot_be_invited())
        return End()
    if not turn.house.can_carry_files(turn.address.account):
        return OnPage(elsewhere.sheet_on_page(), otherwise=plain.no_sheet_here())
    issued = await issuing.issue(turn.tx, turn.house, [who.person_id], issued_by=turn.person.person_id)
    turn.answer(
        texts.sheet(
            title=texts.heading(link_texts.named(who.full_name, who.cell_name)),
            count=1,
            last_day=issued.last_day,
            paper=sheet(issued.ids, who.cell_id),
        )
    )
    return End()


async def _code_for_page(turn: Turn, who: Who) -> None:
    """Only for who has joined: who has not reads what this is, and agrees, first."""
    if not turn.house.page or not await addresses.addresses_of(turn.tx, who.person_id):
        turn.answer(common.not_valid_any_more())
        return
    code = await issue_page_code(turn.tx, turn.house, who.person_id, issued_by=turn.person.person_id)
    told = page_texts.code_to_read(
        name=link_texts.named(who.full_name, who.cell_name),
        code=code,
        page=turn.house.page,
        until=turn.now + CODE_VALID,
    )
    turn.answer(told, forget=True)


async def _ask_unlink(turn: Turn, dialogue: Dialogue) -> Question:
    who = await _who(turn, dialogue)
    linked = await addresses.addresses_of(turn.tx, who.person_id)
    return Question(
        title=link_texts.named(who.full_name, who.cell_name),
        text=texts.confirm_unlink(accounts=len(linked)),
        picks=(Pick(texts.UNLINK, "yes"),),
    )


async def _take_unlink(turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
    if not isinstance(said, Chose):
        return Stay(common.use_choices())
    who = await _who(turn, dialogue)
    if not await links.answers_for(turn.tx, turn.person, who):
        turn.answer(texts.not_theirs_to_give())
        return End()
    known = await addresses.addresses_of(turn.tx, who.person_id)
    linked = [one for one in known if await links.unlink(turn, one, actor=turn.person.person_id)]
    for one in linked:
        turn.say_at(one.address, link_texts.unlinked_here())
    if not linked:
        turn.answer(texts.nothing_to_unlink())
        return End()
    recorded = await recorded_since(turn.tx, who.person_id, min(one.linked_at for one in linked))
    turn.answer(
        link_texts.unlinked(
            name=who.full_name,
            cell=who.cell_name,
            recorded=link_texts.what_was_recorded(
                pledges=recorded.pledges, self_reports=recorded.self_reports, replies=recorded.replies
            ),
            new_sheet=f"{OPEN}:{who.person_id}",
        )
    )
    return End()


async def done_before(turn: Turn, _subject: str) -> bool:
    """An old button of a dialogue that has ended: nothing is made or taken back twice."""
    turn.answer(texts.done_before())
    return True


_JOURNEY = Journey(
    name="invite-one",
    right=Right.INVITE,
    over=unit_of,
    title=texts.TITLE,
    start=_start,
    steps={
        "person": Step(ask=_ask_person, take=_take_person),
        "unlink": Step(ask=_ask_unlink, take=_take_unlink),
    },
    keep=timedelta(days=1),
    ended=done_before,
)
