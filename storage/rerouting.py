"""What could not be said at one address of a person is said at another: the same row, which moves.

It keeps its number and its unique key, so that whatever happens it is said at one place; and it never comes back to an
address that it has left. What may have been said already (a doubtful row) stays where it is, and so do answers: they
belong where somebody asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from bot.chat import (
    Address,
    Capabilities,
    Message,
    OutboxState,
    Outcome,
    Priority,
    decode_message,
    encode_message,
)
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

_movable = ("queued", "failed", "blocked")
_may_move = and_(
    outbox.c.person_id.is_not(None),
    outbox.c.priority > int(Priority.ANSWER),
    ~outbox.c.doubtful,
    or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > bindparam("now")),
)
_rows = (
    select(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state.in_(_movable), _may_move)
    .order_by(outbox.c.id)
)
_blocked_now = select(outbox.c.id).where(
    outbox.c.account == bindparam("account"),
    outbox.c.chat == bindparam("chat"),
    outbox.c.state == literal_column("'blocked'"),
    outbox.c.finished_at == bindparam("now"),
)
_places = select(outbox.c.account, outbox.c.chat).where(outbox.c.id.in_(bindparam("ids", expanding=True))).distinct()
_other = addresses.alias("other")
_was_tried = (literal(" ") + func.coalesce(outbox.c.tried, "") + literal(" ")).like(
    literal("% ") + cast(_other.c.id, String) + literal(" %")
)
_stranded = (
    select(outbox.c.id)
    .where(
        outbox.c.state == literal_column("'queued'"),
        outbox.c.account.in_(bindparam("accounts", expanding=True)),
        outbox.c.priority > bindparam("above", type_=Integer),
        outbox.c.due_at <= bindparam("now"),
        _may_move,
        exists().where(
            _other.c.person_id == outbox.c.person_id,
            _other.c.unlinked_at.is_(None),
            _other.c.blocked_at.is_(None),
            _other.c.account.not_in(bindparam("nowhere", expanding=True)),
            ~_was_tried,
        ),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("size", type_=Integer))
)
_move = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.account == bindparam("from_account"),
        outbox.c.chat == bindparam("from_chat"),
        outbox.c.state.in_(_movable),
    )
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


async def block(tx: Tx, address: Address, *, can: Can) -> bool:
    """The person blocked the bot at this address: what waits for it goes elsewhere or ends. Whether somebody is linked
    there and it was not known before."""
    was_not_known = await letters.block(tx, address)
    await reroute(tx, await _blocked(tx, address), can=can)
    return was_not_known


async def settled(tx: Tx, outcomes: Sequence[Outcome], *, can: Can) -> None:
    """What was just written down of these rows: those that were surely not said, and what waited behind one that was
    refused for good, go elsewhere."""
    ids = [one.id for one in outcomes if one.state in (OutboxState.FAILED, OutboxState.BLOCKED)]
    refused = [one.id for one in outcomes if one.state is OutboxState.BLOCKED]
    for row in await tx.all(_places, {"ids": refused}) if refused else ():
        ids += await _blocked(tx, Address(row.account, row.chat))
    await reroute(tx, ids, can=can)


async def _blocked(tx: Tx, address: Address) -> Sequence[int]:
    """The rows that this transaction has ended because the address is blocked."""
    rows = await tx.all(_blocked_now, {"account": address.account, "chat": address.chat, "now": tx.now})
    return [row.id for row in rows]


async def stranded(tx: Tx) -> Sequence[int]:
    """Rows that are due at an account that cannot say them now, while their person has another address."""
    out, scarce = await service.out(tx), await service.scarce(tx)
    found: list[int] = []
    for accounts, above in ((out, Priority.ANSWER), (scarce - out, Priority.NOTICE)):
        if not accounts:
            continue
        nowhere = out if above is Priority.ANSWER else out | scarce
        values = {"now": tx.now, "accounts": sorted(accounts), "nowhere": sorted(nowhere), "above": int(above)}
        found += [row.id for row in await tx.all(_stranded, {**values, "size": AT_ONCE})]
    return found


async def reroute(tx: Tx, ids: Sequence[int], *, can: Can) -> int:
    """Move these rows, each to the best address of its person at which it was not tried; how many could be moved. The
    others stay as they are."""
    rows = await tx.all(_rows, {"ids": list(ids), "now": tx.now}) if ids else []
    if not rows:
        return 0
    scarce = await service.scarce(tx)
    people = await all_of(tx, sorted({PersonId(row.person_id) for row in rows}))
    moved = 0
    for row in rows:
        never = scarce if row.priority > Priority.NOTICE else frozenset[str]()
        tried, to = _next(row, people.get(PersonId(row.person_id), ()), never=never)
        if to is not None:
            moved += await _say_there(tx, row, to.address, tried=tried, can=can(to.address.account))
    return moved


def _next(row: Row, theirs: Sequence[LinkedAddress], *, never: frozenset[str]) -> tuple[str, LinkedAddress | None]:
    """The addresses that the row has been at, this one too, and where it can go."""
    here = [one.id for one in theirs if one.address == Address(row.account, row.chat)]
    tried = dict.fromkeys([*(AddressId(int(name)) for name in (row.tried or "").split()), *here])
    open_ones = (one for one in theirs if one.in_service and not one.blocked and one.address.account not in never)
    return " ".join(map(str, tried)), next((one for one in open_ones if one.id not in tried), None)


async def _say_there(tx: Tx, row: Row, to: Address, *, tried: str, can: Capabilities) -> bool:
    first, *further = split_message(decode_message(row.body), can)
    values = {"row": row.id, "from_account": row.account, "from_chat": row.chat, "to_tried": tried}
    values |= {"to_account": to.account, "to_chat": to.chat, **_said(first)}
    if not await tx.run(_move, values):
        return False
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
    return True


def _said(message: Message) -> Mapping[str, str | bool]:
    return {"to_body": encode_message(message), "to_choices": bool(message.choices)}
