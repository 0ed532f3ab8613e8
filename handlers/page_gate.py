"""The gate of our own page: who is let in, in which browsers they are signed in, and how that ends.

A browser comes in with a link or a code that was given to one person (`handlers.page_pass`), or with the code of an
invitation: then as a guest, who joins in the chat like anywhere else. A session belongs to a chat of the page, and
holds only as long as that chat belongs to somebody who belongs here. Everybody is told of a way in that somebody else
gave them. Nothing here says who a link is for before it is used.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.chat import Address
from bot.domain.codes import Code, CodeKind, hash_code, read_code
from bot.domain.guessing import IN_ALL, PER_PLACE, guesser
from bot.domain.invitation import InvitationState
from bot.domain.page import (
    ACCOUNT,
    GUEST_VALID,
    Browser,
    Closed,
    Entered,
    NoEntry,
    PassKind,
    PassState,
    SignedIn,
    Visit,
    cookie_after,
    hash_link,
    hash_page_code,
    hash_session,
)
from bot.texts import page_visit as texts
from handlers import guessing, links
from handlers.join import may_join
from handlers.page_browsers import browser, end_all, end_one
from handlers.turn import Act, House
from storage import addresses, audit, guesses, invitations, page_passes, page_sessions
from storage.database import Database, Tx
from storage.page_passes import Pass
from storage.page_sessions import Session
from storage.people import Who, who_at, who_is

TOUCHED = timedelta(minutes=5)
"""How exactly it is known when a browser was used last."""

_CLOSED = {
    PassState.USED: Closed.USED,
    PassState.REVOKED: Closed.REVOKED,
    PassState.EXPIRED: Closed.EXPIRED,
}
_INVITATION_CLOSED = {
    InvitationState.USED: Closed.USED,
    InvitationState.REVOKED: Closed.REVOKED,
    InvitationState.EXPIRED: Closed.EXPIRED,
}


class PageGate:
    """Implements `bot.channels.web.ports.Gate`. Each call is a transaction of its own."""

    def __init__(self, *, database: Database, house: House, wake: Callable[[], None]) -> None:
        self._database = database
        self._house = house
        self._wake = wake

    async def signed_in(self, cookie: str) -> SignedIn | None:
        """Whom the browser with this cookie is signed in as; None: nobody (any more)."""
        async with self._database.read() as tx:
            found = await self._session(tx, cookie)
            stale = found is not None and tx.now - found[0].seen_at >= TOUCHED
        if found is None:
            return None
        if stale:
            async with self._database.write() as tx:
                await page_sessions.touch(tx, found[0].id)
        return found[1]

    async def link_state(self, token: str) -> PassState | None:
        """What a link would do now; None for one that was never given. It is not used."""
        async with self._database.read() as tx:
            found = await page_passes.with_hash(tx, hash_link(token, pepper=self._house.pepper))
        return found.state if found else None

    async def enter_by_link(self, token: str, visit: Visit) -> Entered | NoEntry:
        """Use a link up. The same browser a second time is let in again; another is not."""
        async with self._database.write() as tx:
            act = Act(tx, self._house)
            if until := await self._closed_until(tx, visit):
                return NoEntry(Closed.TOO_OFTEN, until)
            found = await page_passes.with_hash(tx, hash_link(token, pepper=self._house.pepper))
            if found is None:
                await guesses.add(tx, self._guesser(visit))
                return NoEntry(Closed.UNKNOWN)
            return await self._enter(act, found, token, visit)

    async def enter_by_code(self, typed: str, visit: Visit) -> Entered | NoEntry:
        """Use a code for the page up, or begin to join with the code of an invitation."""
        code = read_code(typed)
        if not isinstance(code, Code) or code.kind is not CodeKind.INVITATION:
            return NoEntry(Closed.MISTYPED)
        async with self._database.write() as tx:
            if until := await self._closed_until(tx, visit):
                return NoEntry(Closed.TOO_OFTEN, until)
            act = Act(tx, self._house)
            found = await page_passes.with_hash(tx, hash_page_code(code, pepper=self._house.pepper))
            if found is not None:
                entered = await self._enter(act, found, code.letters, visit)
                await act.flush()
            else:
                entered = await self._begin_to_join(tx, code, visit)
        self._wake()
        return entered

    async def browsers(self, signed_in: SignedIn) -> Sequence[Browser]:
        """Where the person is signed in, the browser that was used last first."""
        async with self._database.read() as tx:
            who = await who_at(tx, Address(ACCOUNT, signed_in.chat))
            if who is None:
                return ()
            found = await page_sessions.of_person(tx, who.person_id, idle=self._house.patience.idle)
        return [browser(session, here=signed_in.session) for session in found]

    async def sign_out(self, signed_in: SignedIn, session: int) -> bool:
        """End this session or another of the same person; False when it is none of theirs, or over."""
        async with self._database.write() as tx:
            who = await who_at(tx, Address(ACCOUNT, signed_in.chat))
            if who is None:
                return session == signed_in.session and await page_sessions.end(tx, session)
            return await end_one(tx, self._house, who.person_id, session)

    async def sign_out_everywhere(self, signed_in: SignedIn) -> int:
        """End every session of the person, this one too; how many."""
        async with self._database.write() as tx:
            who = await who_at(tx, Address(ACCOUNT, signed_in.chat))
            if who is None:
                return int(await page_sessions.end(tx, signed_in.session))
            return await end_all(tx, self._house, who.person_id)

    # ------------------------------------------------------------------------------------ inside

    async def _session(self, tx: Tx, cookie: str) -> tuple[Session, SignedIn] | None:
        token_hash = hash_session(cookie, pepper=self._house.pepper)
        session = await page_sessions.with_hash(tx, token_hash, idle=self._house.patience.idle)
        if session is None:
            return None
        who = await who_at(tx, session.address)
        if who is None:
            holds = tx.now < session.started_at + GUEST_VALID
        else:
            holds = may_join(who)
        if not holds:
            return None
        name = who.full_name if who else ""
        return session, SignedIn(session=session.id, chat=session.address.chat, name=name, is_guest=who is None)

    def _guesser(self, visit: Visit) -> str:
        return guesser("page", visit.place, pepper=self._house.pepper)

    async def _closed_until(self, tx: Tx, visit: Visit) -> datetime | None:
        return await guessing.closed_until(tx, self._guesser(visit), PER_PLACE) or await guessing.closed_until(
            tx, None, IN_ALL
        )

    async def _begin_to_join(self, tx: Tx, code: Code, visit: Visit) -> Entered | NoEntry:
        """A guest's own chat. Why else a code lets nobody in, the chat says like anywhere."""
        invitation = await invitations.with_hash(tx, hash_code(code, pepper=self._house.pepper))
        if invitation is None:
            await guesses.add(tx, self._guesser(visit))
            return NoEntry(Closed.UNKNOWN)
        cookie = cookie_after(code.letters, visit.cookie, pepper=self._house.pepper)
        before = await self._session(tx, cookie)
        if before is not None:
            chat = before[1].chat
        elif invitation.state in _INVITATION_CLOSED:
            return NoEntry(_INVITATION_CLOSED[invitation.state])
        else:
            chat = await self._sign_in(tx, cookie, _new_chat(self._house), visit)
        return Entered(cookie=cookie, chat=chat, event_id=f"{chat}:start", start=code.compact)

    async def _enter(self, act: Act, found: Pass, word: str, visit: Visit) -> Entered | NoEntry:
        tx = act.tx
        await invitations.hold(tx, [found.person_id])
        who = await who_is(tx, found.person_id)
        assert who is not None
        cookie = cookie_after(word, visit.cookie, pepper=self._house.pepper)
        for known in (cookie, visit.cookie):
            before = await self._session(tx, known)
            if before is None or before[1].is_guest:
                continue
            here = await who_at(tx, before[0].address)
            if here is None or here.person_id != who.person_id:
                return NoEntry(Closed.SOMEONE_ELSE)
            if found.state is PassState.USED or await page_passes.use(tx, found.id):
                return _entered(known, before[1].chat, found)
        if why := await self._why_not(tx, found, who):
            return NoEntry(why)
        if not await page_passes.use(tx, found.id):
            return NoEntry(Closed.USED)
        chat = await self._chat_of(act, who, found)
        await self._sign_in(tx, cookie, chat, visit)
        await audit.record(
            tx,
            actor=who.person_id,
            action="page.signed_in",
            subject=f"person:{who.person_id}",
            by=found.kind.value,
            issued_by=found.issued_by,
        )
        return _entered(cookie, chat, found)

    async def _why_not(self, tx: Tx, found: Pass, who: Who) -> Closed | None:
        """Why a pass lets nobody in now. What its person was given since may be above whoever issued it."""
        if found.state in _CLOSED:
            return _CLOSED[found.state]
        if not may_join(who) or not await addresses.addresses_of(tx, who.person_id):
            return Closed.NOBODY
        if found.issued_by is None:
            return None
        issuer = await who_is(tx, found.issued_by)
        return None if issuer is not None and await links.answers_for(tx, issuer, who) else Closed.REVOKED

    async def _chat_of(self, act: Act, who: Who, found: Pass) -> str:
        """The person's chat on the page, which is linked to them the first time."""
        linked = await addresses.addresses_of(act.tx, who.person_id)
        if found.kind is PassKind.CODE:
            for one in linked:
                act.say_at(one.address, texts.signed_in_by_code(act.now), person=who.person_id)
        chats = [one.address.chat for one in linked if one.address.account == ACCOUNT]
        if chats:
            return chats[0]
        chat = _new_chat(self._house)
        number = await addresses.link(act.tx, person=who.person_id, address=Address(ACCOUNT, chat))
        await audit.record(
            act.tx, actor=who.person_id, action="address.linked", subject=f"person:{who.person_id}", address=number
        )
        return chat

    async def _sign_in(self, tx: Tx, cookie: str, chat: str, visit: Visit) -> str:
        await page_sessions.add(
            tx,
            token_hash=hash_session(cookie, pepper=self._house.pepper),
            address=Address(ACCOUNT, chat),
            device=visit.device,
            longest=self._house.patience.longest,
        )
        return chat


def _new_chat(house: House) -> str:
    return house.random(16).hex()


def _entered(cookie: str, chat: str, found: Pass) -> Entered:
    event_id = f"{chat}:pass-{found.id}-{int(found.expires_at.timestamp())}"
    return Entered(cookie=cookie, chat=chat, event_id=event_id, press=found.target, start=None if found.target else "")
