"""What those who lead a cell are asked and told while they change or cancel a meeting."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Message
from bot.domain.meeting import AGENDA_LIMIT, Item, Plan
from bot.texts.meeting import in_person, named, quoted, upper_first, waits
from bot.texts.numbers import count_text, counted
from bot.texts.receipts import stamp
from bot.texts.when import moment

CHANGE_TITLE = "giấy mời họp cần sửa"
SUMMARY_TITLE = "Đổi giấy mời họp"
CANCEL = "Hủy buổi họp"
CANCEL_YES = "Đúng, hủy buổi họp"
CANCEL_NO = "Không hủy"


def items(old: Plan, new: Plan, changed: Sequence[Item]) -> str:
    """What can be changed, each with its number, and how it is changed."""
    time = moment(old.starts_at)
    if Item.TIME in changed:
        time += f"\n    đổi thành: {moment(new.starts_at)}"
    place = old.place
    if Item.PLACE in changed:
        place += f"\n    đổi thành: {new.place}"
    label = "Nội dung mới" if Item.AGENDA in changed else "Nội dung"
    return f"1. Thời gian: {time}\n2. Địa điểm: {place}\n3. {label}:\n\n{quoted(new.agenda)}"


def change_summary(
    listed: str,
    *,
    changed: Sequence[Item],
    to: str,
    unreachable: Sequence[str],
    notes: Sequence[str],
    until: datetime | None,
) -> str:
    """The change before it is sent; or, when nothing is changed yet, how to."""
    how = "Muốn sửa, đồng chí gõ số: 1 (thời gian), 2 (địa điểm) hoặc 3 (nội dung)."
    if not changed:
        return f"{listed}\n\n{how} Nếu không họp nữa, đồng chí bấm “{CANCEL}”."
    parts = [listed, f"Báo thay đổi đến: {to}."]
    if Item.TIME in changed:
        parts.append("Vì đổi thời gian, các đồng chí được hỏi lại; câu trả lời trước không tính cho giờ mới.")
    if unreachable:
        parts.append(in_person(unreachable))
    parts += notes
    if until:
        parts.append(waits(until))
    parts.append(f"{how} Nếu đã đúng, đồng chí bấm nút gửi.")
    return "\n\n".join(parts)


def send_change_label(count: int) -> str:
    """The confirmation names the count."""
    return f"Gửi thay đổi cho {counted(count, 'đồng chí')}"


def nothing_changed() -> str:
    """It was changed back."""
    return "Chưa có gì thay đổi so với giấy mời đã gửi."


def changed_meanwhile() -> Message:
    """Another who leads the cell was faster."""
    return Message(
        text="Giấy mời này vừa được đồng chí khác thay đổi hoặc hủy nên phần sửa của đồng chí chưa được gửi. "
        "Đồng chí gõ /hop để xem giấy mời hiện nay."
    )


def changed(plan: Plan, *, to: str, unreachable: Sequence[str], at: datetime, until: datetime | None) -> Message:
    """The receipt for a change."""
    parts = [
        f"{upper_first(named(plan.kind, starts_at=plan.starts_at))}, tại {plan.place}.",
        f"Gửi đến: {to}.\nGhi nhận lúc {stamp(at)}.",
    ]
    if until:
        parts.append(waits(until))
    if unreachable:
        parts.append(in_person(unreachable))
    return Message(title="Đã báo thay đổi", text="\n\n".join(parts), in_place=True)


def sure_to_cancel(plan: Plan, *, told: int) -> str:
    """Cancel it, really?"""
    whom = f"Hệ thống sẽ báo cho {counted(told, 'đồng chí')} đã nhận giấy mời." if told else "Chưa ai nhận giấy mời."
    return f"Hủy {named(plan.kind, starts_at=plan.starts_at)}? {whom}"


def was_cancelled(
    plan: Plan, *, told: int, unreachable: Sequence[str], at: datetime, until: datetime | None
) -> Message:
    """The receipt for a cancellation."""
    parts = [
        f"{upper_first(named(plan.kind, starts_at=plan.starts_at))}, tại {plan.place}.",
        f"Đã báo hủy cho {counted(told, 'đồng chí')}.\nGhi nhận lúc {stamp(at)}.",
    ]
    if until and told:
        parts.append(waits(until))
    if unreachable:
        parts.append(in_person(unreachable))
    return Message(title="Đã hủy buổi họp", text="\n\n".join(parts), in_place=True)


def agenda_again() -> str:
    """While changing: the whole agenda anew."""
    return (
        f"Mong đồng chí gõ lại toàn bộ nội dung, mỗi nội dung một dòng, không quá {count_text(AGENDA_LIMIT)} chữ cái."
    )
