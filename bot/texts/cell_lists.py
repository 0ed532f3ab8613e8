"""What is said in every list of a cell's members, and in every list of cells: who is missing, who was reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.choosing import noted, page_of
from bot.texts.numbers import count_text, counted
from bot.texts.receipts import stamp

REMIND = "Nhắc các đồng chí còn thiếu"
ON_BEHALF = "Ghi thay"
SEE_MISSING = "Xem ai còn thiếu"
REFRESH = "Cập nhật"
OTHER_CELLS = "Chi bộ khác"

NOT_JOINED = "chưa tham gia hệ thống"
NOT_REACHED = "đã chặn hoặc không nhận được tin"


def missing_line(name: str, *, linked: bool, reachable: bool) -> str:
    """Somebody who is missing, with a mark when no message reaches them."""
    return noted(f"• {name}", "" if reachable else NOT_REACHED if linked else NOT_JOINED)


def one_page(lines: Sequence[str], page: int, pages: int) -> str:
    """The lines of one page, and which of how many it is."""
    return "\n".join(line for line in [*lines, page_of(page, pages)] if line)


def cell_note(*, asked: int, done: int) -> str:
    """Beside the name of a cell: 10/12, còn thiếu 02."""
    missing = asked - done
    state = f"còn thiếu {count_text(missing)}" if missing else "đã đủ"
    return f"{count_text(done)}/{count_text(asked)}, {state}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What one press on "remind" did. `waits_until`: the quiet hours hold the words back until then."""

    told: int
    already: int
    unreachable: Sequence[str]
    self_missing: bool
    waits_until: datetime | None


def reminded(what: Reminded, *, not_done: str, by_oneself: str, choices: Sequence[Choice]) -> Message:
    """The answer to the secretary who pressed. `not_done`: "chưa ký"; `by_oneself`: "/camket để ký"."""
    lines = []
    if what.told and what.waits_until is not None:
        lines.append(
            f"Bây giờ là giờ nghỉ. Lời nhắc sẽ đến {counted(what.told, 'đồng chí')} lúc {stamp(what.waits_until)}."
        )
    elif what.told:
        lines.append(f"Đã nhắc {counted(what.told, 'đồng chí')} {not_done}.")
    if what.already:
        lines.append(
            f"{counted(what.already, 'đồng chí')} đã được nhắc trong hôm nay; mỗi ngày hệ thống chỉ nhắc một lần."
        )
    if what.unreachable:
        names = "\n".join(f"• {name}" for name in what.unreachable)
        lines.append(
            f"{counted(len(what.unreachable), 'đồng chí')} hệ thống chưa liên lạc được:\n{names}\n"
            f"Mong đồng chí gặp trực tiếp; ai đã đồng ý thì đồng chí mở danh sách, bấm “{ON_BEHALF}”."
        )
    if what.self_missing:
        lines.append(f"Bản thân đồng chí cũng {not_done}; đồng chí gõ {by_oneself}.")
    return Message(text="\n\n".join(lines), choices=tuple(choices))
