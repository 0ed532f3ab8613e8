"""What those who lead or watch a cell see of the replies to a meeting, and what they are asked while acting on it."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Choice, Message
from bot.domain.meeting import Answer, Closed, Plan, Tally
from bot.texts.choosing import noted
from bot.texts.meeting import in_person, kind_label, kind_text, named, upper_first, waits
from bot.texts.meeting_notice import answer_text
from bot.texts.numbers import count_text, counted
from bot.texts.receipts import stamp
from bot.texts.when import moment

WHO_WAITS = "Ai chưa trả lời"
REMIND = "Nhắc các đồng chí chưa trả lời"
ON_BEHALF = "Ghi thay"
CHANGE = "Đổi hoặc hủy họp"
REFRESH = "Cập nhật"
BACK_TO_COUNTS = "Xem số trả lời"
ALL_REASONS = "Xem đủ lý do vắng"

NOT_JOINED = "chưa tham gia hệ thống"
NOT_REACHED = "không nhận được tin"
BEHALF = "ghi thay"

SHORT = 80
"""Characters of a reason in the message that moves."""


def tally_text(count: Tally) -> str:
    """Có mặt 20, vắng có lý do 03, chưa trả lời 09."""
    return (
        f"Có mặt {count_text(count.present)}, vắng có lý do {count_text(count.excused)}, "
        f"chưa trả lời {count_text(count.waiting)}"
    )


def said_line(name: str, *, reason: str, on_behalf: bool, short: bool) -> str:
    """Somebody who will not be there, and why; cut, where it must be short."""
    reason = " ".join(reason.split()) if short else reason
    if short and len(reason) > SHORT:
        reason = f"{reason[: SHORT - 1].rstrip()}…"
    return noted(f"• {name}: {reason}", BEHALF if on_behalf else "")


def above_line(name: str, answer: Answer | None) -> str:
    """Somebody in charge of the cell: never counted among the members."""
    return f"Cấp ủy viên phụ trách: đồng chí {name}, {answer_text(answer) if answer else 'chưa trả lời'}."


def counts(
    plan: Plan,
    *,
    cell: str,
    count: Tally,
    excused: Sequence[str],
    more_excused: int,
    above: Sequence[str],
    over: Closed | None,
    seen_at: datetime,
    choices: Sequence[Choice],
    slot: str,
) -> Message:
    """How many have answered what; this message moves."""
    parts = [f"{moment(plan.starts_at)}, tại {plan.place}."]
    if over is not None:
        parts.append(is_over(over))
    parts.append(f"{tally_text(count)} (trên {counted(count.asked, 'đồng chí')}).")
    if excused:
        more = [f"… và {counted(more_excused, 'đồng chí')} khác"] if more_excused else []
        parts.append("\n".join(["Vắng có lý do:", *excused, *more]))
    if above:
        parts.append("\n".join(above))
    parts.append(f"Số liệu lúc {stamp(seen_at)}.")
    return Message(
        title=f"{kind_label(plan.kind)} – {cell}",
        text="\n\n".join(parts),
        choices=tuple(choices),
        in_place=True,
        slot=slot,
    )


def is_over(over: Closed) -> str:
    """Beside the counts, when nothing is taken any more."""
    return "Buổi họp này đã hủy." if over is Closed.CANCELLED else "Buổi họp đã bắt đầu; hệ thống không ghi thêm."


def all_reasons(plan: Plan, lines: Sequence[str]) -> Message:
    """Everybody who will not be there, and why, at full length."""
    return Message(title=f"Vắng có lý do – {kind_text(plan.kind)}", text="\n".join(lines) or "Chưa có đồng chí nào.")


def waiting_line(name: str, *, linked: bool, reachable: bool) -> str:
    """Somebody who has not answered, with a mark when no message reaches them."""
    return noted(f"• {name}", "" if reachable else NOT_REACHED if linked else NOT_JOINED)


def waiting(plan: Plan, lines: Sequence[str], choices: Sequence[Choice]) -> Message:
    """Who has not answered."""
    if not lines:
        return everybody_answered(plan)
    return Message(
        title=f"Chưa trả lời: {counted(len(lines), 'đồng chí')}",
        text=f"{upper_first(named(plan.kind, starts_at=plan.starts_at))}.\n\n" + "\n".join(lines),
        choices=tuple(choices),
    )


def everybody_answered(plan: Plan) -> Message:
    """There is nobody left to ask."""
    return Message(text=f"Tất cả các đồng chí đã trả lời giấy mời dự {named(plan.kind, starts_at=plan.starts_at)}.")


def reminded(
    *, told: int, already: int, unreachable: Sequence[str], self_missing: bool, until: datetime | None
) -> Message:
    """What one press on "remind" did. `self_missing`: who pressed has not answered either."""
    lines = []
    if told:
        when = f" {waits(until)}" if until else ""
        lines.append(f"Đã nhắc {counted(told, 'đồng chí')} chưa trả lời.{when}")
    if already:
        lines.append(f"{counted(already, 'đồng chí')} đã được nhắc trong hôm nay; mỗi ngày hệ thống chỉ nhắc một lần.")
    if unreachable:
        lines.append(f"{in_person(unreachable)}\nKhi đã hỏi được, đồng chí bấm “{ON_BEHALF}”.")
    if self_missing:
        lines.append("Chính đồng chí cũng chưa trả lời giấy mời.")
    return Message(text="\n\n".join(lines))


def closed_to_lead(plan: Plan, why: Closed) -> Message:
    """A button to act on a meeting that is over."""
    state = "đã hủy" if why is Closed.CANCELLED else "đã bắt đầu"
    return Message(
        text=f"{upper_first(named(plan.kind, starts_at=plan.starts_at))} {state} nên không thay đổi được nữa. "
        "Đồng chí gõ /hop để mời họp mới."
    )


def missed(plan: Plan, *, planned_at: datetime, missing: int) -> Message:
    """To those who lead: a reminder was not sent because it came too late."""
    return Message(
        title="Lời nhắc chưa gửi",
        text=f"Hệ thống tạm ngừng nên lời nhắc trả lời giấy mời dự {named(plan.kind, starts_at=plan.starts_at)} "
        f"(định gửi lúc {stamp(planned_at)}) đã quá giờ và không gửi nữa. "
        f"Còn {counted(missing, 'đồng chí')} chưa trả lời; nếu cần, đồng chí chủ động nhắc.",
    )


def coming_step(plan: Plan) -> str:
    """On the rehearsal's clock: a meeting's next reminder."""
    return f"Nhắc về {named(plan.kind, starts_at=plan.starts_at)}"


def lead_task(plan: Plan, *, cell: str, count: Tally) -> str:
    """What is open for a secretary."""
    return f"{kind_label(plan.kind)}, {cell}, {moment(plan.starts_at)}: {tally_text(count).lower()}"


# ----------------------------------------------------------------------------------- on behalf

BEHALF_TITLE = "việc ghi thay câu trả lời"
ANOTHER = "Ghi thay đồng chí khác"


def for_whom(before: str) -> str:
    """For which member."""
    asked = "Ghi thay câu trả lời giấy mời họp cho đồng chí nào? Chỉ ghi khi đã hỏi trực tiếp đồng chí ấy."
    return f"{before}\n\n{asked}" if before else asked


def not_asked_any_more(name: str) -> str:
    """The member was moved or exempted meanwhile."""
    return f"Đồng chí {name} không còn trong danh sách mời họp."


def ask_them_again(plan: Plan) -> str:
    """The time has changed since the member was asked."""
    return f"Thời gian họp vừa đổi thành {moment(plan.starts_at)}. Mong đồng chí hỏi lại trước khi ghi thay."


def said_note(answer: Answer | None) -> str:
    """Beside the name in the list."""
    return answer_text(answer) if answer else ""


def what_did_they_say(name: str) -> str:
    """Present or excused."""
    return f"Đồng chí {name} trả lời thế nào?"


def why_are_they_absent(name: str, limit: int) -> str:
    """The reason of somebody else."""
    return f"Đồng chí {name} vắng vì lý do gì? Đồng chí bấm một nút, hoặc gõ vài lời, không quá {limit} chữ cái."


def recorded(name: str, answer: Answer, *, reason: str, at: datetime, choices: Sequence[Choice]) -> Message:
    """The receipt for who recorded."""
    why = f", lý do “{reason}”" if reason else ""
    return Message(
        text=f"Đã ghi thay đồng chí {name}: {answer_text(answer)}{why}.\nGhi nhận lúc {stamp(at)}.",
        choices=tuple(choices),
        in_place=True,
    )
