"""What is always there: the greeting, /trogiup, /toi, leaving."""

from collections.abc import Sequence

from bot.chat import Choice, Message


def greeting_guest(*, movement: str) -> Message:
    """Somebody opened the chat who is not linked yet."""
    return Message(
        title="Kính chào đồng chí",
        text=f"Đây là hệ thống hỗ trợ chi bộ và đảng viên thực hiện {movement}.\n\n"
        "Để tham gia, mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…\n\n"
        "Chưa có mã, đồng chí hỏi bí thư chi bộ. Gõ /trogiup để xem hệ thống làm được gì.",
    )


def greeting_member(*, name: str, cell: str) -> str:
    place = f" – {cell}" if cell else ""
    return f"Kính chào đồng chí {name}{place}."


def help_text(lines: Sequence[tuple[str, str]]) -> Message:
    """All commands that the person may use, with what each does."""
    listed = "\n".join(f"/{name} – {about}" for name, about in lines)
    return Message(
        title="Những việc hệ thống giúp được",
        text=f"{listed}\n\nĐồng chí gõ lệnh, bấm nút, hoặc gõ số thứ tự của nút. "
        "Gõ “dừng lại” để dừng, “quay lại” để về câu trước; phần đã trả lời luôn được giữ.",
    )


def help_guest(lines: Sequence[tuple[str, str]]) -> Message:
    """What somebody who is not linked yet can do."""
    listed = "\n".join(f"/{name} – {about}" for name, about in lines)
    return Message(
        title="Hệ thống giúp được gì",
        text="Hệ thống giúp đảng viên ký cam kết, tự báo cáo theo bốn tốt, nhận thông báo họp chi bộ, "
        "và chỉ nhắc những việc còn thiếu.\n\n"
        "Để tham gia, đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát.\n\n" + listed,
    )


def my_tasks(*, greeting: str, lines: Sequence[str], reminders: Sequence[str], choices: Sequence[Choice]) -> Message:
    """What is mine and what is open."""
    if lines:
        open_tasks = "Việc đang chờ đồng chí:\n" + "\n".join(f"• {line}" for line in lines)
    else:
        open_tasks = "Hiện không còn việc nào chờ đồng chí."
    parts = [greeting, open_tasks]
    if reminders:
        parts.append("Hệ thống sẽ nhắc đồng chí:\n" + "\n".join(f"• {line}" for line in reminders))
    return Message(text="\n\n".join(parts), choices=tuple(choices))


def will_remind(*, when: str, what: str) -> str:
    return f"{when}: {what}"


def unfinished_task(title: str) -> str:
    return f"Đang làm dở {title}."


GO_ON_WITH = "Làm tiếp"
ABOUT_HELP = "Xem hệ thống giúp được gì"
ABOUT_ME = "Xem việc của tôi"
ABOUT_STOP = "Dừng việc đang làm dở"
