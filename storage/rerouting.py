"""What could not be said at one address of a person is said at another: the same row, which moves.

It keeps its number and its unique key, so that whatever happens it is said at one place; and it never comes back to an
address that it has left. What may have been said already (a doubtful row) stays where it is, and so do answers: they
belong where somebody asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Integer, and_, bindparam, exists, literal_column, or_, select, update

from bot.chat import Address, Capabilities, Message, Priority, decode_message, encode_message
from bot.domain.ids import AddressId, PersonId
from bot.parts import split_message
from storage import outbox as letters
from storage import service
from storage.addresses import LinkedAddress, all_of
from storage.database import Row, Tx
from storage.schema import addresses, outbox

Can = Callable[[str], Capabilities]
"""What the channel of an account can do."""

AT_ONCE = 200
"""Rows that `stranded` finds at once."""

_may_move = and_(
    outbox.c.person_id.is_not(None),
    outbox.c.priority > int(Priority.ANSWER),
    outbox.c.state.in_(["queued", "failed", "blocked"]),
    ~outbox.c.doubtful,
    or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > bindparam("now")),
)
_rows = select(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)), _may_move).order_by(outbox.c.id)
_waiting_at = select(outbox.c.id).where(
    outbox.c.account == bindparam("account"), outbox.c.chat == bindparam("chat"), outbox.c.state == "queued"
)
_others = addresses.alias("others")
_stranded = (
    select(outbox.c.id)
    .where(
        outbox.c.state == literal_column("'queued'"),
        outbox.c.account.in_(bindparam("out", expanding=True)),
        outbox.c.priority > int(Priority.ANSWER),
        outbox.c.due_at <= bindparam("now"),
        _may_move,
        exists().where(
            _others.c.person_id == outbox.c.person_id,
            _others.c.unlinked_at.is_(None),
            _others.c.blocked_at.is_(None),
            _others.c.account.not_in(bindparam("out", expanding=True)),
        ),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("size", type_=Integer))
)
_move = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        account=bindparam("to_account"),
        chat=bindparam("to_chat"),
        body=bindparam("to_body"),
        has_choices=bindparam("to_choices"),
        tried=bindparam("to_tried"),
        state="queued",
        attempts=0,
        replaces=None,
        failure=None,
        finished_at=None,
        lease_until=None,
    )
)


async def waiting_at(tx: Tx, address: Address) -> Sequence[int]:
    """The rows that wait to be said at an address."""
    rows = await tx.all(_waiting_at, {"account": address.account, "chat": address.chat})
    return [row.id for row in rows]


async def stranded(tx: Tx) -> Sequence[int]:
    """Rows that are due at an account that is out of service, while their person has another address."""
    out = await service.out(tx)
    if not out:
        return []
    rows = await tx.all(_stranded, {"now": tx.now, "out": sorted(out), "size": AT_ONCE})
    return [row.id for row in rows]


async def reroute(tx: Tx, ids: Sequence[int], *, can: Can) -> int:
    """Move these rows, each to the best address of its person at which it was not tried; how many could be moved. The
    others stay as they are."""
    rows = await tx.all(_rows, {"ids": list(ids), "now": tx.now}) if ids else []
    people = await all_of(tx, [PersonId(row.person_id) for row in rows])
    moved = 0
    for row in rows:
        here, to = _next(row, people.get(PersonId(row.person_id), ()))
        if to is not None:
            await _say_there(tx, row, to.address, tried=here, can=can(to.address.account))
            moved += 1
    return moved


def _next(row: Row, theirs: Sequence[LinkedAddress]) -> tuple[str, LinkedAddress | None]:
    """The addresses that the row has been at, this one too, and where it can go."""
    here = [one.id for one in theirs if one.address == Address(row.account, row.chat)]
    tried = [AddressId(int(name)) for name in (row.tried or "").split()] + here
    to = next((one for one in theirs if one.id not in tried and one.in_service and not one.blocked), None)
    return " ".join(map(str, dict.fromkeys(tried))), to


async def _say_there(tx: Tx, row: Row, to: Address, *, tried: str, can: Capabilities) -> None:
    first, *further = split_message(decode_message(row.body), can)
    values = {"row": row.id, "to_account": to.account, "to_chat": to.chat, "to_tried": tried}
    await tx.run(_move, {**values, **_said(first)})
    for number, part in enumerate(further, start=1):
        letter = letters.Letter(
            address=to,
            message=replace(part, in_place=False),
            person_id=PersonId(row.person_id),
            priority=Priority(row.priority),
            batch=letters.further_parts(row.batch) if row.batch else None,
            unique_key=f"{row.unique_key}+{number}" if row.unique_key else None,
            due_at=row.due_at,
            expires_at=row.expires_at,
        )
        await letters.put(tx, letter)


def _said(message: Message) -> Mapping[str, str | bool]:
    return {"to_body": encode_message(message), "to_choices": bool(message.choices)}
