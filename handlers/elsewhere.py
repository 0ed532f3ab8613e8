"""What somebody answers counts once, wherever they answer; where else they were asked, the message says so.

Only where a channel can change what it said: a new message about what the person has just done themselves would be
chatter. Such a change rings nowhere and needs no quiet hours.
"""

from bot.chat import Message, Priority
from bot.domain.ids import PersonId
from handlers.turn import Act, Turn
from storage import outbox


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
