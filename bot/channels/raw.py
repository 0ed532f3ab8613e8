"""What came from outside, read without ever raising: whatever it is, it must not come again for ever."""

import json

import msgspec
from starlette.requests import Request

_decoder = msgspec.json.Decoder()


def loads(payload: bytes) -> object:
    """What a JSON text says; None when it is none. What the fast reader refuses is read by the standard library, which
    takes half a surrogate pair: one odd letter must not hold up all updates."""
    try:
        return _decoder.decode(payload)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def an_object(value: object) -> dict[str, object]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def a_text(value: object) -> str | None:
    """The value if it is a text, as it was typed; only what no database can keep (halves of surrogate pairs, the zero
    character) becomes U+FFFD."""
    if not isinstance(value, str):
        return None
    if "\0" not in value and value.isascii():
        return value
    return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


async def body_within(request: Request, limit: int) -> bytes:
    """The body; of one that is longer than `limit` bytes nothing, which is no JSON either."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return b""
    return bytes(body)
