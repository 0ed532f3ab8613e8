"""Telling many people words of their own, in one go: each once by its key, at one of their addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Address, Message, Priority
from bot.domain.ids import PersonId
from bot.parts import split_message
from handlers.turn import Act
from storage import outbox
from storage.addresses import reach_many


@dataclass(frozen=True, slots=True)
class Word:
    """What one person is told. The key makes it said once, however often."""

    person: PersonId
    message: Message
    key: str


async def tell_each(
    act: Act,
    words: Sequence[Word],
    *,
    priority: Priority = Priority.NOTICE,
    batch: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Say to each their word; how many of them can be reached."""
    reached = await reach_many(act.tx, list(dict.fromkeys(word.person for word in words)))
    letters = [
        outbox.Letter(
            address=address,
            message=part,
            person_id=word.person,
            priority=priority,
            unique_key=word.key if number == 0 else f"{word.key}/{number}",
            batch=batch if number == 0 or not batch else outbox.further_parts(batch),
            due_at=due_at,
            expires_at=expires_at,
        )
        for word in words
        if (address := reached.get(word.person)) is not None
        for number, part in enumerate(split_message(word.message, act.house.can(address.account)))
    ]
    await outbox.put_many(act.tx, letters)
    return len(reached)


async def tell_same(
    act: Act,
    reached: Mapping[PersonId, Address],
    message: Message,
    *,
    key: str,
    priority: Priority,
    batch: str,
    due_at: datetime | None,
    expires_at: datetime | None = None,
) -> None:
    """Say the same to many people at these addresses, each once by `key` and person: put into words, cut and encoded
    once for all at an account."""
    accounts: dict[str, list[tuple[PersonId, Address]]] = {}
    for person, address in reached.items():
        accounts.setdefault(address.account, []).append((person, address))
    for account, people in accounts.items():
        for number, part in enumerate(split_message(message, act.house.can(account))):
            like = outbox.Letter(
                address=people[0][1],
                message=part,
                priority=priority,
                batch=batch if number == 0 else outbox.further_parts(batch),
                due_at=due_at,
                expires_at=expires_at,
            )
            ending = "" if number == 0 else f"/{number}"
            await outbox.put_copies(
                act.tx, like, [(person, address, f"{key}:{person}{ending}") for person, address in people]
            )
