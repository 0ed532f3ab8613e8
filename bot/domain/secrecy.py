"""Nothing classified passes through: texts that carry a classification mark are recognised, refused and not kept.

The marks are MẬT, TỐI MẬT and TUYỆT MẬT. They are looked for as stamps: in capitals as words of their own; alone on a
line, in brackets or before a colon in any case; or announced as a "độ mật". Everyday words with the same syllable (bí
mật, thân mật, mật thiết, mật độ, mật ong, a person called Mật) are no marks, not even where all is in capitals: who
pledges to keep the state's secrets is not refused. It catches honest mistakes; it proves nothing to be harmless.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from bot.domain.words import clean_text


class Classification(StrEnum):
    """The degrees of secrecy, the highest first."""

    UTMOST = "utmost"
    TOP = "top"
    SECRET = "secret"  # noqa: S105


_DEGREES = {
    "tuyệt mật": Classification.UTMOST,
    "tuyet mat": Classification.UTMOST,
    "tối mật": Classification.TOP,
    "toi mat": Classification.TOP,
    "mật": Classification.SECRET,
}
"""The marks; the longer ones also as keyboards without diacritics write them ("mat" alone means too many things)."""

_BEFORE = frozenset({
    "bí", "bảo", "thân", "cơ", "ẩn", "cẩn", "nghiêm", "tinh", "trăng", "thị",
    "đường", "nước", "mía", "hũ", "sỏi", "túi", "gan", "ống",
})  # fmt: skip
"""What makes another word, or a name, of the syllable that follows it."""

_AFTER = frozenset({"độ", "thiết", "khẩu", "vụ", "thám", "mã", "ước", "đàm", "ong", "mía", "ngọt", "gấu"})
"""What makes another word of the syllable that it follows. None of them begins the heading of a document."""

_WORDS = re.compile(r"[^\W_]+|[^ ]")
_MARK = "|".join(_DEGREES)
_AS_STAMP = re.compile(rf"\W*({_MARK})(?:\W*$|\s*:)|.*?[(\[{{<] ?({_MARK}) ?[)\]}}>]", re.IGNORECASE)


def classification_of(text: str) -> Classification | None:
    """The highest classification that the text is marked with, or None when it carries no mark. Linear time."""
    found: set[Classification] = set()
    for line in clean_text(text).replace("M Ậ T", "MẬT").splitlines():
        found.update(_stamps(line), _in_words(line))
    return next((degree for degree in Classification if degree in found), None)


def _stamps(line: str) -> Iterator[Classification]:
    """A mark that is the whole line, that begins it with a colon, or that stands in brackets."""
    if stamp := _AS_STAMP.match(line):
        yield _DEGREES[(stamp[1] or stamp[2]).lower()]


def _in_words(line: str) -> Iterator[Classification]:
    """Marks in capitals between other words, and whatever is announced as a "độ mật"."""
    words = ["", "", *_WORDS.findall(line), ""]
    for at in range(2, len(words) - 1):
        earlier, before, word, after = words[at - 2 : at + 2]
        pair = f"{before} {word}"
        everyday = _is_everyday(earlier.lower(), before.lower(), after.lower())
        if pair in ("TUYỆT MẬT", "TUYET MAT", "TỐI MẬT") and not everyday:
            yield _DEGREES[pair.lower()]
        elif (word == "MẬT" or pair.lower() == "độ mật") and not everyday:
            yield Classification.SECRET


def _is_everyday(earlier: str, before: str, after: str) -> bool:
    """Whether the syllable between these words belongs to another word or to a name (Văn Mật, but công văn MẬT)."""
    return before in _BEFORE or after in _AFTER or (before == "văn" and earlier != "công")
