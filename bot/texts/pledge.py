"""What is said while a member reads and signs the pledge, and about what was signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, Message
from bot.clock import local
from bot.domain.movement import Good
from bot.domain.period import read_period
from bot.domain.pledge import PledgeText
from bot.texts.receipts import receipt_lines, stamp
from bot.texts.rounds import SIGN_NOW, period_text
from bot.texts.when import date_text

ABOUT = "Đọc và ký cam kết"
WORDS = ("cam ket", "ky cam ket", "ban cam ket")
TITLE = "bản cam kết"

ON = "Tiếp tục"
ADD = "Có"
ADD_NOT = "Không"
REMOVE = "Bỏ cam kết riêng này"
SIGN = SIGN_NOW
READ_AGAIN = "Xem lại"


def year_of(period: str) -> str:
    """năm 2027."""
    return period_text(read_period(period))


def due_day(due_at: datetime) -> str:
    """31/03/2027."""
    return date_text(local(due_at).date())


# ------------------------------------------------------------------------------- before it begins


def no_round() -> Message:
    """No round has been opened over the member's cell yet."""
    return Message(
        text="Chi bộ của đồng chí chưa mở đợt cam kết nào. Khi mở đợt, hệ thống sẽ báo để đồng chí đọc và ký."
    )


def round_over(*, period: str) -> Message:
    """The round is over, because the next one has opened."""
    return Message(
        text=f"Đợt cam kết {year_of(period)} đã kết thúc vì đã mở đợt mới. Đồng chí gõ /camket để ký cam kết đợt mới.",
        in_place=True,
    )


def late(due_at: datetime) -> str:
    """Beside the text, after the deadline."""
    return f"Đã quá hạn ngày {due_day(due_at)}. Đồng chí vẫn ký được; hệ thống vẫn ghi nhận và ghi rõ là nộp muộn."


def new_text(signed_at: datetime) -> str:
    """The member confirmed an older text of this round."""
    return f"Nội dung cam kết đã được sửa sau khi đồng chí ký lúc {stamp(signed_at)}. Mong đồng chí đọc và ký lại."


# ---------------------------------------------------------------------------------- reading it


def part_title(text: PledgeText, number: int) -> str:
    """Which part of how many."""
    return f"{text.title} (phần {number}/{len(text.parts)})"


def part(text: PledgeText, number: int, *, before: Sequence[str] = ()) -> str:
    """One screen: a part with its heading; the opening before the first, the closing after the last."""
    one = text.parts[number - 1]
    lines = [*before]
    if number == 1:
        lines += [f"({text.note})", text.opening]
    lines.append(f"{number}. {one.title}\n{one.text}")
    if number == len(text.parts):
        lines.append(text.closing)
    if number == 1:
        lines.append(f"Đọc xong mỗi phần, đồng chí bấm “{ON}”.")
    return "\n\n".join(lines)


def parts_title(text: PledgeText, first: int, last: int) -> str:
    """Which parts of how many stand in one message; nothing when it is all of them."""
    if (first, last) == (1, len(text.parts)):
        return text.title
    return part_title(text, first) if first == last else f"{text.title} (phần {first}–{last}/{len(text.parts)})"


def parts(text: PledgeText, first: int, last: int, *, before: Sequence[str] = ()) -> str:
    """Several parts in one message, for where each message costs."""
    lines = [*before]
    if first == 1:
        lines += [f"({text.note})", text.opening]
    numbered = list(enumerate(text.parts, start=1))[first - 1 : last]
    lines += [f"{number}. {one.title}\n{one.text}" for number, one in numbered]
    if last == len(text.parts):
        lines.append(text.closing)
    return "\n\n".join(lines)


# ------------------------------------------------------------------------------- one's own words


def want_own(*, has_some: bool) -> str:
    """Whether the member wants to add (more) commitments of their own."""
    if has_some:
        return "Đã ghi. Đồng chí có muốn ghi thêm cam kết riêng nữa không?"
    return (
        "Đồng chí có muốn ghi thêm cam kết riêng không?\n\n"
        "Việc này không bắt buộc. Nếu không, đồng chí bấm “Không” để sang bước ký."
    )


def which_good() -> str:
    """For which of the four goods."""
    return "Cam kết riêng của đồng chí thuộc nội dung nào?"


def write_own(good: Good, *, now: str | None, limit: int) -> str:
    """The member writes the commitment for one good."""
    lines = [f"{good.name}: {good.meaning}"]
    if now is not None:
        lines.append(f"Đồng chí đang ghi: “{now}”")
    lines.append(
        f"Mong đồng chí gõ cam kết riêng của mình, không quá {limit} chữ cái. Không ghi nội dung thuộc bí mật nhà nước."
    )
    return "\n\n".join(lines)


# ------------------------------------------------------------------------------------ summary


SUMMARY_TITLE = "Xem lại trước khi ký"


def summary(
    text: PledgeText, *, period: str, own: Sequence[tuple[Good, str | None]], before: Sequence[str] = ()
) -> str:
    """Everything that will be signed, and how to change one's own words by number."""
    headings = "\n".join(f"• {one.title}" for one in text.parts)
    written = "\n".join(
        f"{good.number}. {good.name}: {f'“{words}”' if words else '(không ghi thêm)'}" for good, words in own
    )
    return "\n\n".join(
        [
            *before,
            f"{text.title}, {year_of(period)}, gồm:\n{headings}",
            f"Cam kết riêng của đồng chí:\n{written}",
            "Muốn ghi hoặc sửa cam kết riêng, đồng chí gõ số 1, 2, 3 hoặc 4.",
            f"Nếu đã đồng ý với toàn bộ nội dung, đồng chí bấm “{SIGN}”.",
        ]
    )


def no_such_good(count: int) -> str:
    """The number or words typed at the summary mean nothing."""
    return f"Mong đồng chí gõ số từ 1 đến {count} để sửa cam kết riêng, hoặc bấm một nút dưới đây."


# ------------------------------------------------------------------------------------ receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a receipt says of a pledge. `by`: who recorded it on behalf of the member; empty: the member."""

    period: str
    code: str
    recorded_at: datetime
    due_at: datetime
    by: str
    paper_signed_at: datetime | None
    own: Sequence[tuple[Good, str]]


RECEIPT_TITLE = "Đã xác nhận trên hệ thống"


def receipt(signed: Signed, *, again: bool = False) -> Message:
    """The member's receipt; `again`: it was signed before, and nothing has changed."""
    lines = [f"Đồng chí đã ký cam kết {year_of(signed.period)} từ trước; không cần ký lại."] if again else []
    if signed.by:
        lines.append(f"Cam kết {year_of(signed.period)} của đồng chí do đồng chí {signed.by} ghi thay.")
    elif not again:
        lines.append(f"Cảm ơn đồng chí. Hệ thống đã ghi nhận cam kết {year_of(signed.period)} của đồng chí.")
    lines.append(receipt_lines(code=signed.code, recorded_at=signed.recorded_at))
    if signed.recorded_at > signed.due_at:
        lines.append(f"Nộp muộn (hạn ngày {due_day(signed.due_at)}).")
    if signed.own:
        written = "\n".join(f"• {good.name}: “{words}”" for good, words in signed.own)
        lines.append(f"Cam kết riêng của đồng chí:\n{written}")
    lines.append(_paper(signed.paper_signed_at))
    return Message(title=RECEIPT_TITLE, text="\n\n".join(lines), in_place=True)


def _paper(signed_at: datetime | None) -> str:
    if signed_at is not None:
        return f"Bản giấy: đã ký; bí thư đánh dấu lúc {stamp(signed_at)}."
    return (
        "Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. "
        "Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng."
    )


# --------------------------------------------------------------------------------------- /toi


def my_task(*, period: str, due_at: datetime, is_late: bool) -> str:
    """The pledge that the member has not signed yet."""
    when = f"đã quá hạn ngày {due_day(due_at)}" if is_late else f"hạn {due_day(due_at)}"
    return f"Ký cam kết {year_of(period)} ({when})"


def sign_choice(data: str) -> Choice:
    """The button that begins the pledge."""
    return Choice(SIGN, data)
