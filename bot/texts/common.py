"""What the bot says in any journey: dialogues, refusals, incidents, things it does not understand."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.chat import Choice, Link, Message
from bot.domain.words import agrees
from bot.texts.when import moment

BACK = "Quay lại"
STOP = "Dừng lại"
GO_ON = "Làm tiếp"
START_AGAIN = "Làm lại từ đầu"
YES = "Đồng ý"
NO = "Không"
MENU = "Việc của tôi"

BACK_WORDS = ("quay lại", "lùi lại", "trở lại")
STOP_WORDS = ("dừng lại", "dừng", "thôi", "để sau", "hủy", "hủy bỏ", "thoát", "kết thúc")
UNSURE_WORDS = ("dung", "huy")
"""Typed without diacritics they may mean something else: "đúng", or a member whose name is Dung, Dũng or Huy."""

_LONGEST_WORDS = 200
"""No label is as long, however its letters are composed; a long text is not compared with every one of them."""


def means(typed: str, words: Iterable[str]) -> bool:
    """Whether what was typed is one of these words, with or without diacritics, and surely no other."""
    if len(typed) > _LONGEST_WORDS:
        return False
    return typed.strip().lower() not in UNSURE_WORDS and any(agrees(typed, word) for word in words)


def stopped(title: str) -> Message:
    """The dialogue was put aside, its draft is kept."""
    return Message(
        text=f"Đã dừng {title}. Phần đồng chí đã trả lời được giữ lại; khi nào tiện, đồng chí bấm “{GO_ON}”.",
        in_place=True,
    )


def stopped_guest() -> Message:
    """A guest stopped: nothing is kept."""
    return Message(text="Đã dừng. Hệ thống không lưu gì. Khi nào muốn tham gia, đồng chí gõ lại mã mời.", in_place=True)


def nothing_to_stop() -> Message:
    return Message(text="Hiện không có việc nào đang làm dở.")


def unfinished(title: str, *, go_on: str, start_again: str) -> Message:
    """There is a draft of the journey that the person wants to begin."""
    return Message(
        text=f"Đồng chí đang làm dở {title}. Đồng chí muốn làm tiếp hay làm lại từ đầu?",
        choices=(Choice(GO_ON, go_on), Choice(START_AGAIN, start_again)),
    )


def form_changed(title: str) -> str:
    return (
        f"Nội dung {title} đã thay đổi từ lần trước. Hệ thống bắt đầu lại "
        "và giữ những câu trả lời còn phù hợp; mong đồng chí xem lại."
    )


def answered_already() -> str:
    return "Câu đó đã được trả lời. Câu đang chờ đồng chí là:"


def use_choices() -> str:
    return "Hệ thống chưa nhận ra câu trả lời. Mong đồng chí bấm một nút, hoặc gõ số thứ tự của nút."


def write_text() -> str:
    return "Mong đồng chí trả lời bằng chữ."


def send_file() -> str:
    return "Mong đồng chí gửi một tệp, hoặc bấm một nút dưới đây."


def file_too_large(limit: int) -> str:
    return f"Tệp quá lớn. Hệ thống nhận tệp không quá {limit // (1024 * 1024)} MB."


def file_empty() -> str:
    return "Tệp này rỗng. Mong đồng chí kiểm tra và gửi lại."


def file_not_expected() -> Message:
    return Message(text="Hệ thống chưa cần tệp nào lúc này nên không lưu tệp đồng chí vừa gửi.")


def nothing_arrived(*, page: str) -> Message:
    """To whoever sent what the messenger tells bots nothing of: perhaps every word of theirs is."""
    other = "dùng trang web của hệ thống, hoặc " if page else ""
    return Message(
        text="Ứng dụng này không chuyển cho hệ thống nội dung đồng chí vừa gửi (tệp, vị trí, hoặc tin nhắn của "
        "tài khoản đang được bảo vệ đặc biệt). Mong đồng chí gõ bằng chữ. "
        f"Nếu vẫn không được, xin {other}nhờ bí thư chi bộ ghi giúp.",
        link=Link("Mở trang web", page) if page else None,
    )


def media_not_used() -> Message:
    return Message(
        text="Hệ thống chỉ đọc được chữ nên không lưu ảnh, giọng nói hay nhãn dán. Mong đồng chí gõ bằng chữ."
    )


def edit_not_used() -> Message:
    return Message(
        text="Hệ thống không đọc phần sửa của tin đã gửi. Nếu cần thay đổi, mong đồng chí gõ lại thành tin mới."
    )


def only_private() -> Message:
    return Message(
        text="Để giữ kín thông tin đảng viên, hệ thống chỉ trò chuyện riêng với từng đồng chí, "
        "không trả lời trong nhóm."
    )


def too_long(limit: int) -> Message:
    return Message(
        text=f"Tin quá dài nên hệ thống không lưu. Mong đồng chí rút gọn còn không quá {limit:,} chữ cái.".replace(
            ",", "."
        )
    )


def not_valid_any_more() -> Message:
    return Message(text="Nút này không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.")


def dialogue_over() -> Message:
    return Message(text="Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.")


def over_for_guest() -> Message:
    """An old button, pressed by somebody who has not joined."""
    return Message(
        text="Nút này không còn dùng được. Nếu đồng chí muốn tham gia, mong đồng chí gõ mã mời trên phiếu "
        "do bí thư chi bộ phát (ví dụ: BT7K-93QF-…)."
    )


def not_allowed() -> Message:
    return Message(
        text="Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. "
        "Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy."
    )


def not_joined() -> Message:
    return Message(
        text="Đồng chí chưa tham gia nên hệ thống chưa thể làm việc này. "
        "Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát (ví dụ: BT7K-93QF-…)."
    )


def incident(number: str) -> Message:
    """An apology with the number under which the log tells the whole story."""
    return Message(
        text="Hệ thống gặp trục trặc nên chưa làm được việc vừa rồi; chưa có gì được ghi nhận. "
        f"Mong đồng chí thử lại sau ít phút. Nếu vẫn chưa được, xin báo văn phòng đảng ủy số sự cố {number}."
    )


def handled_late(at: datetime) -> Message:
    """Before the answer to what was said long ago."""
    return Message(
        text=f"Việc đồng chí gửi lúc {moment(at)} bị trục trặc, nay hệ thống đã làm lại. Kết quả ở tin dưới đây."
    )


def not_understood(choices: Sequence[Choice]) -> Message:
    """The three likeliest things to do."""
    return Message(text="Hệ thống chưa hiểu ý đồng chí. Có phải đồng chí muốn:", choices=tuple(choices))
