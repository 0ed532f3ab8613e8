"""Telling many people words of their own, in one go: each once by its key, at one of their addresses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat import Address, Capabilities, Message, Priority
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
    rows = []
    more = []
    for word in words:
        address = reached.get(word.person)
        if address is None:
            continue
        first, *others = _parts(word.message, act.house.can(address.account))
        rows.append((word.person, address, word.key, first))
        more += [(word.person, address, f"{word.key}/{number}", part) for number, part in enumerate(others, start=1)]
    if rows:
        like = outbox.Letter(
            address=rows[0][1],
            message=rows[0][3],
            priority=priority,
            batch=batch,
            due_at=due_at,
            expires_at=expires_at,
        )
        await outbox.put_words(act.tx, like, rows)
        await outbox.put_words(act.tx, replace(like, batch=outbox.further_parts(batch) if batch else None), more)
    return len(reached)


def _parts(message: Message, can: Capabilities) -> Iterable[Message]:
    """The message as the channel can carry it. Most are far from any limit: no character has more than two units."""
    if can.buttons and message.paper is None and 2 * (len(message.title) + len(message.text)) < can.text_limit - 8:
        return (message,)
    return split_message(message, can)


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
