"""A matter that goes on at another place: from a chat on to our own page, or back."""

from dataclasses import replace
from datetime import timedelta

from bot.chat import Choice, Message
from bot.texts.numbers import counted

ON_PAGE = "Làm trên trang web"
PAGE_WORDS = ("làm trên trang web", "làm trên web", "chuyển sang trang web")
OPEN = "Mở trang web"
GET_FILE = "Tải tệp trên trang web"
GO_ON_HERE = "Làm tiếp ở đây"


def go_to_page(title: str, *, valid: timedelta, before: str = "") -> Message:
    """With the link."""
    how = (
        f"Để tiếp tục {title} trên trang web, đồng chí bấm vào đường dẫn dưới đây rồi bấm “Vào trang”. "
        f"Những câu đã trả lời vẫn được giữ. {_only_for_you(valid)}"
    )
    lines = [before, how, "Muốn làm tiếp ở đây, đồng chí gõ /toi."]
    return Message(text="\n\n".join(line for line in lines if line))


def get_file(text: str, *, valid: timedelta) -> str:
    """Where a file was asked for and cannot be sent, and the page has it."""
    how = (
        "Tệp không gửi được qua ứng dụng này. Đồng chí bấm vào đường dẫn dưới đây rồi bấm “Vào trang” để tải tệp về. "
        f"{_only_for_you(valid)}"
    )
    return "\n\n".join(part for part in (text, how) if part)


def sheet_on_page() -> str:
    """Invitations are a file to print: they are made where a file can be had."""
    return "Phiếu mời là tệp để in, không gửi được qua ứng dụng này. Hệ thống chưa làm phiếu, chưa phát mã nào."


def goes_on_elsewhere(title: str, *, choice: Choice) -> Message:
    """Somebody answered here what they went on with at another place."""
    return Message(
        text=f"Đồng chí đang làm {title} ở nơi khác (trang web hoặc ứng dụng khác), "
        "nên câu trả lời ở đây chưa được ghi.",
        choices=(choice,),
    )


def over_elsewhere(title: str, last: Message, *, on_page: bool) -> Message:
    """To the chat in which it was begun: what was said at the end."""
    where = "trên trang web" if on_page else "ở ứng dụng khác"
    matter = f"{title[0].upper()}{title[1:]} mà đồng chí làm tiếp {where}"
    # A file stays where it was made.
    text = f"{matter} đã xong; tệp nằm ở đó." if last.paper else f"{matter}:\n\n{last.text}"
    return replace(last, text=text, paper=None, link=None, in_place=False, slot=None)


def which_is_meant(typed: str, *, choices: tuple[Choice, ...]) -> Message:
    """Something newer has come while a question was open, and what was typed could answer either."""
    return Message(
        text=f"Đồng chí đang trả lời dở thì có tin mới đến, nên hệ thống chưa rõ “{typed}” là trả lời cho điều nào:",
        choices=choices,
    )


def of_open(label: str, title: str) -> str:
    """The answer to the question that was open."""
    return f"“{label}” trong {title}"


def of_newer(label: str) -> str:
    """The answer to what came."""
    return f"“{label}” của tin mới đến"


def _only_for_you(valid: timedelta) -> str:
    hours = counted(int(valid.total_seconds() // 3600), "giờ")
    return f"Đường dẫn chỉ dành cho đồng chí, dùng một lần, trong {hours}; mong đồng chí không chuyển cho ai."
