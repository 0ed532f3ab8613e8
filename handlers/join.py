"""Joining: a start link or a typed code, what this is, what is kept, consent, who is it, linked.

Consent is asked, never presumed; who refuses, stops, or is somebody else leaves nothing behind: the engine deletes the
draft and what was said, nobody is told, and the code stays good. Everything is checked again at the last press, under a
lock of the person: the code may have been used, revoked or have expired meanwhile, and of two addresses with one code
exactly one gets in. Who has joined already is asked at the first address before a second one is linked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Choice, Message
from bot.domain.codes import Code, CodeKind, hash_code, read_code
from bot.domain.ids import InvitationId
from bot.domain.invitation import InvitationState, last_day
from bot.domain.member import PRESENT
from bot.domain.rights import Right
from bot.doors import Door
from bot.texts import always as always_texts
from bot.texts import invitation_sheet as sheet_texts
from bot.texts import join as texts
from bot.texts import links as link_texts
from handlers import dialogue as engine
from handlers import guessing, links, undo
from handlers.declare import Answer, Chose, Command, End, Go, Journey, Move, Pick, Question, Said, Stay, Step
from handlers.doors import other_doors
from handlers.registry import RUN, Offer
from handlers.second_account import SecondAccount
from handlers.turn import Turn
from handlers.welcome import Welcome
from storage import addresses, dialogues, invitations
from storage.database import Tx
from storage.dialogues import Dialogue
from storage.invitations import Invitation
from storage.people import Who, who_at, who_is

_YES = "yes"
_NO = "no"
_ON = "on"


class Join:
    """The way in."""

    def __init__(self, welcome: Welcome) -> None:
        self._welcome = welcome
        self._second = SecondAccount(welcome, enter=self.enter)
        self._journey = Journey(
            name="join",
            right=Right.ANYONE,
            title=texts.TITLE,
            start=_start,
            version=_edition,
            steps={
                "about": Step(ask=_ask_about, take=self._take_reading),
                "read": Step(ask=_ask_reading, take=self._take_reading),
                "consent": Step(ask=_ask_consent, take=self._take_consent),
                "who": Step(ask=_ask_who, take=self._take_who),
            },
        )

    def offer(self) -> Offer:
        """The command, the dialogue, and what belongs to a second address."""
        second = self._second.offer()
        return Offer(
            commands=(Command(name="thamgia", right=Right.ANYONE, run=self.command, also=texts.JOIN_WORDS),),
            journeys=(self._journey, *second.journeys),
            actions=second.actions,
        )

    async def command(self, turn: Turn, rest: str) -> None:
        """/thamgia, with a code or without."""
        code = read_code(rest) if rest else None
        if code is None:
            turn.answer(_joined_already(turn.who) if turn.who else texts.type_the_code())
        elif isinstance(code, Code) and code.kind is CodeKind.INVITATION:
            await self.enter(turn, code)
        else:
            turn.answer(texts.mistyped())

    async def enter(self, turn: Turn, code: Code) -> None:
        """Begin to join with a code that reads as one, or say why not."""
        if said := await guessing.closed(turn):
            turn.answer(said)
            return
        invitation = await invitations.with_hash(turn.tx, hash_code(code, pepper=turn.house.pepper))
        if invitation is None:
            await guessing.wrong(turn)
            turn.answer(texts.no_such_code())
        elif turn.who is not None:
            own = invitation.person_id == turn.who.person_id
            turn.answer(_joined_already(turn.who) if own else texts.someone_else_here(name=turn.who.full_name))
        elif fault := await why_not(turn.tx, invitation):
            turn.answer(fault)
        elif doors := await other_doors(turn.tx, turn.house, account=turn.address.account, person=invitation.person_id):
            turn.answer(_come_in_there(doors, code, invitation))
        elif not await self._second.goes_on_waiting(turn, invitation):
            await dialogues.end_all(turn.tx, turn.address)
            await engine.begin(turn, self._journey, str(invitation.id), fresh=True)

    # ------------------------------------------------------------------------------- the answers

    async def _take_reading(self, turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        if not isinstance(said, Chose):
            return await self._typed(turn, dialogue, said)
        at = 1 if dialogue.step == "about" else int(dialogue.answers.get("at", 0)) + 1
        return Go(step="read", at=at) if at < len(_screens(turn)) else Go(step="consent")

    async def _take_consent(self, turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        if not isinstance(said, Chose):
            return await self._typed(turn, dialogue, said)
        invitation = await _invitation(turn.tx, dialogue)
        if said.value == _NO:
            turn.answer(texts.refused(last_day=last_day(invitation.expires_at)))
            return End()
        if fault := await why_not(turn.tx, invitation):
            turn.answer(fault)
            return End()
        return Go(step="who")

    async def _take_who(self, turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        if not isinstance(said, Chose):
            return await self._typed(turn, dialogue, said)
        if said.value == _NO:
            turn.answer(texts.not_me())
        else:
            await self._link(turn, dialogue)
        return End()

    async def _link(self, turn: Turn, dialogue: Dialogue) -> None:
        """The last press: everything is looked at again."""
        person = (await _invitation(turn.tx, dialogue)).person_id
        await invitations.hold(turn.tx, [person])
        invitation = await _invitation(turn.tx, dialogue)
        if turn.who is not None:
            turn.answer(_joined_already(turn.who))
        elif fault := await why_not(turn.tx, invitation):
            turn.answer(fault)
        elif await addresses.addresses_of(turn.tx, person):
            await self._second.ask_first(turn, invitation)
        else:
            await self._let_in(turn, invitation)

    async def _let_in(self, turn: Turn, invitation: Invitation) -> None:
        agreed = turn.house.content.consent.edition
        linked = await links.link(
            turn, invitation=invitation.id, person=invitation.person_id, address=turn.address, agreed=agreed
        )
        if linked is None:
            turn.answer(texts.code_used())
            return
        turn.who = await who_at(turn.tx, turn.address)
        turn.answer(await self._welcome.message(turn))
        who = turn.person
        told = link_texts.has_joined(name=who.full_name, cell=who.cell_name, at=turn.now, undo=f"{undo.ASK}:{linked}")
        await links.tell_who_leads(turn, who, told, key=f"joined:{linked}", can_undo=True)

    async def _typed(self, turn: Turn, dialogue: Dialogue, said: Answer) -> Move:
        """Something typed instead of a press: perhaps the code once more, or another one."""
        code = read_code(said.text) if isinstance(said, Said) else None
        if not isinstance(code, Code) or code.kind is not CodeKind.INVITATION:
            return Stay(texts.use_buttons())
        invitation = await _invitation(turn.tx, dialogue)
        if hash_code(code, pepper=turn.house.pepper) == invitation.code_hash:
            return Stay(texts.use_buttons())
        await self.enter(turn, code)
        return End()


async def why_not(tx: Tx, invitation: Invitation) -> Message | None:
    """Why an invitation does not let its person in now; None when it does."""
    match invitation.state:
        case InvitationState.USED:
            return texts.code_used()
        case InvitationState.REVOKED:
            return texts.code_revoked()
        case InvitationState.EXPIRED:
            return texts.code_expired(last_day(invitation.expires_at))
        case InvitationState.LIVE:
            who = await who_is(tx, invitation.person_id)
            if who is None or not may_join(who):
                return texts.code_of_nobody()
            return None if await _is_theirs_to_give(tx, invitation, who) else texts.code_revoked()


async def _is_theirs_to_give(tx: Tx, invitation: Invitation, who: Who) -> bool:
    """Whether whoever handed the code out could do so today: what its person was given since may be above them, and a
    code may be with whoever printed it. What the command line issued is nobody's."""
    if invitation.issued_by is None or not who.roles:
        return True
    issuer = await who_is(tx, invitation.issued_by)
    return issuer is not None and await links.answers_for(tx, issuer, who)


def _come_in_there(doors: Sequence[Door], code: Code, invitation: Invitation) -> Message:
    """The code is good, and another bot is for its person."""
    links = (door.start_link(code.compact) or door.link for door in doors)
    return texts.other_door(
        chats=[sheet_texts.in_messenger(door.name, door.messenger) for door in doors if door.name],
        link=next((link for link in links if link), None),
        last_day=last_day(invitation.expires_at),
    )


def may_join(who: Who) -> bool:
    """Whether somebody belongs here: to a cell (exempt and suspended members too), or by a role."""
    return who.status in PRESENT or bool(who.roles)


async def _invitation(tx: Tx, dialogue: Dialogue) -> Invitation:
    found = await invitations.by_ids(tx, [InvitationId(int(dialogue.subject))])
    return found[0]


def _joined_already(who: Who) -> Message:
    return texts.already_joined(name=who.full_name, choice=Choice(always_texts.ABOUT_ME, f"{RUN}:toi"))


# ---------------------------------------------------------------------------------- the questions


async def _start(_turn: Turn, _subject: str, _old: Mapping[str, Any] | None) -> Go:
    return Go(step="about")


async def _edition(turn: Turn, _subject: str) -> str:
    return turn.house.content.consent.edition.hash


def _screens(turn: Turn) -> Sequence[str]:
    return texts.screens(turn.house.content.consent.parts, full=not turn.can.buttons)


async def _ask_about(turn: Turn, _dialogue: Dialogue) -> Question:
    consent = turn.house.content.consent
    return Question(
        title=consent.title, text=texts.opening(_screens(turn)[0]), picks=(Pick(texts.READ_ON, _ON),), apart=True
    )


async def _ask_reading(turn: Turn, dialogue: Dialogue) -> Question:
    at = int(dialogue.answers.get("at", 0))
    return Question(text=_screens(turn)[at], picks=(Pick(texts.READ_ON, _ON),), apart=True)


async def _ask_consent(turn: Turn, _dialogue: Dialogue) -> Question:
    picks = (Pick(texts.AGREE, _YES), Pick(texts.REFUSE, _NO))
    return Question(text=turn.house.content.consent.question, picks=picks, apart=True)


async def _ask_who(turn: Turn, dialogue: Dialogue) -> Question:
    invitation = await _invitation(turn.tx, dialogue)
    who = await who_is(turn.tx, invitation.person_id)
    cell = who.cell_name if who else ""
    picks = (Pick(texts.RIGHT, _YES), Pick(texts.WRONG, _NO))
    return Question(text=texts.who_are_you(name=invitation.full_name, cell=cell), picks=picks)
