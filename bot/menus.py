"""The command menus that a messenger shows: one for everybody, and one by role for those who have more to do.

A menu is a convenience; the right is checked when the command comes. What was told is remembered by a hash, so that
the messenger is told only what changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.app import App
from bot.chat import Address
from bot.domain.rights import Right
from handlers.registry import Registry
from handlers.turn import allows
from storage import kept
from storage.addresses import addresses_with_roles
from storage.database import Tx
from storage.people import who_at

MOST_COMMANDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleMenu:
    """The commands (name, description) of one chat; `chat` None: of every chat that has no menu of its own."""

    chat: str | None
    commands: tuple[tuple[str, str], ...]


async def menu_of(tx: Tx, registry: Registry, address: Address) -> tuple[tuple[str, str], ...]:
    """The listed commands that whoever is at this address may use today."""
    who = await who_at(tx, address)
    allowed = [
        command
        for command in registry.commands.values()
        if command.about and await allows(tx, who, command.right, None)
    ]
    return tuple((command.name, command.about) for command in allowed[:MOST_COMMANDS])


async def changed_menus(app: App, account: str) -> Sequence[RoleMenu]:
    """The menus of the account that are not as they were told last. A chat whose person has no role any more gets an
    empty one: the general menu holds there again."""
    for_all = {Right.ANYONE, Right.PERSON, Right.MEMBER}
    everybody = tuple(
        (command.name, command.about)
        for command in app.registry.commands.values()
        if command.about and command.right in for_all
    )
    menus = [RoleMenu(chat=None, commands=everybody[:MOST_COMMANDS])]
    async with app.database.read() as tx:
        told = await kept.beginning(tx, _name(account, None))
        menus += [
            RoleMenu(chat=address.chat, commands=await menu_of(tx, app.registry, address))
            for address in await addresses_with_roles(tx, account)
        ]
    current = {_name(account, menu.chat) for menu in menus}
    menus += [
        RoleMenu(chat=name.removeprefix(_name(account, None)), commands=()) for name in sorted(told.keys() - current)
    ]
    return [menu for menu in menus if told.get(_name(account, menu.chat)) != _hash(menu)]


async def menu_was_told(app: App, account: str, menu: RoleMenu) -> None:
    """Remember that the messenger was told this menu, whether it took it or not: asking again changes nothing."""
    async with app.database.write() as tx:
        await kept.put(tx, _name(account, menu.chat), _hash(menu))


def _name(account: str, chat: str | None) -> str:
    return f"menu:{account}:{chat or ''}"


def _hash(menu: RoleMenu) -> str:
    return sha256(repr(menu.commands).encode()).hexdigest()
