"""A second address for a person who has joined: linked only when the person agrees at an address of theirs.

The request is a dialogue at the new address, so that it outlives restarts and ends with the code. Agreeing twice does
nothing twice; refusing also revokes the code, because somebody else seems to hold it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.chat import Address, Choice, Message
from bot.domain.codes import Code, CodeKind, read_code
from bot.domain.edition import Edition
from bot.domain.ids import DialogueId, InvitationId
from bot.domain.invitation import InvitationState
from bot.domain.rights import Right
from bot.texts import common
from bot.texts import preferred as preferred_texts
from bot.texts import second_account as texts
from handlers import dialogue as engine
from handlers import links, preferred
from handlers.declare import Action, Answer, Args, End, Go, Journey, Move, Question, Said, Stay, Step, number
from handlers.registry import RUN, Offer
from handlers.turn import Turn
from handlers.welcome import Welcome
from storage import addresses, audit, dialogues, forgetting, invitations
from storage.dialogues import Dialogue
from storage.invitations import Invitation

ADD = "account-add"
DO_NOT_ADD = "account-no"
_WAITING = "join-wait"


class SecondAccount:
    """The request at the new address, and the answer at the old one."""

    def __init__(self, welcome: Welcome, *, enter: Callable[[Turn, Code], Awaitable[None]]) -> None:
        self._welcome = welcome
        self._enter = enter
        self._journey = Journey(
            name=_WAITING,
            right=Right.ANYONE,
            title=texts.TITLE,
            start=_start,
            steps={"wait": Step(ask=_ask, take=self._take)},
        )

    def offer(self) -> Offer:
        """The waiting dialogue and the two buttons."""
        return Offer(
            journeys=(self._journey,),
            actions=(
                Action(verb=ADD, right=Right.PERSON, run=self._add),
                Action(verb=DO_NOT_ADD, right=Right.PERSON, run=self._refuse),
            ),
        )

    async def goes_on_waiting(self, turn: Turn, invitation: Invitation) -> bool:
        """Whether this address already waits for an answer about this invitation; then it is told so."""
        waiting = await dialogues.draft_of(turn.tx, turn.address, journey=_WAITING, subject=str(invitation.id))
        if waiting is None or not await addresses.addresses_of(turn.tx, invitation.person_id):
            return False
        turn.answer(Message(text=f"{texts.still_waiting()}\n\n{texts.waiting()}"))
        return True

    async def ask_first(self, turn: Turn, invitation: Invitation) -> None:
        """Ask the person at the address where they joined, and let this one wait."""
        if await addresses.reach(turn.tx, invitation.person_id) is None:
            turn.answer(texts.first_unreachable())
            return
        await engine.begin(turn, self._journey, str(invitation.id), fresh=True)
        waiting = await dialogues.open_dialogue(turn.tx, turn.address)
        assert waiting is not None
        about = f"{waiting.id}:{invitation.id}"
        question = texts.ask_first(at=turn.now, add=f"{ADD}:{about}", do_not=f"{DO_NOT_ADD}:{about}")
        await turn.tell(invitation.person_id, question, key=f"account:{waiting.id}")

    async def _take(self, turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        code = read_code(said.text) if isinstance(said, Said) else None
        if isinstance(code, Code) and code.kind is CodeKind.INVITATION:
            # The first address may have been unlinked meanwhile: then this is joining as at first.
            found = await invitations.by_ids(turn.tx, [InvitationId(int(dialogue.subject))])
            if not await addresses.addresses_of(turn.tx, found[0].person_id):
                await self._enter(turn, code)
                return End()
        return Stay(texts.still_waiting())

    # --------------------------------------------------------------------- at the first address

    async def _add(self, turn: Turn, args: Args) -> None:
        found = await self._request(turn, args)
        if found is None:
            return
        invitation, address, agreed = found
        person = turn.person.person_id
        linked = await links.link(turn, invitation=invitation.id, person=person, address=address, agreed=agreed)
        if linked is None:
            turn.answer(texts.too_late())
            return
        turn.answer(texts.added(Choice(preferred_texts.ABOUT, f"{RUN}:{preferred.COMMAND}")))
        turn.say_at(address, await self._welcome.message(turn), person=person)

    async def _refuse(self, turn: Turn, args: Args) -> None:
        found = await self._request(turn, args)
        if found is None:
            return
        invitation, address, _agreed = found
        person = turn.person.person_id
        await invitations.revoke(turn.tx, [person])
        await dialogues.end_all(turn.tx, address)
        await forgetting.forget_guest(turn.tx, address)
        await audit.record(
            turn.tx, actor=person, action="account.refused", subject=f"person:{person}", invitation=invitation.id
        )
        turn.answer(texts.not_added())
        turn.say_at(address, texts.refused_there())

    async def _request(self, turn: Turn, args: Args) -> tuple[Invitation, Address, Edition] | None:
        """The request that the button is about, while it can be answered by who pressed; else the answer is said."""
        dialogue_id, invitation_id = number(args, 0), number(args, 1)
        if dialogue_id is None or invitation_id is None:
            turn.answer(common.not_valid_any_more())
            return None
        await invitations.hold(turn.tx, [turn.person.person_id])
        invitation = next(iter(await invitations.by_ids(turn.tx, [InvitationId(invitation_id)])), None)
        if invitation is None or invitation.person_id != turn.person.person_id:
            turn.answer(common.not_valid_any_more())
            return None
        found = await dialogues.dialogue_anywhere(turn.tx, DialogueId(dialogue_id))
        waits = found is not None and (found[1].journey, found[1].subject) == (_WAITING, str(invitation.id))
        if found is None or not waits or invitation.state is not InvitationState.LIVE:
            turn.answer(_too_late(invitation))
            return None
        address, dialogue = found
        agreed = dialogue.answers
        return invitation, address, Edition(agreed["version"], agreed["hash"], "")


def _too_late(invitation: Invitation) -> Message:
    match invitation.state:
        case InvitationState.USED:
            return texts.answered_before()
        case InvitationState.LIVE:
            return texts.withdrawn_there()
        case InvitationState.REVOKED | InvitationState.EXPIRED:
            return texts.too_late()


async def _start(turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    # What was agreed to a moment ago is kept: it is the consent, should the person say yes tomorrow.
    agreed = turn.house.content.consent.edition
    return Go(step="wait", keep={"version": agreed.version, "hash": agreed.hash})


async def _ask(_turn: Turn, _dialogue: Dialogue) -> Question:
    return Question(text=texts.waiting())
