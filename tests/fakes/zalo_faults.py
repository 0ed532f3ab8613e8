"""How the fake Zalo can misbehave, and how the real one refuses: with HTTP 200, and its own code in the answer."""

from dataclasses import dataclass

from tests.fakes.telegram_faults import CUT, HANG, Fault

__all__ = [
    "BAD_REQUEST",
    "CUT",
    "HANG",
    "INTERNAL",
    "NOTHING_YET",
    "NOT_FOUND",
    "QUOTA_GONE",
    "UNAUTHORIZED",
    "Fault",
    "Refusal",
    "refusing",
]


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A call that Zalo refuses."""

    code: int
    description: str

    def body(self) -> dict[str, object]:
        return {"ok": False, "error_code": self.code, "description": self.description}


def refusing(code: object, description: str = "", *, status: int = 200) -> Fault:
    """A refusal in Zalo's form."""
    return Fault(status=status, body={"ok": False, "error_code": code, "description": description})


BAD_REQUEST = refusing(400, "Bad request")
UNAUTHORIZED = refusing(401, "Unauthorized")
INTERNAL = refusing(403, "Internal server error")
NOT_FOUND = refusing(404, "Not found")
NOTHING_YET = refusing(408, "Request timeout")
QUOTA_GONE = refusing(429, "Quota exceeded")
"""The month's messages are used up."""
