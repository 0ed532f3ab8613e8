"""One event in one transaction: seen, who is it, what do they mean, may they, do it, say it, commit.

`handle` returns only after the commit; the caller then confirms the event to the messenger. It raises only when
nothing was stored, so that the event comes again. A `Refusal` rolls back and its message is the answer; anything
else unexpected rolls back and becomes one apology with an incident number, the whole story in the log under the
same number, without a word of what people wrote; what was said is kept as a dead letter (handlers/replaying.py).
While the database cannot be written nothing is said and nothing kept: the event comes again.
"""

from collections.abc import Callable

import structlog

from bot.chat import (
    Address,
    Blocked,
    FileSent,
    Incoming,
    Message,
    Payload,
    Pressed,
    Started,
    Text,
    Unblocked,
    Unsupported,
)
from bot.domain.words import fold, nfc
from bot.logs import new_incident
from bot.outgoing import Desk
from bot.texts import common
from bot.turns import Turns
from bot.watch import UNWATCHED, Ending, Watch
from handlers import dialogue as engine
from handlers import meaning
from handlers.declare import Gave, Said
from handlers.news import has_blocked
from handlers.page_files import instead_of_files
from handlers.registry import RUN, Registry
from handlers.replaying import Again, Do, handled_again, keep_failed
from handlers.turn import House, Refusal, Turn
from storage import addresses, dead_letters, dialogues, events, outbox
from storage.database import Database, StorageUnavailable, Tx
from storage.dead_letters import DeadLetter
from storage.people import who_at

log = structlog.get_logger()

TEXT_LIMIT = 4000
"""Characters of one typed message; what is longer is refused whole and not stored."""


class Router:
    """The door that every event comes through."""

    def __init__(
        self,
        *,
        database: Database,
        house: House,
        registry: Registry,
        wake: Callable[[], None],
        desk: Desk,
        hurry: Callable[[], None],
        watch: Watch = UNWATCHED,
    ) -> None:
        self._database = database
        self._house = house
        self._registry = registry
        self._wake = wake
        self._desk = desk
        self._hurry = hurry
        self._watch = watch
        self._turns: Turns[Address] = Turns()

    async def handle(self, incoming: Incoming) -> None:
        """Handle one event; the second time does nothing."""
        with self._watch.handling(incoming.address.account) as handling:
            if not self._turns.begin(incoming.address):
                await self._turns.wait(incoming.address)
            try:
                await self._in_one_transaction(incoming, self._dispatch)
            except Refusal as refusal:
                handling.ending = Ending.REFUSED
                await self._in_one_transaction(incoming, _only_say(refusal.message))
            except StorageUnavailable:
                raise
            except Exception as error:
                handling.ending = Ending.INCIDENT
                if not await self._after_incident(incoming, error):
                    raise
            finally:
                self._turns.end(incoming.address)

    async def handle_again(self, letter: DeadLetter) -> Again:
        """Handle an event that failed once more. What fails keeps the letter. Raises `StorageUnavailable`: then nothing
        was done."""
        if not self._turns.begin(letter.address):
            await self._turns.wait(letter.address)
        try:
            ended = await self._again(letter, self._dispatch)
        except Refusal as refusal:
            ended = await self._again(letter, _only_say(refusal.message))
        except StorageUnavailable:
            raise
        except Exception as error:
            log.exception("replay_failed", account=letter.address.account, incident=letter.incident)
            async with self._database.write() as tx:
                await dead_letters.failed_again(tx, letter.id, error=type(error).__name__)
            ended = Again.FAILED
        finally:
            self._turns.end(letter.address)
        self._wake()
        return ended

    async def wants_file(self, address: Address) -> int:
        """How many bytes of a file the open dialogue at the address takes; 0: none."""
        async with self._database.read() as tx:
            found = await dialogues.open_dialogue(tx, address)
        if found is None:
            return 0
        return self._registry.journeys[found.journey].steps[found.step].file_limit

    async def _in_one_transaction(self, incoming: Incoming, act: Do) -> None:
        async with self._database.write(shares_instant=True) as tx:
            await dialogues.take_turn(tx, incoming.address)
            if not await events.see(tx, account=incoming.address.account, event_id=incoming.event_id):
                return
            turn = await self._turn(tx, incoming)
            await act(turn, incoming.payload)
            await turn.flush(self._desk)
            if tx.queued:
                tx.after.append(self._wake)
        if turn.hurries:
            self._hurry()

    async def _again(self, letter: DeadLetter, act: Do) -> Again:
        async with self._database.write() as tx:
            await dialogues.take_turn(tx, letter.address)
            return await handled_again(tx, self._house, letter.incident, act)

    async def _turn(self, tx: Tx, incoming: Incoming) -> Turn:
        pressed = incoming.payload.message if isinstance(incoming.payload, Pressed) else None
        who = await who_at(tx, incoming.address)
        return Turn(tx, self._house, address=incoming.address, who=who, pressed=pressed)

    async def _after_incident(self, incoming: Incoming, error: Exception) -> bool:
        """Log the incident, keep the event and apologise; False when not even that could be stored."""
        incident = new_incident(self._house.random)
        where = {"account": incoming.address.account, "event_id": incoming.event_id, "incident": incident}
        log.error("event_failed", exc_info=error, **where)

        async def keep(turn: Turn, _payload: Payload) -> None:
            await keep_failed(turn, incoming, incident=incident, error=error)
            turn.answer(common.incident(incident))

        try:
            await self._in_one_transaction(incoming, keep)
        except Exception:
            log.exception("apology_failed", **where)
            return False
        return True

    # ------------------------------------------------------------------------- what do they mean

    async def _dispatch(self, turn: Turn, payload: Payload) -> None:
        match payload:
            case Text(text=text):
                await self._text(turn, text)
            case Pressed(data=data):
                await self._press(turn, data)
            case Started(code=code):
                await self._registry.start(turn, code)
            case FileSent():
                await self._file(turn, payload)
            case Blocked():
                await has_blocked(turn)
            case Unblocked():
                await addresses.unblock(turn.tx, turn.address)
            case Unsupported():
                turn.answer(self._unusable(payload))
        await instead_of_files(turn)

    def _unusable(self, payload: Unsupported) -> Message:
        match payload.what:
            case "group":
                return common.only_private()
            case "edited":
                return common.edit_not_used()
            case "media":
                return common.media_not_used()
            case "hidden":
                return common.nothing_arrived(page=self._house.page)

    async def _text(self, turn: Turn, text: str) -> None:
        if len(text) > TEXT_LIMIT:
            turn.answer(common.too_long(TEXT_LIMIT))
            return
        text = nfc(text).strip()
        if text.startswith("/"):
            name, *rest = text[1:].split(maxsplit=1) or [""]
            await self._command(turn, fold(name.partition("@")[0]), "".join(rest))
            return
        newest = await outbox.newest_question(turn.tx, turn.address)
        found = await dialogues.open_dialogue(turn.tx, turn.address)
        if newest and await meaning.asked_back(turn, self._registry.journeys, found, newest, text):
            return
        if newest and (data := meaning.chosen(text, newest.choices)):
            await self._press(turn, data)
            return
        if found is not None:
            await engine.answer(turn, self._registry.journeys, found, Said(text))
            return
        if named := self._registry.named(text):
            await self._command(turn, *named)
        elif not await self._registry.other_text(turn, text):
            await self._not_understood(turn, text)

    async def _command(self, turn: Turn, name: str, rest: str) -> None:
        command = self._registry.commands.get(name)
        if command is None:
            await self._not_understood(turn, name)
        elif await turn.may(command.right):
            turn.origin = "" if rest else f"{RUN}:{name}"
            await command.run(turn, rest)
        else:
            turn.answer(common.not_allowed() if turn.who else common.not_joined())

    async def _press(self, turn: Turn, data: str) -> None:
        verb, *rest = data.split(":")
        args = tuple(rest)
        if verb == engine.THEN:
            await self._then_again(turn, ":".join(args))
            return
        if verb in engine.VERBS:
            await engine.VERBS[verb](turn, self._registry.journeys, args)
            return
        if verb == RUN and args:
            await self._command(turn, args[0], "")
            return
        action = self._registry.actions.get(verb)
        if action is None:
            turn.answer(common.not_valid_any_more())
            return
        unit = None
        if action.over is not None:
            unit = await action.over(turn.tx, args)
            if unit is None:
                turn.answer(common.not_valid_any_more())
                return
        if await turn.may(action.right, unit):
            turn.origin = data
            await action.run(turn, args)
        else:
            turn.answer(common.not_allowed() if turn.who else common.not_joined())

    async def _then_again(self, turn: Turn, data: str) -> None:
        """Press something that came between, then let the dialogue that was open ask again."""
        before = await dialogues.open_dialogue(turn.tx, turn.address)
        if not data.startswith(f"{engine.THEN}:"):
            await self._press(turn, data)
        found = await dialogues.open_dialogue(turn.tx, turn.address)
        if before is not None and found is not None and found.id == before.id:
            await engine.ask_again(turn, self._registry.journeys[found.journey], found)

    async def _file(self, turn: Turn, file: FileSent) -> None:
        found = await dialogues.open_dialogue(turn.tx, turn.address)
        if found is None or not self._registry.journeys[found.journey].steps[found.step].file_limit:
            turn.answer(common.file_not_expected())
            return
        await engine.answer(turn, self._registry.journeys, found, Gave(file))

    async def _not_understood(self, turn: Turn, text: str) -> None:
        if turn.who is None:
            # Where a chat does not open with a start of its own, its first words are anything at all.
            await self._registry.start(turn, "")
            return
        turn.answer(common.not_understood(await self._registry.likeliest(turn, text)))


def _only_say(message: Message) -> Do:
    async def say(turn: Turn, _payload: Payload) -> None:
        turn.answer(message)

    return say
