"""How the fake Telegram can misbehave, and the words that the real one uses when it refuses."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An answer in place of the true one. `done`: the call was carried out all the same, so that only the answer is
    wrong or missing. `then`: hang until the fake stops, or cut the connection, instead of answering."""

    status: int = 500
    body: str | dict[str, Any] = ""
    then: str = "answer"
    done: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A call that Telegram refuses."""

    status: int
    description: str

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error_code": self.status, "description": self.description}


def refusing(status: int, description: str) -> Fault:
    """A refusal in Telegram's form."""
    return Fault(status=status, body=Refusal(status, description).body())


def too_many(retry_after: object) -> Fault:
    """429 with the seconds to wait."""
    refusal = Refusal(429, f"Too Many Requests: retry after {retry_after}")
    return Fault(status=429, body=refusal.body() | {"parameters": {"retry_after": retry_after}})


BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
CHAT_NOT_FOUND = Refusal(400, "Bad Request: chat not found")
NOT_MODIFIED = Refusal(
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message",
)
NOTHING_TO_EDIT = Refusal(400, "Bad Request: message to edit not found")
NO_TEXT_TO_EDIT = Refusal(400, "Bad Request: there is no text in the message to edit")
QUERY_TOO_OLD = Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
UNAUTHORIZED = Refusal(401, "Unauthorized")
NOT_FOUND = Refusal(404, "Not Found")
WEBHOOK_IS_SET = Refusal(
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
)
OTHER_POLL = Refusal(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)

SERVER_ERROR = refusing(500, "Internal Server Error")
HANG = Fault(then="hang", done=True)
CUT = Fault(then="cut", done=True)
"""The request is read and carried out; the connection is cut before the answer."""
