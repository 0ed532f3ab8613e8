"""/kenh: where somebody with several addresses is told things. Answers always come where they were asked for.

The choice holds as long as that address can be reached: else what is to be said goes to another of theirs. Only
addresses of bots that run here are shown; a press on one that is gone meanwhile is answered so.
Most people have one address, so it is in no menu: it is offered where a second one is added, and stands in the guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Choice
from bot.domain.ids import AddressId
from bot.domain.page import ACCOUNT as PAGE
from bot.domain.rights import Right
from bot.texts import preferred as texts
from handlers.declare import Action, Args, Command, number
from handlers.registry import Offer
from handlers.turn import Turn
from storage import addresses, audit, service
from storage.addresses import LinkedAddress

COMMAND = "kenh"
PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class _Place:
    """An address of the person, and what they call it."""

    linked: LinkedAddress
    name: str


def offer() -> Offer:
    """The command and its buttons."""
    return Offer(
        commands=(Command(name=COMMAND, right=Right.PERSON, run=_command, also=texts.WORDS),),
        actions=(Action(verb=PREFER, right=Right.PERSON, run=_prefer),),
    )


async def _command(turn: Turn, _rest: str) -> None:
    places = await _places(turn)
    if len(places) < 2:
        turn.answer(texts.only_here())
        return
    turn.answer(
        texts.which(
            [
                texts.place_line(place.name, told=at == 0, here=place.linked.address == turn.address)
                for at, place in enumerate(places)
            ],
            [Choice(texts.tell_me_at(place.name), f"{PREFER}:{place.linked.id}") for place in places],
        )
    )


async def _prefer(turn: Turn, args: Args) -> None:
    wanted = number(args)
    place = next((place for place in await _places(turn) if place.linked.id == wanted), None)
    if place is None:
        turn.answer(texts.not_there())
        return
    person = turn.person.person_id
    await addresses.prefer(turn.tx, person, AddressId(place.linked.id))
    await audit.record(
        turn.tx, actor=person, action="address.preferred", subject=f"person:{person}", address=place.linked.id
    )
    turn.answer(texts.preferred(place.name))


async def _places(turn: Turn) -> Sequence[_Place]:
    """The person's addresses that can be spoken to, where they are told things now first."""
    gone = await service.closed(turn.tx)
    found = [
        one
        for one in await addresses.addresses_of(turn.tx, turn.person.person_id)
        if not one.blocked and one.address.account not in gone
    ]
    names = [_name(turn, one) for one in found]
    return [
        _Place(one, texts.since(name, one.linked_at) if names.count(name) > 1 else name)
        for one, name in zip(found, names, strict=True)
    ]


def _name(turn: Turn, one: LinkedAddress) -> str:
    if one.address.account == PAGE:
        return texts.PAGE
    door = next((door for door in turn.house.doors() if door.account == one.address.account), None)
    return door.messenger if door else texts.OTHER
