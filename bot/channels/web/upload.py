"""A file on its way in: read up to what the open dialogue wants, and not a byte more kept.

A browser does not listen while it is still sending, so that a file too large is read to its end and thrown away;
only beyond a limit of our own is the connection closed.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.channels.web.intake import number
from bot.chat import FileSent

DRAIN_LIMIT = 64_000_000
NAME_LIMIT = 200


async def read_file(request: Request, *, name: str, wanted: int) -> FileSent:
    """The file in the request's body; without its content if it is larger than `wanted` bytes.

    A page that knows its file to be too large sends its size only (`size` in the address).
    """
    kept = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > DRAIN_LIMIT:
            raise HTTPException(413)
        if size <= wanted:
            kept += chunk
        else:
            kept.clear()
    told = number(request.query_params.get("size", ""))
    if not size and told:
        return FileSent(name=clean_name(name), size=told)
    return FileSent(name=clean_name(name), size=size, content=bytes(kept) if size <= wanted else None)


def clean_name(name: str) -> str:
    """The last part of the name, however a browser or a forger wrote it."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:NAME_LIMIT] or "?"
