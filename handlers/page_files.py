"""A file that was asked for where none can be sent: a link to our own page, on which it is had by the same press.

What is pressed there is what was asked here (`Turn.origin`), with its right checked then and there; the file is made on
the page, for this person, once.
"""

from dataclasses import replace

from msgspec import structs

from bot.chat import Link
from bot.domain.page import LINK_VALID
from bot.texts import elsewhere as texts
from handlers.moving import offers_page
from handlers.page_pass import issue_page_link
from handlers.turn import Turn


async def instead_of_files(turn: Turn) -> None:
    """Put a link in the place of every file that would not reach who asked for it."""
    if turn.can.files or not turn.origin or not offers_page(turn):
        return
    for place, letter in enumerate(turn.letters):
        if letter.address != turn.address or letter.message.paper is None:
            continue
        url = await issue_page_link(turn.tx, turn.house, turn.person.person_id, target=turn.origin)
        if url is None:
            return
        text = texts.get_file(letter.message.text, valid=LINK_VALID)
        message = replace(letter.message, text=text, paper=None, choices=(), link=Link(texts.GET_FILE, url))
        # The address lets its reader in: it is not kept once it is sent. What else could be done is done on the page.
        turn.letters[place] = structs.replace(letter, message=message, forget=True)
