"""The conversations of our own page: implements `bot.channels.web.ports.Mailbox` for one account."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, update

from bot.channels.web.ports import Mail, MailFile
from bot.chat import Delivery, File, Message, TransientFailure, decode_message, encode_message
from storage.database import Database, Row, StorageUnavailable, Tx, insert_new
from storage.inserting import insert
from storage.schema import mail_changes, mails

_bump = insert(mail_changes).values(account=bindparam("account"), change=1)
_next_change = _bump.on_conflict_do_update(
    index_elements=["account"], set_={"change": mail_changes.c.change + 1}
).returning(mail_changes.c.change)
_here = and_(mails.c.account == bindparam("account"), mails.c.chat == bindparam("chat"))
_columns: Select[Any] = select(
    mails.c.id,
    mails.c.change,
    mails.c.chat,
    mails.c.key,
    mails.c.incoming,
    mails.c.at,
    mails.c.body,
    mails.c.file_name,
    mails.c.file_mime,
    func.length(mails.c.file_content).label("file_size"),
)
_add = insert_new(mails, "account", "key").returning(mails.c.id)
_by_key = select(mails.c.id).where(mails.c.account == bindparam("account"), mails.c.key == bindparam("key"))
_replace = (
    update(mails)
    .where(
        mails.c.account == bindparam("of_account"),
        mails.c.chat == bindparam("of_chat"),
        mails.c.id == bindparam("mail"),
        ~mails.c.incoming,
    )
    .values(
        body=bindparam("to_body"),
        file_name=bindparam("to_name"),
        file_mime=bindparam("to_mime"),
        file_content=bindparam("to_content"),
        change=bindparam("to_change"),
        read=False,
    )
)
_history = _columns.where(_here).order_by(mails.c.id.desc()).limit(bindparam("size"))
_history_before = (
    _columns.where(_here, mails.c.id < bindparam("before")).order_by(mails.c.id.desc()).limit(bindparam("size"))
)
_changes = (
    _columns.where(mails.c.account == bindparam("account"), mails.c.change > bindparam("after"))
    .order_by(mails.c.change)
    .limit(bindparam("size"))
)
_changes_of = (
    _columns.where(
        mails.c.account == bindparam("account"),
        mails.c.change > bindparam("after"),
        mails.c.chat.in_(bindparam("chats", expanding=True)),
    )
    .order_by(mails.c.change)
    .limit(bindparam("size"))
)
_last_change = select(mail_changes.c.change).where(mail_changes.c.account == bindparam("account"))
_mark_read = (
    update(mails)
    .where(
        mails.c.account == bindparam("of_account"),
        mails.c.chat == bindparam("of_chat"),
        mails.c.id <= bindparam("up_to"),
        ~mails.c.read,
    )
    .values(read=True)
)
_unread = (
    select(mails.c.chat, func.count().label("mails"))
    .where(mails.c.account == bindparam("account"), ~mails.c.read)
    .group_by(mails.c.chat)
)
_unread_of = _unread.where(mails.c.chat.in_(bindparam("chats", expanding=True)))
_file = select(mails.c.file_name, mails.c.file_mime, mails.c.file_content).where(
    _here, mails.c.id == bindparam("mail"), mails.c.file_content.is_not(None)
)


def _to_mail(row: Row) -> Mail:
    file = None
    if row.file_name is not None:
        file = MailFile(name=row.file_name, mime=row.file_mime, size=row.file_size or 0)
    return Mail(
        id=row.id,
        change=row.change,
        chat=row.chat,
        key=row.key,
        incoming=row.incoming,
        at=row.at,
        message=decode_message(row.body),
        file=file,
    )


class StoredMailbox:
    """The mailbox of one account, every call a transaction of its own."""

    def __init__(self, database: Database, *, account: str) -> None:
        self._database = database
        self._account = account

    async def add_in(self, *, chat: str, event_id: str, shown: str) -> bool:
        values = self._values(chat=chat, key=event_id, message=Message(text=shown), file=None, incoming=True)
        async with self._write() as tx:
            return await self._add(tx, values) is not None

    async def add_out(self, delivery: Delivery) -> int:
        key = f"out:{delivery.key}"
        values = self._values(chat=delivery.chat, key=key, message=delivery.message, file=delivery.file, incoming=False)
        async with self._write() as tx:
            if delivery.replaces is not None and delivery.replaces.isdecimal():
                mail = int(delivery.replaces)
                if await self._replace(tx, mail, values):
                    return mail
            added = await self._add(tx, values)
            if added is not None:
                return added
            return int(await tx.scalar(_by_key, {"account": self._account, "key": key}))

    async def history(self, chat: str, *, before: int | None = None, limit: int) -> Sequence[Mail]:
        values = {"account": self._account, "chat": chat, "size": limit}
        async with self._database.read() as tx:
            if before is None:
                rows = await tx.all(_history, values)
            else:
                rows = await tx.all(_history_before, {**values, "before": before})
        return [_to_mail(row) for row in reversed(rows)]

    async def changes(self, *, after: int, chats: Collection[str] | None, limit: int) -> Sequence[Mail]:
        values: dict[str, Any] = {"account": self._account, "after": after, "size": limit}
        async with self._database.read() as tx:
            if chats is None:
                rows = await tx.all(_changes, values)
            else:
                rows = await tx.all(_changes_of, {**values, "chats": list(chats)})
        return [_to_mail(row) for row in rows]

    async def last_change(self) -> int:
        async with self._database.read() as tx:
            return int(await tx.scalar(_last_change, {"account": self._account}) or 0)

    async def mark_read(self, chat: str, *, up_to: int) -> None:
        async with self._write() as tx:
            await tx.run(_mark_read, {"of_account": self._account, "of_chat": chat, "up_to": up_to})

    async def unread(self, chats: Collection[str] | None) -> Mapping[str, int]:
        values: dict[str, Any] = {"account": self._account}
        async with self._database.read() as tx:
            if chats is None:
                rows = await tx.all(_unread, values)
            else:
                rows = await tx.all(_unread_of, {**values, "chats": list(chats)})
        return {row.chat: row.mails for row in rows}

    async def file(self, mail: int, *, chat: str) -> File | None:
        async with self._database.read() as tx:
            row = await tx.first(_file, {"account": self._account, "chat": chat, "mail": mail})
        return File(name=row.file_name, mime=row.file_mime, content=row.file_content) if row else None

    # ------------------------------------------------------------------------------------ inside

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Tx]:
        try:
            async with self._database.write() as tx:
                yield tx
        except StorageUnavailable as error:
            raise TransientFailure("the mailbox cannot be written") from error

    def _values(self, *, chat: str, key: str, message: Message, file: File | None, incoming: bool) -> dict[str, Any]:
        return {
            "account": self._account,
            "chat": chat,
            "incoming": incoming,
            "key": key,
            "body": encode_message(message),
            "file_name": file.name if file else None,
            "file_mime": file.mime if file else None,
            "file_content": file.content if file else None,
            "read": incoming,
        }

    async def _add(self, tx: Tx, values: dict[str, Any]) -> int | None:
        change = await tx.scalar(_next_change, {"account": self._account})
        row = await tx.first(_add, {**values, "at": tx.now, "change": change})
        return int(row.id) if row else None

    async def _replace(self, tx: Tx, mail: int, values: dict[str, Any]) -> bool:
        change = await tx.scalar(_next_change, {"account": self._account})
        return (
            await tx.run(
                _replace,
                {
                    "of_account": self._account,
                    "of_chat": values["chat"],
                    "mail": mail,
                    "to_body": values["body"],
                    "to_name": values["file_name"],
                    "to_mime": values["file_mime"],
                    "to_content": values["file_content"],
                    "to_change": change,
                },
            )
            == 1
        )
