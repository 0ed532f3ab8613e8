"""One turn: what a handler is given and what it says.

Everything said is collected here and written to the outbox in the same transaction; nothing is sent from a
handler. An `Act` is caused by the clock; a `Turn` by somebody who spoke, at an address.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from msgspec import structs

from bot.chat import Address, Capabilities, Message, Priority
from bot.content.loader import Content
from bot.domain.ids import PersonId, UnitId
from bot.domain.organisation import UnitKind
from bot.domain.page import Patience
from bot.domain.rights import LEADERS, REACHES_DOWN, ROLES_FOR, Right
from bot.doors import Doors
from bot.outgoing import Desk
from bot.parts import split_message
from bot.texts import plain
from storage import organisation, outbox
from storage.addresses import reach, reach_many
from storage.database import Tx
from storage.handing_over import can_be_handed_over, put_claimed
from storage.organisation import Unit
from storage.people import HeldRole, Who, who_at


class Refusal(Exception):
    """A rule says no. The transaction is rolled back, and the message is the whole answer."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all handlers share. `random` gives random bytes; `pepper` keys the hashes of codes; `can` says
    what the channel of an account can do; `doors` are our bots as people find them, now; `page` is the public
    address of our own page, or empty; `patience`: how long a browser stays signed in there."""

    content: Content
    random: Callable[[int], bytes]
    pepper: bytes
    can: Callable[[str], Capabilities]
    doors: Doors
    page: str = ""
    patience: Patience = field(default_factory=Patience)

    def can_edit(self, account: str) -> bool:
        """Whether a message of the account can be replaced."""
        return self.can(account).edit

    def can_carry_files(self, account: str) -> bool:
        """Whether what a message has as a paper reaches its reader."""
        return self.can(account).files


class Act:
    """Something that happens in one transaction, and the words it causes."""

    def __init__(self, tx: Tx, house: House) -> None:
        self.tx = tx
        self.house = house
        self.letters: list[outbox.Letter] = []
        self.missed: defaultdict[str, int] = defaultdict(int)
        """What came too late to be said, by kind: for who counts, after the commit."""
        self.hurries = False

    def hurry(self) -> None:
        """Something becomes due with this transaction and somebody waits for it: the clock ticks right after it."""
        self.hurries = True

    @property
    def now(self) -> datetime:
        return self.tx.now

    @property
    def today(self) -> date:
        return organisation.today(self.tx)

    async def tell(
        self,
        person: PersonId,
        message: Message,
        *,
        priority: Priority = Priority.NOTICE,
        key: str | None = None,
        batch: str | None = None,
        due_at: datetime | None = None,
    ) -> bool:
        """Say something to a person, wherever they can be reached; False when they cannot.

        `key` makes it said once, however often; `due_at` lets it wait (quiet hours)."""
        address = await reach(self.tx, person)
        if address is None:
            return False
        self.letters.append(
            outbox.Letter(
                address=address,
                message=message,
                person_id=person,
                priority=priority,
                unique_key=key,
                batch=batch,
                due_at=due_at,
            )
        )
        return True

    def say_at(self, address: Address, message: Message, *, person: PersonId | None = None) -> None:
        """Say something at one address: the person's, or one that belongs to nobody (any more). What is said to
        nobody is not kept, unless it is a question."""
        forget = person is None and not message.choices
        self.letters.append(outbox.Letter(address=address, message=message, person_id=person, forget=forget))

    async def follow(self, person: PersonId, address: Address, message: Message) -> None:
        """Say something where the person follows what they began: the message that moves (its `slot`). Nothing, when
        the address is theirs no longer."""
        who = await who_at(self.tx, address)
        if who is not None and who.person_id == person:
            self.letters.append(
                outbox.Letter(address=address, message=message, person_id=person, priority=Priority.NOTICE)
            )

    async def tell_all(
        self,
        people: Sequence[PersonId],
        message: Message,
        *,
        key: str,
        priority: Priority = Priority.NOTICE,
        batch: str | None = None,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> int:
        """Say the same to many people, each once by `key` and person; how many of them can be reached."""
        addresses = await reach_many(self.tx, people)
        letters = [
            outbox.Letter(
                address=address,
                message=part,
                person_id=person,
                priority=priority,
                unique_key=f"{key}:{person}" if number == 0 else f"{key}:{person}/{number}",
                # The batch counts people: further parts of a long message have a name of their own in it.
                batch=batch if number == 0 or not batch else outbox.further_parts(batch),
                due_at=due_at,
                expires_at=expires_at,
            )
            for person, address in addresses.items()
            for number, part in enumerate(split_message(message, self.house.can(address.account)))
        ]
        await outbox.put_many(self.tx, letters)
        return len(addresses)

    async def flush(self, desk: Desk | None = None) -> int:
        """Write what was said to the outbox, long messages in parts; how many rows are new. The first thing that
        somebody waits for is handed over at the desk, if it takes it."""
        written = 0
        for letter in self._in_few():
            for number, part in enumerate(split_message(letter.message, self.house.can(letter.address.account))):
                if part is not letter.message:
                    key = letter.unique_key if number == 0 or not letter.unique_key else f"{letter.unique_key}/{number}"
                    letter_of_part = structs.replace(letter, message=part, unique_key=key)
                else:
                    letter_of_part = letter
                if not written and desk is not None and await self._hand_over(letter_of_part, desk):
                    written = 1
                elif await outbox.put(self.tx, letter_of_part):
                    written += 1
                else:
                    break
        self.letters.clear()
        return written

    async def _hand_over(self, letter: outbox.Letter, desk: Desk) -> bool:
        if not can_be_handed_over(letter):
            return False
        offer = desk.offer(letter.address)
        claimed = await put_claimed(self.tx, letter, offer) if offer else None
        if claimed is None:
            return False
        self.tx.after.append(partial(desk.hand, claimed))
        return True

    def _in_few(self) -> list[outbox.Letter]:
        """Where there are no buttons every message costs: what is answered at once there is one message, if it fits."""
        few: list[outbox.Letter] = []
        for letter in self.letters:
            can = self.house.can(letter.address.account)
            before = few[-1] if few and not can.buttons else None
            message = _joined(before, letter)
            if message is not None and can.length(message) <= can.text_limit:
                few[-1] = structs.replace(letter, message=message)
            else:
                few.append(letter)
        return few


def _joined(before: outbox.Letter | None, letter: outbox.Letter) -> Message | None:
    """Both as one message; None when they do not belong together."""
    answers = before is not None and before.priority is letter.priority is Priority.ANSWER
    if before is None or not answers or (before.address, before.forget) != (letter.address, letter.forget):
        return None
    return plain.joined(before.message, letter.message)


class Turn(Act):
    """Somebody spoke at an address. `who` is None for a guest; `pressed` is the message whose button it was; `origin`
    is the choice that would do again what is done now (`run:mauexcel`), or empty."""

    def __init__(self, tx: Tx, house: House, *, address: Address, who: Who | None, pressed: str | None = None) -> None:
        super().__init__(tx, house)
        self.address = address
        self.who = who
        self.pressed = pressed
        self.origin = ""

    @property
    def can(self) -> Capabilities:
        """What the channel can do through which they speak."""
        return self.house.can(self.address.account)

    @property
    def person(self) -> Who:
        """Who spoke; only for handlers whose declared right excludes guests."""
        assert self.who is not None, "the declared right lets guests in"
        return self.who

    def answer(self, message: Message, *, forget: bool = False) -> None:
        """Say something at this address, first of all. With `forget` the row is deleted once it is sent; so is what
        a guest is told, unless it is a question: then its numbers must be known."""
        replaces = self.pressed if message.in_place else None
        # One press replaces one message; what follows is new.
        if replaces is not None:
            self.pressed = None
        self.letters.append(
            outbox.Letter(
                address=self.address,
                message=message,
                person_id=self.who.person_id if self.who else None,
                priority=Priority.ANSWER,
                replaces=replaces,
                forget=forget or (self.who is None and not message.choices),
            )
        )

    async def may(self, right: Right, unit: UnitId | None = None) -> bool:
        """Whether who spoke has the right, over the unit if one is named."""
        return await allows(self.tx, self.who, right, unit)

    async def units_with(self, right: Right) -> Sequence[Unit]:
        """The units over which who spoke holds a role that gives the right, oldest role first."""
        assert right in ROLES_FOR
        held = [role.unit_id for role in self.person.roles if _gives(role, right)]
        found = [await organisation.unit_of(self.tx, unit) for unit in dict.fromkeys(held)]
        return [unit for unit in found if unit]


async def allows(tx: Tx, who: Who | None, right: Right, unit: UnitId | None) -> bool:
    """The one place that decides who may.

    Without a unit: whether they have the right over anything. With one: over this unit. MEMBER over a unit
    means that their cell is that unit or below it."""
    if right is Right.ANYONE:
        return True
    if who is None:
        return False
    if right is Right.PERSON:
        return True
    if right is Right.MEMBER:
        if not who.is_member or who.cell_id is None:
            return False
        near = (None, who.cell_id, who.above_id)
        return unit in near or unit in await organisation.path_up(tx, who.cell_id)
    held = [role for role in who.roles if _gives(role, right)]
    if unit is None or not held:
        return bool(held)
    path = await organisation.path_up(tx, unit)
    return any(role.unit_id == unit or (role.role in REACHES_DOWN and role.unit_id in path) for role in held)


def _gives(role: HeldRole, right: Right) -> bool:
    """Whether the role gives the right. Only a cell is led: a committee's own secretary leads none of those below."""
    return role.role in ROLES_FOR[right] and (role.role not in LEADERS or role.unit_kind is UnitKind.CELL)
