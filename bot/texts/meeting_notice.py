"""What members and those in charge read about a meeting: notice, change, cancellation, reminders, their own replies."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Choice, Message
from bot.clock import local
from bot.domain.meeting import REASON_LIMIT, Answer, Closed, Item, Plan
from bot.texts.meeting import kind_text, named, particulars, upper_first
from bot.texts.receipts import stamp
from bot.texts.when import date_text, moment

ABOUT = "Xem lịch họp, trả lời giấy mời"
WORDS = ("lich hop", "xem lich hop", "giay moi")
PRESENT_WORDS = ("co mat", "toi co mat", "se co mat", "toi se co mat")
EXCUSED_WORDS = ("vang", "vang mat", "xin vang", "xin vang mat", "toi vang", "bao vang", "vang co ly do")
EXCUSED_BEFORE = (
    "vắng",
    "vắng vì",
    "vắng do",
    "vắng mặt",
    "vắng mặt vì",
    "vắng mặt do",
    "xin vắng",
    "xin vắng vì",
    "tôi vắng",
)
"""Behind these the reason may be typed at once."""
ABSENCE_TITLE = "việc báo vắng"

PRESENT = "Có mặt"
EXCUSED = "Vắng có lý do"
ANSWER_NOTICE = "Trả lời giấy mời"
SEE_REPLIES = "Xem trả lời"

REASONS = ("Lý do sức khỏe", "Đi công tác, làm ăn xa", "Việc gia đình")

_ANSWERS = {Answer.PRESENT: "có mặt", Answer.EXCUSED: "vắng có lý do"}


def answer_text(answer: Answer) -> str:
    """có mặt; vắng có lý do."""
    return _ANSWERS[answer]


def _to(name: str) -> str:
    return f"Kính gửi đồng chí {name},"


def _closing(*, above: bool) -> str:
    if above:
        return "Giấy mời gửi để đồng chí, cấp ủy viên phụ trách chi bộ, nắm; dự nếu sắp xếp được.\n\nTrân trọng."
    return f"Mong đồng chí trả lời “{PRESENT}” hoặc “{EXCUSED}” trước giờ họp.\n\nTrân trọng."


# ------------------------------------------------------------------------------------- notices


def notice(plan: Plan, *, name: str, cell: str, above: bool, choices: Sequence[Choice], state: str = "") -> Message:
    """The invitation. `above`: to somebody in charge of the cell; `state`: what the person has answered so far."""
    details = particulars(starts_at=plan.starts_at, place=plan.place, agenda=plan.agenda)
    parts = [
        _to(name),
        f"{cell} trân trọng kính mời đồng chí dự {kind_text(plan.kind)}.",
        details,
        state or _closing(above=above),
    ]
    return Message(title="Giấy mời họp chi bộ", text="\n\n".join(parts), choices=tuple(choices))


def _changed(item: Item, old: Plan, new: Plan) -> str:
    match item:
        case Item.TIME:
            return f"• Thời gian: {moment(old.starts_at)} đổi thành {moment(new.starts_at)}"
        case Item.PLACE:
            return f"• Địa điểm: {old.place} đổi thành {new.place}"
        case Item.AGENDA:
            return "• Nội dung: thay bằng nội dung dưới đây"


def change(
    old: Plan,
    new: Plan,
    *,
    changed: Sequence[Item],
    name: str,
    cell: str,
    above: bool,
    asks_again: bool,
    choices: Sequence[Choice],
) -> Message:
    """What is different from the notice that the person was told last, and the whole as it is now."""
    again = "Vì thời gian đã đổi, mong đồng chí trả lời lại, kể cả khi đã trả lời lần trước.\n\n"
    closing = _closing(above=True) if above else "Trân trọng."
    parts = [
        _to(name),
        f"{cell} xin báo thay đổi về buổi {kind_text(old.kind)}:\n"
        + "\n".join(_changed(item, old, new) for item in changed),
        f"Giấy mời nay là:\n{particulars(starts_at=new.starts_at, place=new.place, agenda=new.agenda)}",
        f"{again if asks_again else ''}{closing}",
    ]
    return Message(title="Thay đổi giấy mời họp", text="\n\n".join(parts), choices=tuple(choices))


def cancelled(plan: Plan, *, name: str, cell: str) -> Message:
    """The meeting will not be held."""
    text = f"{cell} xin báo: {named(plan.kind, starts_at=plan.starts_at)}, tại {plan.place}, không tổ chức nữa."
    return Message(
        title="Thông báo hủy họp", text="\n\n".join([_to(name), text, "Mong đồng chí thông cảm. Trân trọng."])
    )


# ----------------------------------------------------------------------------------- reminders


def please_answer(plan: Plan, *, cell: str, choices: Sequence[Choice]) -> Message:
    """To a member who has not answered."""
    return Message(
        title="Chi bộ nhắc việc",
        text=f"Đồng chí chưa trả lời giấy mời dự {kind_text(plan.kind)} của {cell}.\n\n"
        f"{particulars(starts_at=plan.starts_at, place=plan.place)}\n\n"
        "Mong đồng chí trả lời để chi bộ chuẩn bị. Trân trọng.",
        choices=tuple(choices),
    )


def please_come(plan: Plan, *, cell: str) -> Message:
    """To who has said that they will be there."""
    return Message(
        title="Chi bộ nhắc lịch họp",
        text=f"Đồng chí đã báo có mặt dự {kind_text(plan.kind)} của {cell}.\n\n"
        f"{particulars(starts_at=plan.starts_at, place=plan.place)}\n\nTrân trọng.",
    )


# ------------------------------------------------------------------------------------- replies


def _where(plan: Plan, cell: str) -> str:
    return f"{upper_first(kind_text(plan.kind))} của {cell}: {moment(plan.starts_at)}, tại {plan.place}."


def answer_again() -> str:
    """How to change one's mind."""
    return "Nếu có thay đổi, trước giờ họp đồng chí gõ “có mặt” hoặc “vắng”."


def _moved() -> str:
    return "Lưu ý: thời gian đã đổi so với giấy mời đồng chí vừa bấm."


def present(plan: Plan, *, cell: str, moved: bool) -> Message:
    """The receipt for who will be there. `moved`: they pressed a notice of an older time."""
    parts = ["Đã ghi nhận đồng chí có mặt.", *([_moved()] if moved else []), _where(plan, cell), answer_again()]
    return Message(text="\n\n".join(parts))


def present_already(plan: Plan, *, cell: str, at: datetime) -> Message:
    """The second press."""
    return Message(
        text=f"Đồng chí đã báo có mặt từ trước, lúc {stamp(at)}.\n\n{_where(plan, cell)}\n\n{answer_again()}"
    )


def excused(plan: Plan, *, cell: str, reason: str) -> Message:
    """The receipt for who will not be there."""
    return Message(
        text=f"Đã ghi nhận đồng chí vắng có lý do: “{reason}”.\n\n{_where(plan, cell)}\n\n{answer_again()}",
        in_place=True,
    )


def why_absent(plan: Plan, *, cell: str, moved: bool, before: str | None) -> str:
    """The reason, please. `before`: the one that was given already."""
    parts = [_moved()] if moved else []
    parts.append(_where(plan, cell))
    if before is not None:
        parts.append(f"Hệ thống đã ghi nhận đồng chí vắng, lý do: “{before}”. Nếu muốn sửa, đồng chí ghi lại lý do.")
    parts.append(
        f"Đồng chí vắng vì lý do gì? Mong đồng chí bấm một nút, hoặc gõ vài lời, không quá {REASON_LIMIT} chữ cái. "
        "Chỉ bí thư, phó bí thư chi bộ và cấp trên phụ trách xem được."
    )
    return "\n\n".join(parts)


def no_more_answers(plan: Plan, why: Closed, *, said: Answer | None) -> Message:
    """Nothing is taken any more, and what was."""
    if why is Closed.CANCELLED:
        return Message(
            text=f"{upper_first(named(plan.kind, starts_at=plan.starts_at))} đã hủy nên không cần trả lời nữa."
        )
    was = f"Câu trả lời đã ghi trước giờ họp: {answer_text(said)}." if said else "Trước giờ họp đồng chí chưa trả lời."
    return Message(
        text=f"{upper_first(named(plan.kind, starts_at=plan.starts_at))} đã bắt đầu nên hệ thống không ghi thêm. "
        f"{was} Nếu cần, đồng chí báo bí thư chi bộ."
    )


def not_invited() -> Message:
    """Somebody who is not, or no longer, asked to this meeting."""
    return Message(
        text="Đồng chí không có tên trong danh sách mời của buổi họp này nên hệ thống không nhận câu trả lời. "
        "Nếu có nhầm lẫn, mong đồng chí báo bí thư chi bộ."
    )


def recorded_for_you(plan: Plan, answer: Answer, *, by: str, cell: str, choices: Sequence[Choice]) -> Message:
    """Somebody answered on the person's behalf."""
    return Message(
        title="Đã ghi thay đồng chí",
        text=f"Đồng chí {by} đã ghi thay câu trả lời của đồng chí: {answer_text(answer)}.\n\n{_where(plan, cell)}\n\n"
        "Nếu không đúng, mong đồng chí bấm lại một nút dưới đây.",
        choices=tuple(choices),
    )


# ------------------------------------------------------------------------------------ calendar


def my_answer(answer: Answer | None, *, at: datetime | None = None) -> str:
    """What the person has answered so far."""
    if answer is None:
        return "Đồng chí chưa trả lời."
    when = f" (lúc {stamp(at)})" if at else ""
    return f"Đồng chí đã trả lời: {answer_text(answer)}{when}."


def nothing_comes() -> Message:
    """No meeting is called."""
    return Message(text="Hiện chưa có lịch họp nào sắp tới. Khi chi bộ mời họp, hệ thống sẽ báo đồng chí.")


def calendar_line(plan: Plan, *, cell: str, mine: str) -> str:
    """One meeting to come."""
    return f"{moment(plan.starts_at)}: {kind_text(plan.kind)}, {cell}, tại {plan.place}. {mine}".rstrip()


def calendar(lines: Sequence[str], choices: Sequence[Choice]) -> Message:
    """Several meetings to come."""
    listed = "\n".join(f"• {line}" for line in lines)
    return Message(title="Lịch họp sắp tới", text=listed, choices=tuple(choices))


def open_label(plan: Plan, cell: str) -> str:
    """The button that opens one of several."""
    return f"Ngày {date_text(local(plan.starts_at).date())}, {cell}"


# ------------------------------------------------------------------------------------------ /toi


def answer_task(plan: Plan, *, cell: str) -> str:
    """A notice that waits for an answer."""
    return f"Trả lời giấy mời họp: {kind_text(plan.kind)}, {cell}, {moment(plan.starts_at)}"


def come_task(plan: Plan, *, cell: str) -> str:
    """A meeting that the person will attend."""
    return f"Dự {kind_text(plan.kind)}, {cell}, {moment(plan.starts_at)}, tại {plan.place}"
