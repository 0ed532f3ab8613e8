"""An answer that is claimed as it is written, so that it is said right after the commit without being looked for.

Only SQLite has it, where this process is the only one that sends: there what a sender knows of its account is all that
there is to know. The row is the same as one that was claimed (storage/claiming.py), and under the same conditions: for
the time of a lease, counted as a try, and said from the outbox if the program ends before it is said.
"""

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, insert, null, or_
from sqlalchemy.sql.dml import Insert

from bot.chat import Claimed, OutboxState, Priority, encode_message
from bot.outgoing import Offer
from storage.claiming import IN_FLIGHT, QUEUED
from storage.database import DirectTx, Tx
from storage.outbox import Letter
from storage.schema import addresses, lane_chats, outbox

_goes_before = exists().where(
    outbox.c.account == bindparam("of_account"),
    outbox.c.chat == bindparam("of_chat"),
    outbox.c.finished_at.is_(None),
    or_(
        and_(outbox.c.state == IN_FLIGHT, outbox.c.id > bindparam("said")),
        and_(
            outbox.c.state == QUEUED,
            outbox.c.priority == int(Priority.ANSWER),
            or_(outbox.c.due_at <= bindparam("now"), outbox.c.failure.is_not(None)),
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at >= bindparam("now")),
        ),
    ),
)
_not_theirs = and_(
    bindparam("of_person", type_=outbox.c.person_id.type).is_not(None),
    ~exists().where(
        addresses.c.account == bindparam("of_account"),
        addresses.c.chat == bindparam("of_chat"),
        addresses.c.person_id == bindparam("of_person"),
        addresses.c.unlinked_at.is_(None),
    ),
)
_chat_waits = exists().where(
    lane_chats.c.account == bindparam("of_account"),
    lane_chats.c.chat == bindparam("of_chat"),
    lane_chats.c.next_at > bindparam("now"),
)
_KEPT = ("chat", "person_id", "priority", "body", "has_choices", "slot", "about", "replaces", "forget")


def _put(*never: ColumnElement[bool]) -> Insert:
    """INSERT, or nothing when one of these is so: a row without an account is refused, and a refusal is ignored. As a
    SELECT with conditions it would take half as long again."""
    return (
        insert(outbox)
        .prefix_with("OR IGNORE")
        .values(
            account=case((or_(*never), null()), else_=bindparam("of_account")),
            **{name: bindparam(f"to_{name}", type_=outbox.c[name].type) for name in _KEPT},
            state=OutboxState.IN_FLIGHT.value,
            due_at=bindparam("now"),
            lease_until=bindparam("until"),
            attempts=1,
            doubtful=False,
            created_at=bindparam("now"),
        )
    )


_claimed = _put(_goes_before, _not_theirs)
_claimed_in_pace = _put(_goes_before, _not_theirs, _chat_waits)


def can_be_handed_over(letter: Letter) -> bool:
    """Whether the letter is one that somebody waits for, and nothing but that."""
    return (
        letter.priority is Priority.ANSWER
        and letter.unique_key is None
        and letter.due_at is None
        and letter.expires_at is None
        and letter.batch is None
    )


async def put_claimed(tx: Tx, letter: Letter, offer: Offer) -> Claimed | None:
    """Write the letter as a row that is claimed; None, and nothing is written, when something of the chat goes before
    it, its pace does not allow it now, or it is written for somebody who is not there any more. The caller hands it
    over after the commit. The letter `can_be_handed_over`."""
    if not isinstance(tx, DirectTx):
        return None
    message = letter.message
    number = await tx.insert_id_or_none(
        _claimed_in_pace if offer.keeps_chats else _claimed,
        {
            "of_account": letter.address.account,
            "of_chat": letter.address.chat,
            "of_person": letter.person_id,
            "to_chat": letter.address.chat,
            "to_person_id": letter.person_id,
            "to_priority": int(letter.priority),
            "to_body": encode_message(message),
            "to_has_choices": bool(message.choices),
            "to_slot": message.slot,
            "to_about": message.about,
            "to_replaces": letter.replaces,
            "to_forget": letter.forget,
            "now": tx.now,
            "until": tx.now + offer.lease,
            "said": offer.said,
        },
    )
    if number is None:
        return None
    return Claimed(
        id=number,
        address=letter.address,
        message=message,
        priority=letter.priority,
        replaces=letter.replaces,
        attempts=1,
    )
