"""What is said of a self-report that was sent: its receipt, the report itself, and to whom it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.domain.rounds import Opening
from bot.texts.receipts import receipt_lines, stamp
from bot.texts.rounds import deadline
from bot.texts.self_report_sheet import due_day, name_of, next_round

SHOW = "Xem lại bản đã gửi"
CHANGE = "Sửa báo cáo đã gửi"
SEE_LIST = "Xem danh sách báo cáo"
BEHALF_AGAIN = "Ghi thay đồng chí khác"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a receipt says of a report. `by`: who recorded it on behalf of the member; empty: the member."""

    period: str
    code: str
    version: int
    sent_at: datetime
    due_at: datetime
    by: str


RECEIPT_TITLE = "Đã nhận bản tự báo cáo"


def receipt(
    sent: Sent, *, choices: Sequence[Choice], may_change: bool, again: bool = False, coming: Opening | None = None
) -> Message:
    """The member's receipt; `again`: it was sent before; `coming`: the next round, to who asked what is open."""
    if sent.by:
        lines = [f"Đồng chí {sent.by} đã ghi thay {name_of(sent.period)} của đồng chí."]
    elif again:
        lines = [f"Đồng chí đã gửi {name_of(sent.period)}."]
    else:
        lines = [f"Cảm ơn đồng chí. Hệ thống đã ghi nhận {name_of(sent.period)} của đồng chí."]
    lines += _facts(sent)
    if may_change:
        lines.append(f"Đồng chí còn sửa được đến {deadline(sent.due_at)}.")
    elif again:
        lines.append(f"Đã quá hạn ({deadline(sent.due_at)}) nên không sửa được nữa.")
    if coming is not None:
        lines.append(next_round(coming))
    return Message(title=RECEIPT_TITLE, text="\n\n".join(lines), choices=tuple(choices), in_place=True)


def receipt_for(sent: Sent, *, who: str, choices: Sequence[Choice]) -> Message:
    """To who leads the cell: a report of one of its members was recorded. `sent.by` empty: by themselves."""
    by = f"do đồng chí {sent.by} ghi thay" if sent.by else "do đồng chí ấy tự gửi"
    first = f"Hệ thống đã ghi nhận {name_of(sent.period)} của đồng chí {who}, {by}."
    text = "\n\n".join([first, *_facts(sent)])
    return Message(title=RECEIPT_TITLE, text=text, choices=tuple(choices), in_place=True)


def told_owner(sent: Sent, *, choices: Sequence[Choice], may_change: bool) -> Message:
    """To the member: somebody has recorded their report."""
    lines = [f"Đồng chí {sent.by} vừa ghi thay {name_of(sent.period)} của đồng chí.", *_facts(sent)]
    if may_change:
        lines.append(f"Mong đồng chí xem lại. Nếu có chỗ chưa đúng, đồng chí tự sửa được đến {deadline(sent.due_at)}.")
    else:
        lines.append("Mong đồng chí xem lại. Nếu có chỗ chưa đúng, mong đồng chí báo bí thư chi bộ.")
    return Message(title="Chi bộ thông báo", text="\n\n".join(lines), choices=tuple(choices))


def _facts(sent: Sent) -> list[str]:
    lines = [receipt_lines(code=sent.code, recorded_at=sent.sent_at)]
    if sent.version > 1:
        lines.append(f"Đây là lần gửi thứ {sent.version}, thay cho lần trước.")
    if sent.sent_at >= sent.due_at:
        lines.append(f"Nộp muộn (hạn ngày {due_day(sent.due_at)}).")
    return lines


def sent_report(listed: str, *, sent: Sent, who: str = "", choices: Sequence[Choice]) -> Message:
    """A report as it was sent. `who`: whose, to somebody else."""
    name = name_of(sent.period)
    owner = f"đồng chí {who}" if who else "đồng chí"
    lines = [f"{name[0].upper()}{name[1:]} của {owner}, gửi lúc {stamp(sent.sent_at)}."]
    if sent.by:
        lines.append(f"Do đồng chí {sent.by} ghi thay.")
    lines.append(listed)
    return Message(text="\n\n".join(lines), choices=tuple(choices))
