"""Recording a pledge: the exact text kept, one pledge a person, round and text, a receipt; and showing it again."""

from bot.domain.ids import PersonId, PledgeId
from bot.domain.pledge import Commitments, in_order
from bot.domain.rounds import RoundKind
from bot.texts import pledge as texts
from handlers import receipts as codes
from handlers.rounds_of import RoundsOf
from handlers.turn import Act, Turn
from storage import audit, content_texts, people, pledges, receipts
from storage.pledges import Pledge
from storage.rounds import Round

ROUNDS = RoundsOf(RoundKind.PLEDGE)
KIND = "pledge"


def text_hash(act: Act) -> str:
    """The hash of the text in force."""
    return act.house.content.pledge.edition.hash


async def counted(act: Act, found: Round, person: PersonId) -> Pledge | None:
    """The person's pledge that counts; None when they are to be asked (again)."""
    return await pledges.pledge_of(act.tx, found, person, text_hash=text_hash(act))


async def record(
    turn: Turn, found: Round, person: PersonId, commitments: Commitments, *, paper: bool = False
) -> Pledge:
    """Record that the person confirms the text in force (and signed the `paper`); who spoke is who records it. The
    second time nothing changes, also when two arrive at once: it gives the pledge that is there."""
    edition = turn.house.content.pledge.edition
    await content_texts.keep_text(turn.tx, kind=KIND, edition=edition)
    code = codes.new_code(turn.house)
    new = await pledges.add_pledge(
        turn.tx,
        round_id=found.id,
        person=person,
        text_version=edition.version,
        text_hash=edition.hash,
        commitments=commitments,
        code=code.compact,
        recorded_by=turn.person.person_id,
    )
    if new is not None:
        await receipts.add_receipt(turn.tx, code=code.compact, kind=KIND)
        await _note(turn, "pledge_recorded", person, new)
        if paper:
            await tick_paper(turn, person, new)
    recorded = await counted(turn, found, person)
    assert recorded is not None
    return recorded


async def signed(act: Act, found: Round, pledge: Pledge) -> texts.Signed:
    """What the member's receipt says."""
    by = await people.who_is(act.tx, pledge.recorded_by) if pledge.on_behalf else None
    return texts.Signed(
        period=found.period,
        code=codes.shown(pledge.code),
        recorded_at=pledge.recorded_at,
        due_at=found.due_at,
        by=by.full_name if by else "",
        paper_signed_at=pledge.paper_signed_at,
        own=in_order(pledge.commitments, act.house.content.movement.goods),
    )


async def tick_paper(turn: Turn, person: PersonId, pledge: PledgeId) -> bool:
    """Who spoke saw the signed paper; False when that was ticked already."""
    return await pledges.tick_paper(turn.tx, pledge, by=turn.person.person_id) and await _note(
        turn, "pledge_paper_ticked", person, pledge
    )


async def untick_paper(turn: Turn, person: PersonId, pledge: PledgeId) -> bool:
    """The tick was a mistake; False when there was none."""
    return await pledges.untick_paper(turn.tx, pledge) and await _note(turn, "pledge_paper_unticked", person, pledge)


async def take_back(turn: Turn, pledge: Pledge) -> bool:
    """What was recorded on behalf does not count, and its code answers no; False when that was so already."""
    if not await pledges.void_on_behalf(turn.tx, pledge.id):
        return False
    await receipts.remove_receipt(turn.tx, pledge.code)
    return await _note(turn, "pledge_voided", pledge.person_id, pledge.id)


async def _note(turn: Turn, action: str, person: PersonId, pledge: PledgeId) -> bool:
    await audit.record(turn.tx, actor=turn.person.person_id, action=action, subject=f"person:{person}", pledge=pledge)
    return True
