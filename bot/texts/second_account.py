"""A second account for somebody who has joined: what both accounts are told."""

from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.when import moment

ADD = "Đồng ý"
DO_NOT_ADD = "Không"
TITLE = "việc dùng thêm tài khoản"


def waiting() -> str:
    return (
        "Đồng chí đã tham gia từ trước bằng một tài khoản khác. Để giữ an toàn, hệ thống vừa hỏi ở tài khoản đó.\n\n"
        f"Mong đồng chí mở tài khoản đó và bấm “{ADD}”; xong là dùng được ở cả hai nơi. "
        "Nếu không còn dùng tài khoản đó, đồng chí nhờ bí thư chi bộ gỡ giúp, rồi gõ lại mã mời ở đây."
    )


def still_waiting() -> str:
    return "Tài khoản kia chưa trả lời."


def first_unreachable() -> Message:
    return Message(
        text="Đồng chí đã tham gia từ trước bằng một tài khoản khác, nhưng hệ thống không nhắn được vào tài khoản đó "
        "để hỏi. Mong đồng chí nhờ bí thư chi bộ gỡ tài khoản cũ, rồi gõ lại mã mời ở đây. Mã vẫn còn dùng được.",
        in_place=True,
    )


def ask_first(*, at: datetime, add: str, do_not: str) -> Message:
    return Message(
        title="Có phải đồng chí muốn dùng thêm một tài khoản?",
        text=f"Lúc {moment(at)}, có người gõ mã mời mang tên đồng chí ở một tài khoản trò chuyện khác.\n\n"
        f"Nếu đúng là đồng chí, xin bấm “{ADD}”: đồng chí dùng được ở cả hai nơi. "
        f"Nếu không phải, xin bấm “{DO_NOT_ADD}”: mã mời đó bị thu hồi ngay.",
        choices=(Choice(ADD, add), Choice(DO_NOT_ADD, do_not)),
    )


def added(choose: Choice) -> Message:
    return Message(
        text="Đã thêm tài khoản thứ hai cho đồng chí. Nếu bấm nhầm, mong đồng chí báo bí thư chi bộ để gỡ ra.\n\n"
        "Từ nay thông báo đến một trong hai nơi; đồng chí chọn nơi nào tiện hơn.",
        choices=(choose,),
        in_place=True,
    )


def not_added() -> Message:
    return Message(
        text="Hệ thống không thêm tài khoản đó và đã thu hồi mã mời. "
        "Nếu đồng chí không biết ai đã gõ mã, mong đồng chí báo bí thư chi bộ.",
        in_place=True,
    )


def refused_there() -> Message:
    return Message(
        text="Tài khoản đã tham gia từ trước không đồng ý, nên tài khoản này không được thêm. "
        "Hệ thống không lưu gì ở đây. Nếu có nhầm lẫn, mong đồng chí gặp bí thư chi bộ."
    )


def answered_before() -> Message:
    return Message(text="Việc này đã được trả lời từ trước; không có gì thay đổi.", in_place=True)


def withdrawn_there() -> Message:
    return Message(
        text="Tài khoản kia đã dừng, nên không còn gì phải trả lời. Nếu đồng chí vẫn muốn dùng thêm tài khoản đó, "
        "mong đồng chí gõ lại mã mời ở đó.",
        in_place=True,
    )


def too_late() -> Message:
    return Message(
        text="Mã mời đó không còn hiệu lực nên không thêm được tài khoản. "
        "Nếu vẫn cần, mong đồng chí xin bí thư chi bộ phiếu mới.",
        in_place=True,
    )
