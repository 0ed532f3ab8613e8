"""Our own page as a channel: what is sent goes into the mailbox, and the open pages are woken.

No quota, no block, no pace: the page asks for what is new. A delivery tried again is kept once, by its key.
"""

from collections.abc import Callable

from bot.channels.web.bell import Bell
from bot.channels.web.ports import Mailbox
from bot.chat import Capabilities, Delivery
from bot.domain.page import ACCOUNT

TEXT_LIMIT = 8000

CAPABILITIES = Capabilities(buttons=True, edit=True, files=True, text_limit=TEXT_LIMIT)


class WebChannel:
    """The account `web`, for sending. `nudge` is told of each chat that has something new."""

    def __init__(self, *, mailbox: Mailbox, bell: Bell, nudge: Callable[[str], None] | None = None) -> None:
        self._mailbox = mailbox
        self._bell = bell
        self.nudge = nudge

    @property
    def account(self) -> str:
        return ACCOUNT

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def send(self, delivery: Delivery) -> str:
        """Keep the message for the page; its external id is the mail's."""
        mail = await self._mailbox.add_out(delivery)
        self._bell.ring()
        if self.nudge is not None and delivery.replaces is None:
            self.nudge(delivery.chat)
        return str(mail)

    async def typing(self, chat: str) -> None:
        self._bell.ring(typing=chat)
