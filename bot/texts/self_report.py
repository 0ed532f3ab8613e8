"""What is said while a member reports on themselves against the four goods, and about what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.chat import Choice, Message
from bot.clock import local
from bot.domain.answer import AnswerFault
from bot.domain.criteria import CriteriaSet, Criterion, Value, Verdict
from bot.domain.movement import Good, Movement
from bot.domain.period import read_period
from bot.domain.rounds import Opening, RoundKind
from bot.domain.self_report import Answer, Answers, place_of, total_points
from bot.texts.numbers import count_text
from bot.texts.receipts import receipt_lines, stamp
from bot.texts.rounds import REPORT_NOW, deadline, period_text, round_text
from bot.texts.when import date_text

ABOUT = "Tự báo cáo theo bốn tốt"
WORDS = ("bao cao", "tu bao cao", "tu danh gia")
TITLE = "bản tự báo cáo"
TITLE_FOR = "bản tự báo cáo ghi thay"

BEGIN = "Bắt đầu"
SKIP = "Bỏ qua"
ADD_NOTE = "Ghi thêm ý kiến"
CHANGE_NOTE = "Sửa ý kiến"
KEEP_NOTE = "Giữ nguyên"
DROP_NOTE = "Bỏ ý kiến này"
SEND = "Gửi báo cáo"
SHOW = "Xem lại bản đã gửi"
CHANGE = "Sửa báo cáo đã gửi"

SEE_LIST = "Xem danh sách báo cáo"
BEHALF_AGAIN = "Ghi thay đồng chí khác"

NOTHING_TO_ADD = ("khong", "ko", "k", "khong a", "khong co", "khong can", "khong co gi")
SEND_WORDS = ("gui", "gui di", "gui bao cao di")
SOMETHING_TO_ADD = ("co", "co a", "muon")
SHORT = 64
"""Characters of a criterion where it only has to be recognised."""


def name_of(period: str) -> str:
    """bản tự báo cáo bốn tốt quý IV năm 2026."""
    return round_text(RoundKind.SELF_REPORT, read_period(period))


def due_day(due_at: datetime) -> str:
    """05/01/2027."""
    return date_text(local(due_at).date())


def points_text(value: Decimal) -> str:
    """7,5; 10."""
    return f"{value.normalize():f}".replace(".", ",")


# ------------------------------------------------------------------------------- before it begins


def no_round(coming: Opening | None) -> Message:
    """Nothing is open, and nothing was before."""
    return Message(text=f"Hiện chưa đến đợt tự báo cáo. {_next(coming)}".rstrip())


def _next(coming: Opening | None) -> str:
    if coming is None:
        return "Khi mở đợt, hệ thống sẽ báo đồng chí."
    return (
        f"Đợt tới là {period_text(coming.period)}, mở ngày {due_day(coming.opens_at)}; "
        "khi mở đợt, hệ thống sẽ báo đồng chí."
    )


def no_criteria() -> Message:
    """The committee has no criteria set for this kind of cell."""
    return Message(
        text="Chưa có bộ tiêu chí tự báo cáo cho chi bộ của đồng chí. "
        "Mong đồng chí báo bí thư chi bộ để hỏi văn phòng đảng ủy."
    )


def round_over(*, period: str) -> Message:
    """Another round has opened since."""
    return Message(
        text=f"Đợt gửi {name_of(period)} đã kết thúc vì đã mở đợt mới. Đồng chí gõ /baocao để làm bản của đợt mới.",
        in_place=True,
    )


def closed(*, period: str, due_at: datetime, sent_at: datetime) -> Message:
    """The deadline has passed and a report was sent: it stays as it is."""
    return Message(
        text=f"Đã hết hạn sửa {name_of(period)} (hạn {deadline(due_at)}). "
        f"Bản gửi lúc {stamp(sent_at)} được giữ nguyên.",
        in_place=True,
    )


def sent_by_themselves(*, who: str, sent_at: datetime) -> Message:
    """To a leader who wants to record on behalf of somebody who has sent their own report."""
    return Message(
        text=f"Đồng chí {who} đã tự gửi báo cáo lúc {stamp(sent_at)} nên không ghi thay nữa. "
        f"Nếu cần sửa, mong đồng chí báo đồng chí {who} tự sửa.",
        in_place=True,
    )


def nothing_sent(*, period: str) -> Message:
    """There is no report to be shown."""
    return Message(text=f"Đồng chí chưa gửi {name_of(period)}.")


def late(due_at: datetime) -> str:
    """Beside the text, after the deadline, to who has sent nothing yet."""
    return f"Đã quá hạn ngày {due_day(due_at)}. Đồng chí vẫn gửi được; hệ thống ghi rõ là nộp muộn."


# ---------------------------------------------------------------------------------- the questions


def intro(criteria: CriteriaSet, *, period: str, due_at: datetime, before: Sequence[str] = ()) -> str:
    """The first screen: how many questions, until when, and who will see the answers."""
    name = name_of(period)
    how = (
        f"{name[0].upper()}{name[1:]} có {count_text(len(criteria.items))} câu, hạn {deadline(due_at)}. "
        "Mỗi lần đồng chí trả lời một câu; cần nghỉ thì bấm “Dừng lại”, phần đã trả lời được giữ."
    )
    who_sees = "Chỉ đồng chí và bí thư chi bộ xem được bản này. Cấp trên chỉ thấy số tổng hợp, không có tên."
    return "\n\n".join([*before, how, who_sees, f"({criteria.title}. {criteria.note})"])


def intro_for(criteria: CriteriaSet, *, who: str, cell: str, period: str, before: Sequence[str] = ()) -> str:
    """The first screen of who records for somebody else."""
    what = f"Đồng chí ghi thay {name_of(period)} cho đồng chí {who}, {cell}. Có {count_text(len(criteria.items))} câu."
    how = f"Mong đồng chí hỏi và ghi đúng lời đồng chí {who} tự đánh giá. Hệ thống ghi rõ đây là bản ghi thay."
    return "\n\n".join([*before, what, how])


def good_text(good: Good | None) -> str:
    """Tốt 1: Hoàn thành tốt nhiệm vụ."""
    return f"Tốt {good.number}: {good.name}" if good else "Nội dung khác"


def question_title(criteria: CriteriaSet, criterion: Criterion, good: Good | None) -> str:
    """Câu 3/12 – Tốt 1: Hoàn thành tốt nhiệm vụ."""
    place = place_of(criteria, criterion.key)
    return f"Câu {place.number}/{place.total} – {good_text(good)}"


def question(criteria: CriteriaSet, criterion: Criterion, *, now: Answer | None, who: str = "") -> str:
    """One criterion; `now`: how it was answered before; `who`: for whom it is recorded, empty: the member's own."""
    lines = [criterion.text]
    if now is not None:
        lines.append(f"Đang ghi: {_with_note(criteria, criterion, now)}")
    asked = f"Đồng chí {who}" if who else "Đồng chí"
    if criterion.points is None:
        lines.append(f"{asked} tự đánh giá việc này:")
    else:
        lines.append(f"{asked} tự chấm mấy điểm? {_type_points(criterion.points)}")
    return "\n\n".join(lines)


def _type_points(maximum: Decimal) -> str:
    example = "7,5" if maximum >= 8 else "0,5"
    return f"Mong đồng chí gõ một số từ 0 đến {points_text(maximum)}; có thể gõ số lẻ, ví dụ {example}."


def answer_fault(fault: AnswerFault, criterion: Criterion) -> str:
    """Why what was typed answers nothing."""
    if criterion.points is None:
        *numbers, last = (str(number) for number, _ in enumerate(criterion.verdicts, start=1))
        either = f"{', '.join(numbers)} hoặc {last}"
        return f"Hệ thống chưa nhận ra câu trả lời. Mong đồng chí bấm một nút, hoặc gõ số {either}."
    if fault is AnswerFault.OUT_OF_BOUNDS:
        return f"Câu này chấm từ 0 đến {points_text(criterion.points)} điểm. Mong đồng chí gõ lại."
    return "Hệ thống chưa nhận ra số điểm. Mong đồng chí gõ lại bằng số."


def value_text(criteria: CriteriaSet, criterion: Criterion, value: Value) -> str:
    """Đạt; 7,5/10 điểm."""
    if isinstance(value, Verdict):
        return criteria.word(value)
    return f"{points_text(value)}/{points_text(criterion.points or value)} điểm"


def _with_note(criteria: CriteriaSet, criterion: Criterion, answer: Answer) -> str:
    said = value_text(criteria, criterion, answer.value)
    return f"{said}. Ý kiến: “{answer.note}”" if answer.note else f"{said}."


def want_note(criteria: CriteriaSet, criterion: Criterion, answer: Answer, *, limit: int) -> str:
    """Whether there is something to add to an answer."""
    lines = [f"{shortened(criterion.text)}\nĐang ghi: {_with_note(criteria, criterion, answer)}"]
    asked = (
        f"Nếu giữ ý kiến này, đồng chí bấm “{KEEP_NOTE}”. Nếu muốn thay, "
        if answer.note
        else f"Đồng chí có muốn ghi thêm không? Nếu không, đồng chí bấm “{SKIP}”. Nếu có, "
    )
    lines.append(f"{asked}đồng chí gõ vào đây, không quá {limit} chữ cái. Không ghi nội dung thuộc bí mật nhà nước.")
    return "\n\n".join(lines)


def write_note() -> str:
    """Somebody answered yes, or with a number, where words of their own are wanted."""
    return "Mong đồng chí gõ ý kiến bằng lời, hoặc bấm một nút dưới đây."


# -------------------------------------------------------------------------------------- summary


SUMMARY_TITLE = "Xem lại trước khi gửi"


def shortened(text: str) -> str:
    """The beginning of a text, cut between words, so that it can be recognised."""
    if len(text) <= SHORT:
        return text
    return f"{text[:SHORT].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def sheet(criteria: CriteriaSet, answers: Answers, movement: Movement) -> str:
    """All answers under their goods, each with the number of its question; the sum where there are points."""
    parts: list[str] = []
    for good in dict.fromkeys(item.good for item in criteria.items):
        lines = [good_text(movement.good(good))]
        for item in criteria.items:
            if item.good == good and item.key in answers:
                number = place_of(criteria, item.key).number
                said = value_text(criteria, item, answers[item.key].value)
                lines.append(f"{number}. {said}: {shortened(item.text)}")
                if answers[item.key].note:
                    lines.append(f"Ý kiến: “{answers[item.key].note}”")
        parts.append("\n".join(lines))
    if criteria.points:
        parts.append(
            f"Tổng điểm tự chấm: {points_text(total_points(criteria, answers))}/{points_text(criteria.points)}."
        )
    return "\n\n".join(parts)


def summary(listed: str, *, period: str, who: str = "", before: Sequence[str] = ()) -> str:
    """Everything that will be sent, and how to change an answer by its number."""
    name = name_of(period)
    owner = f" của đồng chí {who}" if who else ""
    return "\n\n".join(
        [
            *before,
            f"{name[0].upper()}{name[1:]}{owner}:",
            listed,
            f"Muốn sửa câu nào, đồng chí gõ số của câu đó. Nếu đã đúng, đồng chí bấm “{SEND}”.",
        ]
    )


def no_such_question(total: int) -> str:
    """What was typed at the summary is no number of a question."""
    return f"Mong đồng chí gõ số từ 1 đến {total} để sửa câu đó, hoặc bấm “{SEND}”."


def other_version(*, sent_at: datetime, by: str) -> str:
    """Another version was sent meanwhile: from another device, or on behalf (`by`)."""
    whose = f" do đồng chí {by} ghi thay" if by else ""
    return (
        f"Trong khi đồng chí soạn bản này, đã có một bản{whose} gửi lúc {stamp(sent_at)}. "
        f"Nếu đồng chí bấm “{SEND}”, bản dưới đây thay bản đó."
    )


# -------------------------------------------------------------------------------------- receipt


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
        lines.append(_next(coming))
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


def sent_report(listed: str, *, sent: Sent, who: str = "", older: bool = False, choices: Sequence[Choice]) -> Message:
    """A report as it was sent. `who`: whose, to somebody else; `older`: by a criteria set that is replaced."""
    name = name_of(sent.period)
    owner = f"đồng chí {who}" if who else "đồng chí"
    lines = [f"{name[0].upper()}{name[1:]} của {owner}, gửi lúc {stamp(sent.sent_at)}."]
    if sent.by:
        lines.append(f"Do đồng chí {sent.by} ghi thay.")
    if older:
        lines.append("Bản này theo bộ tiêu chí tại thời điểm gửi; bộ tiêu chí đã được sửa từ đó.")
    lines.append(listed)
    return Message(text="\n\n".join(lines), choices=tuple(choices))


# --------------------------------------------------------------------------------------- /toi


def my_task(*, period: str, due_at: datetime, is_late: bool) -> str:
    """The report that the member has not sent yet."""
    when = f"đã quá hạn ngày {due_day(due_at)}" if is_late else f"hạn {due_day(due_at)}"
    return f"Gửi {name_of(period)} ({when})"


def report_choice(data: str) -> Choice:
    """The button that begins the report."""
    return Choice(REPORT_NOW, data)
