"""What somebody answers counts once, wherever they answer; where else they were asked, the message says so.

Only where a channel can change what it said: a new message about what the person has just done themselves would be
chatter. Such a change rings nowhere and needs no quiet hours.
"""

from dataclasses import replace

from bot.chat import Message, Priority
from bot.domain.ids import PersonId
from bot.domain.period import read_period
from bot.texts import rounds as texts
from handlers.turn import Act, Turn
from storage import outbox
from storage.rounds import Round


def about_round(found: Round) -> str:
    """What a reminder of the round asks: see `bot.chat.Message.about`."""
    return f"round:{found.id}"


async def done_in_round(turn: Turn, found: Round) -> None:
    """Who spoke has just done what the round asks of them."""
    done = texts.done_elsewhere(found.kind, read_period(found.period), at=turn.now)
    await show_elsewhere(turn, turn.person.person_id, replace(done, about=about_round(found)))


async def show_elsewhere(act: Act, person: PersonId, message: Message) -> None:
    """Let the newest message about the same (`message.about`) at each other address of the person read like this."""
    assert message.about is not None
    here = act.address if isinstance(act, Turn) else None
    for address, shown in (await outbox.asked_at(act.tx, person, message.about)).items():
        can = act.house.can(address.account)
        if address != here and can.edit and can.length(message) <= can.text_limit:
            act.letters.append(
                outbox.Letter(
                    address=address, message=message, person_id=person, priority=Priority.NOTICE, replaces=shown
                )
            )
