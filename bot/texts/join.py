"""What somebody reads on the way in: what this is, what is kept and why, the question of consent, who they are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.chat import Choice, Link, Message
from bot.clock import local
from bot.domain.edition import Part
from bot.texts.numbers import counted
from bot.texts.when import date_text, moment, time_text

TITLE = "bản đồng ý tham gia"
READ_ON = "Đọc tiếp"
AGREE = "Đồng ý"
REFUSE = "Không đồng ý"
RIGHT = "Đúng"
WRONG = "Không phải"
EXAMPLE = "BT7K-93QF-…"
JOIN_WORDS = ("tham gia", "nhap ma", "nhap ma moi", "ma moi")

SCREEN = 1000
"""Letters of one screen of the consent, as far as its parts allow."""


FULL_SCREEN = 1600
"""The same, where every message costs."""


def screens(parts: Sequence[Part], *, full: bool = False) -> Sequence[str]:
    """The parts, packed into screens: the first alone (what this is), then as many as fit together. `full`: in as few
    screens as possible."""
    found = [] if full else [_part(parts[0])]
    packed = ""
    for part in map(_part, parts if full else parts[1:]):
        if packed and len(packed) + len(part) > (FULL_SCREEN if full else SCREEN):
            found.append(packed)
            packed = ""
        packed = f"{packed}\n\n{part}" if packed else part
    return [*found, packed] if packed else found


def _part(part: Part) -> str:
    return f"{part.title}\n{part.text}"


def opening(first: str) -> str:
    return f"Kính chào đồng chí. Trước khi tham gia, mong đồng chí đọc mấy điều sau rồi tự quyết định.\n\n{first}"


def use_buttons() -> str:
    return "Mong đồng chí bấm một nút dưới đây, hoặc gõ số thứ tự của nút."


def who_are_you(*, name: str, cell: str) -> str:
    place = f", {cell}" if cell else ""
    return f"Cảm ơn đồng chí đã đồng ý. Để khỏi nhầm người, xin hỏi: đồng chí là {name}{place}, phải không?"


def refused(*, last_day: date) -> Message:
    return Message(
        text="Cảm ơn đồng chí đã đọc. Hệ thống không lưu gì về đồng chí và không báo cho ai biết.\n\n"
        "Đồng chí vẫn cam kết, báo cáo bằng bản giấy tại chi bộ như trước. Nếu sau này muốn tham gia, "
        f"đồng chí gõ lại mã mời; mã còn dùng được đến hết ngày {date_text(last_day)}. Trân trọng.",
        in_place=True,
    )


def not_me() -> Message:
    return Message(
        text="Như vậy phiếu mời này là của đồng chí khác. Hệ thống chưa ghi nhận và không lưu gì; "
        "mã trên phiếu vẫn dùng được cho người có tên.\n\n"
        "Mong đồng chí trả lại phiếu cho bí thư chi bộ và nhận phiếu mang tên mình. Trân trọng.",
        in_place=True,
    )


def welcome(*, name: str, cell: str, at: datetime, choices: Sequence[Choice]) -> Message:
    place = f" – {cell}" if cell else ""
    return Message(
        title="Đồng chí đã tham gia",
        text=f"Kính chào đồng chí {name}{place}.\n\n"
        f"Hệ thống đã ghi nhận đồng chí đồng ý và tham gia lúc {moment(at)}. "
        "Đồng chí có thể rút lại bất cứ lúc nào: gõ /rutlui.\n\n"
        "Mời đồng chí bấm một nút để bắt đầu:",
        choices=tuple(choices),
        in_place=True,
    )


def already_joined(*, name: str, choice: Choice) -> Message:
    return Message(text=f"Đồng chí {name} đã tham gia rồi, không cần gõ mã mời nữa.", choices=(choice,))


# ---------------------------------------------------------------------------- codes that do not let in


def type_the_code() -> Message:
    return Message(
        text=f"Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: {EXAMPLE}\n\n"
        "Gõ chữ hoa hay chữ thường, có hay không có dấu gạch đều được."
    )


def mistyped() -> Message:
    return Message(
        text="Mã đồng chí gõ có chỗ chưa đúng. Mã mời gồm 12 chữ và số, chia làm ba nhóm, ví dụ: "
        f"{EXAMPLE}\n\nMong đồng chí xem lại phiếu và gõ lại cả mã. "
        "Nếu là mã biên nhận, xin gõ cả hai chữ BN ở đầu."
    )


def not_a_code() -> Message:
    return Message(
        text="Đường dẫn đồng chí vừa mở không kèm mã mời đúng. "
        f"Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: {EXAMPLE}"
    )


def no_such_code() -> Message:
    return Message(
        text="Hệ thống không có mã mời này. Mong đồng chí xem lại phiếu và gõ lại; "
        "nếu vẫn không được, xin hỏi bí thư chi bộ."
    )


def code_used() -> Message:
    return Message(
        text="Mã mời này đã được dùng; mỗi mã chỉ dùng một lần. Nếu không phải đồng chí đã dùng, "
        "mong đồng chí báo ngay với bí thư chi bộ để được nhận phiếu mới."
    )


def code_revoked() -> Message:
    return Message(
        text="Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. "
        "Mong đồng chí xin bí thư chi bộ phiếu mới."
    )


def code_expired(last_day: date) -> Message:
    return Message(
        text=f"Mã mời này chỉ dùng được đến hết ngày {date_text(last_day)}, nay đã hết hạn. "
        "Mong đồng chí xin bí thư chi bộ phiếu mới."
    )


def other_door(*, chats: Sequence[str], link: str | None, last_day: date) -> Message:
    """The code is good; another of our bots is for the cell of its person."""
    where = f" ở {' hoặc '.join(chats)}" if chats else " ở nơi dành cho chi bộ của đồng chí"
    return Message(
        text="Mã mời của đồng chí đúng, nhưng nơi trò chuyện này dành cho chi bộ khác. "
        f"Mong đồng chí gõ mã{where}. Mã chưa bị dùng, còn hiệu lực đến hết ngày {date_text(last_day)}.",
        link=Link("Mở đúng nơi trò chuyện", link) if link else None,
    )


def code_of_nobody() -> Message:
    return Message(text="Mã mời này không còn dùng được. Mong đồng chí hỏi bí thư chi bộ.")


def someone_else_here(*, name: str) -> Message:
    return Message(
        text=f"Tài khoản này đang dùng cho đồng chí {name}, còn mã mời vừa gõ là của đồng chí khác, "
        "nên hệ thống không thay đổi gì. Mỗi tài khoản trò chuyện chỉ dùng cho một người.\n\n"
        "Đồng chí kia có thể tham gia bằng điện thoại của mình, hoặc nhờ bí thư chi bộ ghi giúp."
    )


def closed_for_you(count: int, *, until: datetime) -> Message:
    return Message(
        text=f"Từ tài khoản này vừa có {counted(count, 'mã')} không đúng, nên hệ thống tạm ngừng nhận mã "
        f"đến {_minute_after(until)}. Đến lúc đó, mong đồng chí xem kỹ phiếu rồi gõ lại."
    )


def closed_for_all(*, until: datetime) -> Message:
    return Message(
        text="Hệ thống vừa nhận nhiều mã không đúng, nên tạm ngừng nhận mã để giữ an toàn. "
        f"Mong đồng chí gõ lại sau {_minute_after(until)}."
    )


def _minute_after(instant: datetime) -> str:
    """The first whole minute that is not before the instant; people read no seconds."""
    here = local(instant)
    if here.second or here.microsecond:
        here = here.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return f"{time_text(here.time())} ngày {date_text(here.date())}"
