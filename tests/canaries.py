"""What nobody may ever read in a log, a figure, a traceback or a crash dump: secrets, and whatever people are called
and say. Where the program writes English about numbers, any Vietnamese letter is somebody's word.
"""

import re

from tests.fakes import telegram, zalo

SECRETS = (telegram.TOKEN, telegram.TOKEN.partition(":")[2], zalo.TOKEN, zalo.TOKEN.partition(":")[2])
OPENED_WIDE = frozenset({"test_libraries_opened_wide"})
"""Tests that look at what libraries would write if they were let."""
OWN_NAME = "Bốn Tốt"
_VIETNAMESE = re.compile(r"[^\s\"']*[\u00c0-\u00d6\u00d8-\u01b0\u1ea0-\u1ef9][^\s\"']*")
_ESCAPED = re.compile(r"\\u(?:1e[a-f][0-9a-f]|01[0-9ab][0-9a-f]|00[c-f][0-9a-f])", re.IGNORECASE)


def canaries_in(text: str) -> list[str]:
    """The secrets and the words of people in a text, a few of them."""
    text = text.replace(OWN_NAME, "")
    found = [secret for secret in SECRETS if secret in text]
    return [*found, *_VIETNAMESE.findall(text)[:5], *_ESCAPED.findall(text)[:5]]
