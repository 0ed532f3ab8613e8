"""Cutting a message that is longer than its channel allows: at paragraph ends, into parts that are each a delivery.

What a message takes up is the channel's to say (`Capabilities.length`): where there are no buttons, the choices are
text and count too. No part is longer than the limit, as long as what stands beside the text leaves it some room.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.chat import CAPTION_LIMIT, Capabilities, Message, bare_length, utf16_length

_SMALLEST_SHARE = 4
"""However much stands beside the text, it has at least this part of the limit: more crumbs would help nobody."""


def split_message(message: Message, can: Capabilities) -> Iterator[Message]:
    """The message in parts that the channel can carry.

    Title goes with the first part; choices, link and paper with the last. Where files go, the parts of a message with
    a paper are no longer than what may go with a file.
    """
    limit = min(can.text_limit, CAPTION_LIMIT) if message.paper is not None and can.files else can.text_limit
    # Nearly all that is said is so short that nothing has to be counted: a character has two units at most.
    if (can.length is bare_length and 2 * (len(message.title) + len(message.text)) + 4 <= limit) or (
        can.length(message) <= limit
    ):
        yield message
        return
    part = replace(message, choices=(), link=None, paper=None, slot=None)
    last = replace(message, title="", in_place=False)
    whole, left = message, message.text.rstrip()
    while left and can.length(replace(whole, text=left)) > limit:
        room = _room(part, can, limit)
        if utf16_length(left) <= room:
            # It would fit without what stands below it: something must stay to go with that.
            room = max(min(_room(last, can, limit), utf16_length(left) - 1), 2)
        head, left = _cut(left, room)
        yield replace(part, text=head)
        part, whole = replace(part, title="", in_place=False), last
    if left or last.choices or last.link or last.paper:
        yield replace(whole, text=left)


def _room(message: Message, can: Capabilities, limit: int) -> int:
    """The units that are left for the text."""
    beside = can.length(replace(message, text=".")) - 1
    return max(limit - beside, limit // _SMALLEST_SHARE)


def _cut(text: str, room: int) -> tuple[str, str]:
    """What fits into the room, up to the end of a paragraph, a line or a word, and the rest."""
    head = text.encode("utf-16-le", "replace")[: room * 2].decode("utf-16-le", "ignore")
    # An end far up would leave the part nearly empty, and each part may cost something.
    ends = ((head.rfind(mark), least) for mark, least in (("\n\n", len(head) // 3), ("\n", len(head) // 3), (" ", 0)))
    cut = next((at for at, least in ends if at > least), len(head))
    return text[:cut].rstrip(), text[cut:].lstrip()
