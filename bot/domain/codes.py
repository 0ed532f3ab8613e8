"""Codes that people read from paper and type: invitations and receipts.

A code is twelve letters, eleven of them random (51 bits) and the last one a check letter, shown as
`7K9Q-BT3X-MF4H`; a receipt has `BN` (biên nhận) before it. The check letter differs by kind, so that a
receipt without its `BN` is never taken for an invitation.

The alphabet leaves out what looks like something else (0, O, D; 1, I, L; U, Y, W beside V), and with it
every letter that a Vietnamese keyboard changes while it is typed: Telex makes "aa" to "â", "dd" to "đ",
"w" to "ư", and tone letters act only after a vowel. What is left can be typed with any keyboard as it is.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "23456789BCFGHJKMNPQRSTVXZ"
LENGTH = 12
"""Letters of a code with its check letter, without the receipt's prefix."""
RANDOM_BYTES = 16
"""Random bytes that `make_code` needs."""
RECEIPT_PREFIX = "BN"

_BASE = len(ALPHABET)
_GROUP = 4
_TYPED_LIMIT = 64
"""Longer text is no code; it is not looked at."""
_SEPARATORS = dict.fromkeys(map(ord, " \t\r\n\u00a0\u200b\u2060-\u2010\u2011\u2012\u2013\u2014\u2212_.,:/"), "")
_READ_AS = str.maketrans("0ODUYW1IL", "QQQVVV777")
"""Letters that no code has, and the letter they were most likely read from."""
_TWINS = dict(zip("2Z5S6G8B", "Z2S5G6B8", strict=True))
"""Letters of the alphabet that are taken for each other; the check letter tells which was meant."""


class CodeKind(StrEnum):
    """What a code is good for."""

    INVITATION = "invitation"
    RECEIPT = "receipt"


class CodeFault(StrEnum):
    """Why a text is no code. NOT_A_CODE: it does not look like one. MISTYPED: it does, but a letter is wrong."""

    NOT_A_CODE = "not_a_code"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose check letter is right. `letters` are the twelve, in capitals, without prefix."""

    kind: CodeKind
    letters: str

    @property
    def compact(self) -> str:
        """The code without dashes, prefix included: for links and file names."""
        return _prefix(self.kind) + self.letters

    @property
    def grouped(self) -> str:
        """The code as people see it, in groups of four."""
        groups = [self.letters[at : at + _GROUP] for at in range(0, LENGTH, _GROUP)]
        return "-".join([RECEIPT_PREFIX, *groups] if self.kind is CodeKind.RECEIPT else groups)


def make_code(kind: CodeKind, random: bytes) -> Code:
    """The code that these random bytes give; the caller draws at least `RANDOM_BYTES` of them from `secrets`."""
    if len(random) < RANDOM_BYTES:
        raise ValueError(f"{len(random)} random bytes are too few")
    number = int.from_bytes(random)
    letters = ""
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, _BASE)
        letters += ALPHABET[digit]
    return Code(kind, letters + _check_letter(kind, letters))


def read_code(text: str, *, expected: CodeKind = CodeKind.INVITATION) -> Code | CodeFault:
    """The code that was typed or pasted, in any case, with or without dashes and spaces.

    With `BN` before it, it is a receipt; without, it is of the `expected` kind, or mistyped. Look-alikes are
    taken for the letter of the code: O for Q always, Z for 2 only when this alone makes the check letter right.
    """
    if len(text) > _TYPED_LIMIT:
        return CodeFault.NOT_A_CODE
    typed = text.upper().translate(_SEPARATORS)
    kind = expected
    if len(typed) == LENGTH + len(RECEIPT_PREFIX) and typed[:2] in (RECEIPT_PREFIX, "8N"):
        kind, typed = CodeKind.RECEIPT, typed[2:]
    letters = typed.translate(_READ_AS)
    if len(letters) != LENGTH or any(letter not in ALPHABET for letter in letters):
        return CodeFault.NOT_A_CODE
    if _weighted(kind, letters) % _BASE == 0:
        return Code(kind, letters)
    return _healed(kind, letters) or CodeFault.MISTYPED


def resembles_code(text: str) -> bool:
    """Whether a text that is no code was most likely meant as one: some letters too few or too many."""
    if len(text) > _TYPED_LIMIT:
        return False
    typed = text.upper().translate(_SEPARATORS)
    letters = typed.translate(_READ_AS)
    mixed = any(char.isdigit() for char in typed) and any(char.isalpha() for char in typed)
    near = LENGTH - 3 <= len(letters) <= LENGTH + len(RECEIPT_PREFIX) + 2
    return mixed and near and all(letter in ALPHABET for letter in letters)


def hash_code(code: Code, *, pepper: bytes) -> str:
    """What is stored instead of the code: HMAC-SHA256 over kind and letters, 64 hexadecimal digits.

    The pepper is a secret of the installation: who steals the table alone cannot try codes against it.
    """
    if not pepper:
        raise ValueError("a code is not hashed without a pepper")
    return hmac.digest(pepper, f"{code.kind}:{code.letters}".encode(), "sha256").hex()


def _prefix(kind: CodeKind) -> str:
    return RECEIPT_PREFIX if kind is CodeKind.RECEIPT else ""


def _check_letter(kind: CodeKind, letters: str) -> str:
    """The letter that makes the weighted sum come out at nought.

    Weights 1, 2, 3, 4, 1 … and their neighbours' differences have no factor in common with 25: one wrong
    letter, or two neighbours (or next but one) exchanged, never go unnoticed.
    """
    total = _weighted(kind, letters)
    return next(letter for at, letter in enumerate(ALPHABET) if (total + _weight(LENGTH - 1) * at) % _BASE == 0)


def _weighted(kind: CodeKind, letters: str) -> int:
    start = 7 if kind is CodeKind.RECEIPT else 0
    return start + sum(_weight(at) * ALPHABET.index(letter) for at, letter in enumerate(letters))


def _weight(position: int) -> int:
    return position % 4 + 1


def _healed(kind: CodeKind, letters: str) -> Code | None:
    """The code with one look-alike exchanged, if exactly one exchange makes it right."""
    tries = (letters[:at] + _TWINS[letter] + letters[at + 1 :] for at, letter in enumerate(letters) if letter in _TWINS)
    right = [attempt for attempt in tries if _weighted(kind, attempt) % _BASE == 0]
    return Code(kind, right[0]) if len(right) == 1 else None
