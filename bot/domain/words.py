"""Words as people type them, made comparable; names and texts, made clean.

People type with or without diacritics, in any case, composed (NFC) or decomposed (NFD). `fold` is for
comparing and is never shown or stored for people; `clean_name` and `clean_text` are for storing. All of
them take text of any length and content in linear time and never raise.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_MARKS_IN_A_ROW = 30
"""Unicode's own limit for honest text (UAX 15, stream-safe). Sorting longer runs takes quadratic time."""

_BARRED_D = str.maketrans({"đ": "d", "ð": "d"})
"""Barred d does not decompose. Eth looks the same as a capital (Ð) and comes out of old typing tools."""

_BETWEEN_NUMBERS = re.compile(r"[\s,;.]+|(?<!\w)(?:và|va)(?!\w)")

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Huyền, sắc, ngã, hỏi, nặng: of a word, wherever it is written; all other marks make another letter."""

_SIGNS = "+-\u2010\u2011\u2012\u2013\u2014\u2212"

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Controls, zero-width and direction marks, halves of surrogate pairs: nothing that anybody meant to type."""


def nfc(text: str) -> str:
    """The text composed (NFC), as everything is stored and shown; nothing else is changed."""
    return text if text.isascii() else unicodedata.normalize("NFC", "".join(_honest(text)))


def fold(text: str) -> str:
    """The text for comparing: "  Có  MẶT! " and "co mat" fold to the same.

    Lower case, diacritics and the bar of đ removed, wide and styled letters made plain, white space
    collapsed, punctuation and signs at both ends removed. Punctuation inside stays. Folding twice
    changes nothing; what has neither letter nor digit folds to "".
    """
    plain = _plain(_plain(text).casefold()).translate(_BARRED_D)
    first = next((at for at, char in enumerate(plain) if char.isalnum()), len(plain))
    last = next((at for at in range(len(plain), first, -1) if plain[at - 1].isalnum()), first)
    return " ".join(plain[first:last].split())


def agrees(typed: str, meant: str) -> bool:
    """Whether what was typed can mean these words: the same letters, and no diacritic that says otherwise.

    "dong y" and "Đồng y" agree with "Đồng ý", "hoà" with "hòa"; "Dừng" does not agree with "Đúng"."""
    if _fold_typed(typed) != _fold_meant(meant):
        return False
    pairs = list(zip(_spelling(typed), _spelling(meant), strict=False))
    return all(_word_agrees(*pair) for pair in pairs)


_fold_meant = lru_cache(1024)(fold)
"""What can be meant is the same few words every time."""
_fold_typed = lru_cache(1)(fold)
"""What is typed is compared with all of them one after the other; no more of it is kept."""


def list_number(typed: str) -> int | None:
    """The number of a line or a button that was typed: "3", "3.", "(3)"; 0 for one that no list has; None when it is
    no number, or has a sign: who types "-1" does not mean the first."""
    word = fold(typed)
    if not (word.isascii() and word.isdigit()) or any(sign in typed for sign in _SIGNS):
        return None
    return int(word) if len(word) < 6 else 0


def list_numbers(typed: str) -> tuple[int, ...]:
    """Several numbers of lines, each once: "1, 3 và 5", "1 3 5"; none when anything else stands between them."""
    parts = [part for part in _BETWEEN_NUMBERS.split(typed.casefold()) if part] if len(typed) < 200 else []
    numbers = [list_number(part) for part in parts]
    return tuple(dict.fromkeys(number for number in numbers if number is not None)) if None not in numbers else ()


def clean_name(text: str) -> str:
    """One line for storing: NFC, no control or invisible characters, single spaces."""
    return " ".join(_seen(text).split())


def clean_text(text: str) -> str:
    """Several lines for storing: as `clean_name` line by line, at most one empty line in a row."""
    lines: list[str] = []
    for line in map(clean_name, text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip()


_Spelling = tuple[frozenset[str], list[str]]


def _spelling(text: str) -> Iterator[_Spelling]:
    """Word by word the tones, and letter by letter what makes it another letter ("" for none)."""
    for word in nfc(text).casefold().split():
        letters: list[str] = []
        tones = set()
        for char in unicodedata.normalize("NFD", word):
            if char in _TONES:
                tones.add(char)
            elif _is_mark(char) and letters:
                letters[-1] += char
            elif char.isalnum():
                letters.append("-" if char in "đð" else "")
        if letters:
            yield frozenset(tones), letters


def _word_agrees(typed: _Spelling, meant: _Spelling) -> bool:
    return typed[0] <= meant[0] and all(
        not mark or mark == right for mark, right in zip(typed[1], meant[1], strict=False)
    )


def _plain(text: str) -> str:
    """Without marks and invisible characters. Letter by letter: what decomposing a whole text does beside that is to
    sort the marks, and none of them stays."""
    return text.translate(_PLAIN)


class _PlainLetters(dict[int, str]):
    """What each letter is without its marks, found when it is asked for; kept for those of our part of the world."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "" if _is_mark(char) else "".join(_bare(unicodedata.normalize("NFKD", char)))
        if code < _ELSEWHERE:
            self[code] = plain
        return plain


_ELSEWHERE = 0x3000
_PLAIN = _PlainLetters()


def _bare(decomposed: str) -> Iterator[str]:
    return (char for char in decomposed if char.isspace() or not (_is_mark(char) or _is_unseen(char)))


def _seen(text: str) -> str:
    return nfc("".join(char for char in text if char.isspace() or not _is_unseen(char)))


def _honest(text: str) -> Iterator[str]:
    run = 0
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        if run <= _MARKS_IN_A_ROW:
            yield char


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) != 0


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN
