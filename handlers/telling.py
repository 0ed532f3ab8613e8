"""Telling many people words of their own, in one go: each once by its key, at one of their addresses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import structs

from bot.chat import Address, Capabilities, Message, Priority, decode_message, encode_message
from bot.domain.ids import PersonId
from bot.parts import split_message
from bot.template import Kind, Template
from handlers.turn import Act
from storage import outbox
from storage.outbox import Written


class Word(NamedTuple):
    """What one person is told, at their address: a message, and what stands in its blanks. The key makes it said once,
    however often."""

    person: PersonId
    address: Address
    key: str
    message: Template
    blanks: Sequence[str | int] = ()


async def tell_each(
    act: Act,
    words: Sequence[Word],
    *,
    priority: Priority = Priority.NOTICE,
    batch: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Say to each their word."""
    if not words:
        return
    can = {account: act.house.can(account) for account in {word.address.account for word in words}}
    room = {account: _room(one) for account, one in can.items()}
    written: list[Written] = []
    more: list[Written] = []
    for word in words:
        person, address, key, message, blanks = word
        body = message.encoded(blanks)
        if len(body) <= room[address.account] and not message.has_paper:
            written.append(Written(person, address, key, message.kind, body))
        else:
            first, *others = _parts(word, body, can[address.account])
            written.append(first)
            more += others
    like = outbox.Letter(
        address=words[0].address,
        message=Message(text=""),
        priority=priority,
        batch=batch,
        due_at=due_at,
        expires_at=expires_at,
    )
    await outbox.put_words(act.tx, like, written)
    await outbox.put_words(act.tx, structs.replace(like, batch=outbox.further_parts(batch) if batch else None), more)


def _room(can: Capabilities) -> int:
    """How long a body may be that surely is one part, as most are: no character has more than two units, and what is
    shown is less than the body."""
    return can.text_limit // 2 if can.buttons else 0


def _parts(word: Word, body: str, can: Capabilities) -> Sequence[Written]:
    """What is told, as the channel can carry it."""
    return [
        Written(
            word.person,
            word.address,
            word.key if number == 0 else f"{word.key}/{number}",
            Kind.of(part),
            encode_message(part),
        )
        for number, part in enumerate(split_message(decode_message(body), can))
    ]


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
