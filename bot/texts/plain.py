"""A message as text alone, for channels that have neither buttons nor files: numbered choices, and how to answer them.

The numbers are those by which the router takes a typed answer (`Message.numbered`), and the words are the labels: what
stands here to be typed is understood. No markup: the title stands out by its capitals.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import Message, utf16_length


def as_text(message: Message) -> str:
    """The whole message: title, text, what cannot be shown here, choices, and how to answer."""
    link = f"{message.link.label}: {message.link.url}" if message.link else ""
    parts = [
        message.title.upper(),
        message.text,
        file_not_here() if message.paper else "",
        link,
        "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(message.numbered(), start=1)),
        how_to_answer(message),
    ]
    return "\n\n".join(part for part in parts if part)


def joined(first: Message, then: Message) -> Message | None:
    """Two messages as one, where each costs; None when the first is to be answered, or has more than words."""
    if first.choices or first.link or first.paper or first.slot or then.slot:
        return None
    text = "\n\n".join(part for part in (first.text, then.title.upper(), then.text) if part)
    return replace(then, title=first.title, text=text)


def length(message: Message) -> int:
    """The UTF-16 units that the message has as text."""
    return utf16_length(as_text(message))


def how_to_answer(message: Message) -> str:
    """By number or by words; the ways out by words only. Where the text speaks of pressing, it says what takes its
    place."""
    numbered = [choice.label for choice in message.numbered()]
    words = _either([choice.label for choice in message.choices if choice.nav])
    who = "Thay cho bấm nút, đồng chí" if _speaks_of_buttons(message.text) else "Đồng chí"
    match len(numbered):
        case 0:
            return f"{who} có thể gõ {words}." if words else ""
        case 1:
            how = f"{who} gõ số 1 hoặc gõ “{numbered[0]}”."
        case 2:
            how = f"{who} gõ số 1, số 2 hoặc gõ chữ."
        case count:
            how = f"{who} gõ số (từ 1 đến {count}) hoặc gõ chữ."
    return f"{how} Cũng có thể gõ {words}." if words else how


def file_not_here() -> str:
    """In place of a file that the channel cannot carry."""
    return (
        "(Tệp kèm theo không gửi được qua ứng dụng này. Nếu cần tệp, mong đồng chí hỏi bí thư chi bộ "
        "hoặc văn phòng đảng ủy.)"
    )


def no_sheet_here() -> Message:
    """Invitations are a file to print: they are not made where no file can be sent."""
    return Message(
        text="Phiếu mời là tệp để in, mà tệp không gửi được qua ứng dụng này, nên hệ thống chưa làm phiếu; mã đã phát "
        "trước đây vẫn dùng được. Mong đồng chí nhờ văn phòng đảng ủy làm giúp."
    )


def _speaks_of_buttons(text: str) -> bool:
    return any(word in text.casefold() for word in ("bấm", "nút"))


def _either(labels: Sequence[str]) -> str:
    quoted = [f"“{label}”" for label in labels]
    return " hoặc ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
