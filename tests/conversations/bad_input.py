"""What people, keyboards and enemies may send; and a way to every step of every dialogue, to send it there.

`WAYS` goes on where JOURNEYS of `tests/conversations/rights_table.py` has opened a dialogue: something typed (or pressed,
when it begins with `>`), a file, or TICK: what is due now happens.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from bot.chat import Blocked, FileSent, Payload, Pressed, Started, Text, Unblocked, Unsupported
from tests.documents.roster_files import xlsx

EVERY_LETTER = (
    "aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ đ "
    "AÀÁẢÃẠ ĂẰẮẲẴẶ ÂẦẤẨẪẬ EÈÉẺẼẸ ÊỀẾỂỄỆ IÌÍỈĨỊ OÒÓỎÕỌ ÔỒỐỔỖỘ ƠỜỚỞỠỢ UÙÚỦŨỤ ƯỪỨỬỮỰ YỲÝỶỸỴ Đ"
)
NFD = unicodedata.normalize("NFD", EVERY_LETTER)

NASTY = {
    "100 kB": "Kính gửi chi bộ. " * 6000,
    "at the limit": "ạ" * 4000,
    "beyond it": "ạ" * 4001,
    "at the limit, decomposed": unicodedata.normalize("NFD", "ậ" * 1333),
    "every letter, decomposed": NFD,
    "NUL": "a\x00b",
    "only NUL": "\x00",
    "controls": "\x01\x02\x1b[31m\x7f\x9f",
    "half a surrogate pair": "\ud83d",
    "the other half in a name": "Nguyễn\udfff An",
    "emoji": "👍🏽" * 100,
    "right to left": "\u202eنَصّ\u202c",
    "nothing to see": "\u200b\u2060\ufeff",
    "white": " \t\r\n ",
    "stacked marks": "q" + "\u0301" * 3000,
    "a number too large": "9" * 400,
    "another script's digits": "٣",
    "minus": "-1",
    "nought": "0",
    "markup": "<b>x</b> &amp; *_[`](tg://user?id=1) {0} %s ${x} \\",
    "SQL": "'; DROP TABLE people; --",
    "no such day": "31/2",
    "secret": "Tài liệu TỐI MẬT số 1",
}
"""Typed at every step of every dialogue."""

ODD_COMMANDS = (
    "/",
    "//",
    "/ ",
    "/khongco",
    "/khong co gi",
    "/\x00",
    "/đ",
    "/" + "x" * 3000,
    "/toi@",
    "/@bot",
    "/😀",
    "/-",
    "/d",
)
FILES = (
    FileSent("rong.xlsx", 0, b""),
    FileSent("lon.xlsx", 30 * 1024 * 1024, None),
    FileSent("khongro", None, None),
    FileSent("", 3, b"abc"),
    FileSent("../../\x00\ud800\u202excod.exe", 3, b"abc"),
    FileSent("x" * 5000, 3, None),
)
EVENTS: Sequence[Payload] = (
    Unsupported("media"),
    Unsupported("hidden"),
    Unsupported("edited"),
    Unsupported("group"),
    Started(""),
    Started("khongphaima"),
    Started("x" * 5000),
    Started("\ud800\x00"),
    Pressed("", None),
    Pressed("toi", None),
    Pressed("x" * 10_000, "1"),
    Pressed("\ud800", "\x00"),
    Pressed("d:1:who:0:1", "no such message"),
)
SILENT = (Blocked, Unblocked)
"""There is nobody to answer."""


def everything() -> Sequence[Payload]:
    """All of it."""
    return [*map(Text, (*NASTY.values(), *ODD_COMMANDS)), *FILES, *EVENTS, Unblocked()]


# ------------------------------------------------------------------------------ to every dialogue's steps

TICK = object()
ROSTER = FileSent("danh sách.xlsx", 1, xlsx())
Steps = tuple[object, ...]

WAYS: Mapping[str, Sequence[Steps]] = {
    "join": [(*["Đọc tiếp"] * 4, "Đồng ý")],
    "join-wait": [()],
    "receipt": [()],
    "leave": [()],
    "pledge": [(*["Tiếp tục"] * 5, "Có", "1", "Mỗi kỳ họp góp một ý kiến.", "Không")],
    "pledge-cells": [()],
    "pledge-behalf": [("Cúc A",)],
    "pledge-paper": [("Tất cả đã ký bản giấy", "Không", "An A", "An A")],
    "report": [("1", "Chưa đạt", "bỏ qua", *["1"] * 11)],
    "report-cells": [()],
    "report-who": [()],
    "report-for": [("1", "Chưa đạt", "bỏ qua", *["1"] * 11)],
    "report-read": [()],
    "meeting": [("1", "20/3", "19h30", "Đúng", "Nhà văn hóa thôn", "Thời sự"), ("1", "19h30")],
    "meeting-behalf": [("Cúc A", "2")],
    "meeting-change": [
        ("1", "20/3", "19h30", "Đúng", "2", "Trường học", "3", "Thời sự"),
        ("1", "19h30"),
        ("Hủy buổi họp",),
    ],
    "meeting-absence": [()],
    "review-tick": [()],
    "review-untick": [()],
    "review-deadline": [("Chi bộ thôn 1", "20/3")],
    "broadcast": [
        ("Một hoặc vài chi bộ", "1", "Mai họp.", "Không kèm tệp"),
        ("Các đồng chí còn thiếu", "1"),
    ],
    "roster": [(ROSTER, TICK)],
    "invite-where": [()],
    "invite": [("1",), ("Thu hồi mã chưa dùng",), ("Chọn một đồng chí",)],
    "invite-one": [("Gỡ tài khoản",)],
}

LAST_WORDS = {("meeting-absence", "reason"), ("meeting-behalf", "reason")}
"""Steps where words of one's own are the answer that is recorded."""
