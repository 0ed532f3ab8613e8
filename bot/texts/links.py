"""What those who lead are told of who joins and who leaves; undoing a link; leaving."""

from datetime import datetime

from bot.chat import Choice, Message
from bot.texts.numbers import counted
from bot.texts.when import moment

NOT_THEM = "Không đúng người"
UNLINK = "Gỡ tài khoản"
KEEP = "Giữ nguyên"
NEW_SHEET = "Làm phiếu mới"
ABOUT_LEAVE = "Rút lại đồng ý, thôi tham gia"
LEAVE_TITLE = "việc rút lại đồng ý"
LEAVE = "Rút lại đồng ý"
ONLY_HERE = "Chỉ gỡ tài khoản này"
STAY = "Không rút"
LEAVE_WORDS = ("rut lui", "rut lai dong y", "rut dong y", "thoi tham gia")


def named(name: str, cell: str) -> str:
    return f"{name} ({cell})" if cell else name


def has_joined(*, name: str, cell: str, at: datetime, undo: str) -> Message:
    return Message(
        text=f"Đồng chí {named(name, cell)} đã tham gia lúc {moment(at)}.\n\n"
        f"Nếu người tham gia không phải đồng chí ấy, xin bấm “{NOT_THEM}”.",
        choices=(Choice(NOT_THEM, undo),),
    )


def has_left(*, name: str, cell: str) -> Message:
    return Message(
        text=f"Đồng chí {named(name, cell)} đã rút lại đồng ý và thôi tham gia. "
        "Hệ thống không nhắn cho đồng chí ấy nữa; từ nay cam kết, báo cáo của đồng chí ấy làm bằng bản giấy."
    )


# ----------------------------------------------------------------------------------------- undoing


def undo_question(*, name: str, cell: str, at: datetime, yes: str, no: str) -> Message:
    return Message(
        title=f"Gỡ tài khoản khỏi tên đồng chí {named(name, cell)}?",
        text=f"Tài khoản này tham gia lúc {moment(at)}. Nếu gỡ, hệ thống thôi nhắn vào đó và xóa những câu trả lời "
        "còn dở ở đó. Những gì đã ký, đã nộp thì không xóa.",
        choices=(Choice(UNLINK, yes), Choice(KEEP, no)),
    )


def unlinked(*, name: str, cell: str, recorded: str, new_sheet: str) -> Message:
    return Message(
        title=f"Đã gỡ tài khoản khỏi tên đồng chí {named(name, cell)}",
        text=f"{recorded}\n\nNếu cần mời lại, xin bấm “{NEW_SHEET}”.",
        choices=(Choice(NEW_SHEET, new_sheet),),
        in_place=True,
    )


def what_was_recorded(*, pledges: int, self_reports: int, replies: int) -> str:
    counts = ((pledges, "bản cam kết"), (self_reports, "bản tự báo cáo"), (replies, "lần trả lời giấy mời sinh hoạt"))
    listed = ", ".join(counted(count, noun) for count, noun in counts if count)
    if not listed:
        return "Từ khi tài khoản đó tham gia, chưa có gì được ghi nhận dưới tên đồng chí ấy."
    return (
        f"Từ khi tài khoản đó tham gia, dưới tên đồng chí ấy đã ghi nhận {listed}. Những phần này vẫn giữ nguyên; "
        "mong đồng chí hỏi lại đồng chí ấy xem có đúng không."
    )


def unlinked_before(*, name: str, cell: str, at: datetime) -> Message:
    return Message(
        text=f"Tài khoản này đã được gỡ khỏi tên đồng chí {named(name, cell)} từ trước, lúc {moment(at)}.",
        in_place=True,
    )


def kept(*, name: str, cell: str) -> Message:
    return Message(text=f"Giữ nguyên tài khoản của đồng chí {named(name, cell)}.", in_place=True)


def your_own() -> Message:
    return Message(text="Đây là tài khoản của chính đồng chí. Nếu muốn thôi tham gia, đồng chí gõ /rutlui.")


def unlinked_here() -> Message:
    return Message(
        text="Tài khoản trò chuyện này không còn gắn với ai trong hệ thống, và hệ thống không nhắn vào đây nữa. "
        "Nếu có nhầm lẫn, mong đồng chí gặp bí thư chi bộ để nhận phiếu mời mang tên mình. Trân trọng."
    )


# ----------------------------------------------------------------------------------------- leaving


def leave_question(*, accounts: int) -> str:
    several = (
        f"\n\nĐồng chí đang dùng {counted(accounts, 'tài khoản')}. “{ONLY_HERE}” thì các tài khoản khác vẫn dùng được."
        if accounts > 1
        else ""
    )
    return (
        "Nếu rút lại đồng ý: hệ thống thôi nhắn tin cho đồng chí, xóa những câu trả lời còn dở, gỡ mọi tài khoản "
        "trò chuyện, và báo bí thư chi bộ biết để chuyển sang bản giấy.\n\n"
        "Những gì đồng chí đã ký, đã nộp, đã trả lời cùng tên trong danh sách chi bộ vẫn được giữ làm hồ sơ "
        f"của chi bộ; muốn sửa hay xóa, mong đồng chí đề nghị bí thư chi bộ.{several}\n\n"
        "Đồng chí quyết định thế nào?"
    )


def left() -> Message:
    return Message(
        text="Đã ghi nhận đồng chí rút lại đồng ý. Từ nay hệ thống không nhắn tin cho đồng chí. "
        "Đồng chí vẫn làm bằng bản giấy tại chi bộ như trước và không bị ảnh hưởng gì. "
        "Khi nào muốn trở lại, đồng chí xin bí thư chi bộ phiếu mời mới. Trân trọng.",
        in_place=True,
    )


def left_here() -> Message:
    return Message(
        text="Đã gỡ tài khoản này. Hệ thống không nhắn vào đây nữa; các tài khoản khác của đồng chí "
        "vẫn dùng được. Trân trọng.",
        in_place=True,
    )


def left_there() -> Message:
    return Message(
        text="Đồng chí đã rút lại đồng ý từ một tài khoản khác, nên tài khoản này cũng được gỡ. "
        "Hệ thống không nhắn vào đây nữa. Trân trọng."
    )


def stays() -> Message:
    return Message(text="Cảm ơn đồng chí. Không có gì thay đổi.", in_place=True)
