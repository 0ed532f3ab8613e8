"""`bot.py replay`: events whose handling failed are handled once more, or dropped, beside the running bot."""

import secrets
from collections.abc import Callable, Sequence
from enum import IntEnum

from bot.app import App
from bot.channels.http import new_session
from bot.chat import Channel
from bot.clock import local
from bot.commands.invite import doors_of
from bot.faults import OperatorFault
from bot.fleet import Fleet
from bot.own_page import OwnPage, address_of, patience_of
from bot.serve import Ground, ground
from bot.settings import Settings
from handlers.replaying import Again
from storage import dead_letters
from storage.database import Database
from storage.dead_letters import DeadLetter

ALL_OR_ONE = "say the number of an incident, or --all; `bot.py doctor` names them"
_SAID = {
    Again.DONE: "handled; the running bot says the answer",
    Again.DONE_BEFORE: "handled before; nothing was done",
    Again.FAILED: "failed again and stays; the log has the story under the same number",
    Again.SOMEBODY_ELSE: "not handled: the address is no longer its person's; `--drop` deletes it",
    Again.GONE_ON: "not handled: the conversation has gone on, and the words would answer another question; "
    "`--drop` deletes it",
}


class Exit(IntEnum):
    """What the process ends with."""

    DONE = 0
    """Nothing is left of what was asked for."""
    LEFT = 1
    """Something was not handled, and stays."""


async def replay(
    settings: Settings, incident: str | None, *, everything: bool, drop: bool, say: Callable[[str], None]
) -> Exit:
    """Handle (or drop) one letter, or all of them in the order in which they failed. Each is a transaction of its own;
    the second time does nothing."""
    if (incident is None) is not everything:
        raise OperatorFault(ALL_OR_ONE)
    async with ground(settings) as base:
        letters = await _letters(base.database, incident)
        if not letters:
            say("There is nothing to replay.")
        if drop:
            return await _drop(base.database, letters, say)
        return await _replay(base, letters, say)


async def _letters(database: Database, incident: str | None) -> Sequence[DeadLetter]:
    async with database.read() as tx:
        if incident is None:
            return await dead_letters.waiting(tx)
        found = await dead_letters.letter_of(tx, incident)
    if found is None:
        days = dead_letters.KEPT.days
        raise OperatorFault(f"nothing is kept of incident {incident}: it was dropped, or is older than {days} days")
    return [found]


async def _replay(base: Ground, letters: Sequence[DeadLetter], say: Callable[[str], None]) -> Exit:
    doors = await doors_of(base) if letters else ()
    web, ends = base.settings.web, []
    async with new_session() as session:
        # Nothing is said through them here: what is answered depends on what they can.
        channels: list[Channel] = [bot.channel for bot in Fleet([*base.accounts, *base.zalo], session=session).bots]
        if address_of(web):
            page = OwnPage(web, database=base.database, clock=base.clock, key=base.key, session=session)
            channels.append(page.channel)
        app = App.build(
            database=base.database,
            clock=base.clock,
            channels=channels,
            content=base.content,
            random=secrets.token_bytes,
            pepper=base.key,
            doors=lambda: doors,
            page=address_of(web),
            patience=patience_of(web),
        )
        for letter in letters:
            ends.append(await app.router.handle_again(letter))
            say(f"{_named(letter)}: {_SAID[ends[-1]]}.")
    return Exit.DONE if set(ends) <= {Again.DONE, Again.DONE_BEFORE} else Exit.LEFT


async def _drop(database: Database, letters: Sequence[DeadLetter], say: Callable[[str], None]) -> Exit:
    for letter in letters:
        async with database.write() as tx:
            await dead_letters.drop(tx, letter.id)
        say(f"{_named(letter)}: deleted.")
    return Exit.DONE


def _named(letter: DeadLetter) -> str:
    """Which one it is, without a word of what was said."""
    what = f", {letter.kind.lower()}" if letter.kind else ""
    return f"{letter.incident} ({local(letter.failed_at):%d/%m/%Y %H:%M}, account {letter.address.account}{what})"
