"""Dialogues: at most one open at an address; a parked one keeps its draft until it expires."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from bot.chat import Address
from bot.domain.ids import DialogueId, PersonId
from storage.database import Row, Tx
from storage.schema import dialogues

ROUGHLY = timedelta(hours=1)
"""By so much a draft may be deleted sooner than its journey says."""


class Dialogue(msgspec.Struct, frozen=True, kw_only=True):
    """A journey in progress. `answers` is the draft; `version` names the form it was begun with."""

    id: DialogueId
    journey: str
    subject: str
    step: str
    answers: dict[str, Any] = {}
    version: str = ""
    expires_at: datetime
    open: bool
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """A draft that was deleted: where it was, and whether it was a guest's."""

    address: Address
    guest: bool


_take_turn = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("whose"), 0)))
_here = (dialogues.c.account == bindparam("account"), dialogues.c.chat == bindparam("chat"))
_all = select(
    dialogues.c.id,
    dialogues.c.journey,
    dialogues.c.subject,
    dialogues.c.step,
    dialogues.c.answers,
    dialogues.c.version,
    dialogues.c.expires_at,
    dialogues.c.state,
    dialogues.c.person_id,
)
_open = _all.where(*_here, dialogues.c.state == "open", dialogues.c.expires_at > bindparam("now"))
_draft = (
    _all.where(
        *_here,
        dialogues.c.state.in_(["open", "parked"]),
        dialogues.c.journey == bindparam("journey"),
        dialogues.c.subject == bindparam("subject"),
        dialogues.c.expires_at > bindparam("now"),
    )
    .order_by(dialogues.c.id.desc())
    .limit(1)
)
_parked = _all.where(*_here, dialogues.c.state == "parked", dialogues.c.expires_at > bindparam("now")).order_by(
    dialogues.c.updated_at.desc()
)
_move = (
    update(dialogues)
    .where(dialogues.c.id == bindparam("dialogue"))
    .values(account=bindparam("to_account"), chat=bindparam("to_chat"), state="parked")
)
_alive = (
    dialogues.c.id == bindparam("dialogue"),
    dialogues.c.expires_at > bindparam("now"),
    dialogues.c.state != "ended",
)
_by_id = _all.where(*_alive, *_here)
_ended = select(dialogues.c.journey, dialogues.c.subject).where(
    dialogues.c.id == bindparam("dialogue"), dialogues.c.state == "ended", *_here
)
_anywhere = _all.add_columns(dialogues.c.account, dialogues.c.chat).where(*_alive)
_park = (
    update(dialogues)
    .where(
        dialogues.c.account == bindparam("of_account"),
        dialogues.c.chat == bindparam("of_chat"),
        dialogues.c.state == "open",
    )
    .values(state="parked")
)
_begin = insert(dialogues).returning(dialogues.c.id)
_save_open = (
    update(dialogues)
    .where(dialogues.c.id == bindparam("dialogue"))
    .values(
        step=bindparam("to_step"),
        answers=bindparam("to_answers", type_=dialogues.c.answers.type),
        updated_at=bindparam("at"),
    )
)
_save = _save_open.values(state="open", expires_at=bindparam("until"))
_end = update(dialogues).where(dialogues.c.id == bindparam("dialogue")).values(state="ended", answers={})
_end_guest = delete(dialogues).where(dialogues.c.id == bindparam("dialogue"), dialogues.c.person_id.is_(None))
_end_all = delete(dialogues).where(*_here)
_expired = (
    select(dialogues.c.id).where(dialogues.c.expires_at <= bindparam("now")).order_by(dialogues.c.expires_at).limit(500)
)
_forget = (
    delete(dialogues)
    .where(dialogues.c.id == bindparam("dialogue"), dialogues.c.expires_at <= bindparam("now"))
    .returning(dialogues.c.account, dialogues.c.chat, dialogues.c.person_id)
)


def _to_dialogue(row: Row) -> Dialogue:
    return Dialogue(
        id=DialogueId(row.id),
        journey=row.journey,
        subject=row.subject,
        step=row.step,
        answers=dict(row.answers),
        version=row.version,
        expires_at=row.expires_at,
        open=row.state == "open",
        person_id=None if row.person_id is None else PersonId(row.person_id),
    )


def _at(address: Address) -> dict[str, str]:
    return {"account": address.account, "chat": address.chat}


async def take_turn(tx: Tx, address: Address) -> None:
    """Wait until no other transaction handles this address, in this process or another: a draft is read and written by
    one at a time, and so is the beginning of one, of which there is no row yet to lock. The first thing a transaction
    does, so that it holds nothing while it waits. On SQLite there is one writer in any case."""
    if not tx.is_sqlite:
        await tx.run(_take_turn, {"whose": f"{address.account}:{address.chat}"})


async def open_dialogue(tx: Tx, address: Address) -> Dialogue | None:
    """The dialogue that is open at the address."""
    row = await tx.first(_open, {**_at(address), "now": tx.now})
    return _to_dialogue(row) if row else None


async def draft_of(tx: Tx, address: Address, *, journey: str, subject: str) -> Dialogue | None:
    """The newest draft, open or parked, of this journey on this subject at the address."""
    row = await tx.first(_draft, {**_at(address), "journey": journey, "subject": subject, "now": tx.now})
    return _to_dialogue(row) if row else None


async def parked_at(tx: Tx, address: Address) -> list[Dialogue]:
    """What the person left to go on with later, newest first."""
    return [_to_dialogue(row) for row in await tx.all(_parked, {**_at(address), "now": tx.now})]


async def move(tx: Tx, dialogue: DialogueId, *, to: Address) -> None:
    """The dialogue is at this address from now on, put aside. The caller has taken the turn of where it was."""
    await tx.run(_move, {"dialogue": dialogue, "to_account": to.account, "to_chat": to.chat})


async def dialogue_by_id(tx: Tx, address: Address, dialogue: DialogueId) -> Dialogue | None:
    """A dialogue of this address by its id; None when it has ended or expired (or never was here)."""
    row = await tx.first(_by_id, {**_at(address), "dialogue": dialogue, "now": tx.now})
    return _to_dialogue(row) if row else None


async def dialogue_anywhere(tx: Tx, dialogue: DialogueId) -> tuple[Address, Dialogue] | None:
    """A dialogue of any address by its id, and the address; None when it has ended or expired. For who may answer
    for somebody else's dialogue: the caller checks that they may."""
    row = await tx.first(_anywhere, {"dialogue": dialogue, "now": tx.now})
    return (Address(row.account, row.chat), _to_dialogue(row)) if row else None


async def park_open(tx: Tx, address: Address) -> None:
    """Put aside what is open at the address; its draft stays."""
    await tx.run(_park, {"of_account": address.account, "of_chat": address.chat})


async def begin(
    tx: Tx,
    address: Address,
    *,
    person: PersonId | None,
    journey: str,
    subject: str,
    step: str,
    answers: dict[str, Any],
    version: str,
    keep: timedelta,
) -> Dialogue:
    """Open a dialogue; one that was open is parked."""
    await park_open(tx, address)
    values = {
        **_at(address),
        "person_id": person,
        "journey": journey,
        "subject": subject,
        "step": step,
        "answers": answers,
        "version": version,
        "state": "open",
        "created_at": tx.now,
        "updated_at": tx.now,
        "expires_at": tx.now + keep,
    }
    number = DialogueId(await tx.insert_id(_begin, values))
    return Dialogue(
        id=number,
        journey=journey,
        subject=subject,
        step=step,
        answers=answers,
        version=version,
        expires_at=tx.now + keep,
        open=True,
        person_id=person,
    )


async def save(tx: Tx, dialogue: Dialogue, *, keep: timedelta) -> None:
    """Keep the draft and the step; the dialogue is (again) the open one. The caller parks another first, and says with
    `dialogue.open` whether it is the open one still.

    It expires after `keep`, or up to `ROUGHLY` before: between answers that come one after the other neither that nor
    the state changes, and no index has to."""
    values = {"dialogue": dialogue.id, "to_step": dialogue.step, "to_answers": dialogue.answers, "at": tx.now}
    until = tx.now + keep
    if dialogue.open and timedelta() <= until - dialogue.expires_at <= ROUGHLY:
        await tx.run(_save_open, values)
    else:
        await tx.run(_save, {**values, "until": until})


async def end(tx: Tx, dialogue: DialogueId) -> None:
    """The dialogue is over: its draft is deleted. Of a guest's nothing stays; of a person's, until it expires, what it
    was about, so that its old buttons get a true answer."""
    await tx.run(_end_guest, {"dialogue": dialogue})
    await tx.run(_end, {"dialogue": dialogue})


async def ended_dialogue(tx: Tx, address: Address, dialogue: DialogueId) -> tuple[str, str] | None:
    """Journey and subject of a dialogue of this address that has ended; None when it has not, or is forgotten."""
    row = await tx.first(_ended, {**_at(address), "dialogue": dialogue})
    return (row.journey, row.subject) if row else None


async def end_all(tx: Tx, address: Address) -> None:
    """Delete every draft at the address."""
    await tx.run(_end_all, _at(address))


async def expired(tx: Tx) -> Sequence[int]:
    """The ids of drafts that have expired, some at a time."""
    return [row.id for row in await tx.all(_expired, {"now": tx.now})]


async def delete_expired(tx: Tx, dialogue: DialogueId) -> Expired | None:
    """Delete a draft that has expired; None when it is gone already, or was taken up again."""
    row = await tx.first(_forget, {"dialogue": dialogue, "now": tx.now})
    return Expired(address=Address(row.account, row.chat), guest=row.person_id is None) if row else None
