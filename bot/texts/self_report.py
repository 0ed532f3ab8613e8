"""What is said while a member reports on themselves against the four goods."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.chat import Choice, Message
from bot.domain.answer import AnswerFault
from bot.domain.criteria import CriteriaSet, Criterion
from bot.domain.movement import Good
from bot.domain.rounds import Opening
from bot.domain.self_report import Answer, place_of
from bot.texts.numbers import count_text
from bot.texts.receipts import stamp
from bot.texts.rounds import REPORT_NOW, deadline
from bot.texts.self_report_sheet import due_day, good_text, name_of, next_round, points_text, shortened, with_note

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
SEND_WORDS = ("gui", "gui di", "gui bao cao di")
NOTHING_TO_ADD = ("khong", "ko", "k", "khong a", "khong co", "khong can", "khong co gi")
DROP_WORDS = ("bo y kien", "bo y kien nay", "xoa y kien")
SOMETHING_TO_ADD = ("co", "co a", "muon")


# ------------------------------------------------------------------------------- before it begins


def no_round(coming: Opening | None) -> Message:
    """Nothing is open, and nothing was before."""
    return Message(text=f"Hiện chưa đến đợt tự báo cáo. {next_round(coming)}".rstrip())


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


def intro_packed(criteria: CriteriaSet, *, period: str, due_at: datetime, before: Sequence[str] = ()) -> str:
    """Before the questions where they come in one message: until when, and who will see the answers."""
    name = name_of(period)
    what = f"{name[0].upper()}{name[1:]}, {count_text(len(criteria.items))} câu, hạn {deadline(due_at)}."
    who_sees = "Chỉ đồng chí và bí thư chi bộ xem được bản này; cấp trên chỉ thấy số tổng hợp, không có tên."
    return "\n\n".join([*before, f"{what} {who_sees}", f"({criteria.note})"])


def intro_for(criteria: CriteriaSet, *, who: str, cell: str, period: str, before: Sequence[str] = ()) -> str:
    """The first screen of who records for somebody else."""
    what = f"Đồng chí ghi thay {name_of(period)} cho đồng chí {who}, {cell}. Có {count_text(len(criteria.items))} câu."
    how = f"Mong đồng chí hỏi và ghi đúng lời tự đánh giá của đồng chí {who}. Hệ thống ghi rõ đây là bản ghi thay."
    return "\n\n".join([*before, what, how])


def question_title(criteria: CriteriaSet, criterion: Criterion, good: Good | None) -> str:
    """Câu 3/12 – Tốt 1: Hoàn thành tốt nhiệm vụ."""
    place = place_of(criteria, criterion.key)
    return f"Câu {place.number}/{place.total} – {good_text(good)}"


def question(criteria: CriteriaSet, criterion: Criterion, *, now: Answer | None, who: str = "") -> str:
    """One criterion; `now`: how it was answered before; `who`: for whom it is recorded, empty: the member's own."""
    lines = [criterion.text]
    if now is not None:
        lines.append(f"Đang ghi: {with_note(criteria, criterion, now)}")
    asked = f"Đồng chí {who}" if who else "Đồng chí"
    if criterion.points is None:
        lines.append(f"{asked} tự đánh giá việc này:")
    else:
        lines.append(f"{asked} tự chấm mấy điểm? {_type_points(criterion.points)}")
    return "\n\n".join(lines)


def _type_points(maximum: Decimal) -> str:
    return (
        f"Mong đồng chí gõ một số từ 0 đến {points_text(maximum)}; nửa điểm cũng được, ví dụ {points_example(maximum)}."
    )


def points_example(maximum: Decimal) -> str:
    """Points that could be given, not the most."""
    return "7,5" if maximum >= 8 else "0,5"


def still_open(count: int, *, period: str, who: str = "") -> str:
    """Before the questions that have no answer yet."""
    owner = f" của đồng chí {who}" if who else ""
    return f"Còn {count_text(count)} câu của {name_of(period)}{owner}:"


def answered_now(criteria: CriteriaSet, criterion: Criterion, answer: Answer) -> str:
    """Before one question that was answered and is asked again."""
    return f"Câu này đang ghi: {with_note(criteria, criterion, answer)}"


def points_asked(text: str, maximum: Decimal) -> str:
    """A criterion with its most points, among others."""
    return f"{text} (0–{points_text(maximum)} điểm)"


def answer_fault(fault: AnswerFault, criterion: Criterion) -> str:
    """Why what was typed answers nothing."""
    if criterion.points is None:
        *numbers, last = (str(number) for number, _ in enumerate(criterion.verdicts, start=1))
        either = f"{', '.join(numbers)} hoặc {last}"
        return f"Hệ thống chưa nhận ra câu trả lời. Mong đồng chí bấm một nút, hoặc gõ số {either}."
    if fault is AnswerFault.OUT_OF_BOUNDS:
        return f"Câu này chấm từ 0 đến {points_text(criterion.points)} điểm. Mong đồng chí gõ lại."
    return "Hệ thống chưa nhận ra số điểm. Mong đồng chí gõ lại bằng số."


def want_note(criteria: CriteriaSet, criterion: Criterion, answer: Answer, *, limit: int) -> str:
    """Whether there is something to add to an answer."""
    lines = [f"{shortened(criterion.text)}\nĐang ghi: {with_note(criteria, criterion, answer)}"]
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


def summary_typed(
    criteria: CriteriaSet, listed: str, *, period: str, who: str = "", before: Sequence[str] = (), notes: bool
) -> str:
    """As `summary`, where everything is typed: the answers were given many at a time, and are mended so."""
    name = name_of(period)
    owner = f" của đồng chí {who}" if who else ""
    lettered = all(item.points is None for item in criteria.items)
    how = [
        f"Nếu đã đúng, đồng chí gõ: {SEND.lower()}",
        f"Muốn sửa, đồng chí gõ số câu kèm {'chữ, ví dụ: 3b' if lettered else 'số điểm, ví dụ: 3: 4,5'}",
        "Muốn ghi thêm ý kiến, đồng chí gõ số câu rồi gõ ý kiến, ví dụ: 3 còn vắng một buổi",
    ]
    if notes:
        how.append("Muốn bỏ ý kiến, đồng chí gõ số câu rồi gõ: bỏ ý kiến")
    return "\n\n".join([*before, f"{name[0].upper()}{name[1:]}{owner}:", listed, "\n".join(how)])


def not_sent_yet(total: int) -> str:
    """What was typed at that summary is nothing that can be done there."""
    return (
        f"Hệ thống chưa hiểu nên chưa gửi báo cáo. Nếu đã đúng, mong đồng chí gõ: {SEND.lower()}. "
        f"Muốn sửa, gõ số câu (từ 1 đến {total}) kèm câu trả lời."
    )


def remarked(numbers: Sequence[int]) -> str:
    """The notes of these questions have changed."""
    return f"Đã sửa ý kiến của câu {', '.join(map(str, numbers))}."


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


# --------------------------------------------------------------------------------------- /toi


def my_task(*, period: str, due_at: datetime, is_late: bool) -> str:
    """The report that the member has not sent yet."""
    when = f"đã quá hạn ngày {due_day(due_at)}" if is_late else f"hạn {due_day(due_at)}"
    return f"Gửi {name_of(period)} ({when})"


def report_choice(data: str) -> Choice:
    """The button that begins the report."""
    return Choice(REPORT_NOW, data)
