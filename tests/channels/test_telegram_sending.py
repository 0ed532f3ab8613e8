"""What the bot says, on Telegram: how it looks, what it replaces, and what every failure means."""

import pytest

from bot.channels.telegram import TelegramChannel
from bot.chat import (
    CAPTION_LIMIT,
    Choice,
    Delivery,
    File,
    Link,
    Message,
    Paper,
    PermanentFailure,
    TransientFailure,
)
from bot.parts import split_message
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import (
    BLOCKED,
    CUT,
    NOTHING_TO_EDIT,
    SERVER_ERROR,
    refusing,
    too_many,
)

AN = 501
SHEET = File("Danh sách “Thôn 1”.xlsx", "application/vnd.ms-excel", b"PK\x03\x04")


def saying(message: Message, *, file: File | None = None, replaces: str | None = None) -> Delivery:
    """A delivery to An."""
    return Delivery(key="1", chat=str(AN), message=message, file=file, replaces=replaces)


def text(words: str = "Kính gửi đồng chí.") -> Delivery:
    """A plain delivery to An."""
    return saying(Message(text=words))


async def test_title_is_bold(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """The title stands in bold above the text, counted in UTF-16 units, and the message's number comes back."""
    number = await channel.send(saying(Message(title="Chi bộ 𝟒 tốt", text="Kính gửi đồng chí.")))
    (shown,) = telegram.heard(AN)
    assert (number, shown.text, shown.bold) == (
        str(shown.id),
        "Chi bộ 𝟒 tốt\n\nKính gửi đồng chí.",
        "Chi bộ 𝟒 tốt",
    )


async def test_choices_are_buttons(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """Short choices share a row, long ones have one each, the ways out stand below and a link above."""
    labels = ["Đạt", "Chưa đạt", "Một phần", "Vắng có lý do chính đáng", "Có mặt", "Vắng có lý do"]
    choices = [Choice(label, f"answer:{at}") for at, label in enumerate(labels)]
    ways_out = [Choice("Quay lại", "back", nav=True), Choice("Dừng", "stop", nav=True)]
    link = Link("Mở trang", "https://bon-tot.example/r/1")
    await channel.send(saying(Message(text="Câu 3/12", choices=(ways_out[0], *choices, ways_out[1]), link=link)))
    (shown,) = telegram.heard(AN)
    assert [[label for label, _ in row] for row in shown.rows] == [
        ["Mở trang"],
        ["Đạt", "Chưa đạt", "Một phần"],
        ["Vắng có lý do chính đáng"],
        ["Có mặt", "Vắng có lý do"],
        ["Quay lại", "Dừng"],
    ]
    assert shown.rows[0][0][1] == link.url and shown.rows[1][1][1] == "answer:1"


async def test_links_are_not_opened_by_telegram(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """No preview is drawn: Telegram would open a link that works only once."""
    await channel.send(text("https://bon-tot.example/vao/MOT-LAN"))
    assert telegram.called("sendMessage")[0].params["link_preview_options"] == {"is_disabled": True}


async def test_file_and_text_are_one_call(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A file goes out with its text as the caption and its name as it is, in one call."""
    message = Message(title="Danh sách", text="Gửi đồng chí.", choices=(Choice("Đã nhận", "ok"),))
    await channel.send(saying(message, file=SHEET))
    (shown,) = telegram.heard(AN)
    assert [call.method for call in telegram.calls] == ["sendDocument"]
    assert (shown.text, shown.bold, shown.buttons) == ("Danh sách\n\nGửi đồng chí.", "Danh sách", ["Đã nhận"])
    assert shown.file is not None
    assert (shown.file.name, shown.file.mime, shown.file.content) == (SHEET.name, SHEET.mime, SHEET.content)


async def test_file_needs_no_text(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A file alone is fine, and a line end in its name does no harm."""
    await channel.send(saying(Message(text=""), file=File('a\r\nX-Evil: "1".txt', "text/plain", b"x")))
    (shown,) = telegram.heard(AN)
    assert shown.text == "" and shown.file is not None and shown.file.name == 'aX-Evil: "1".txt'


async def test_long_text_with_a_file_is_split(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A text longer than a caption is split, and each part with the file goes out as one call."""
    message = Message(title="Thông báo", text="Kính gửi đồng chí. " * 120, paper=Paper("sheet"))
    parts = list(split_message(message, channel.capabilities))
    for part in parts:
        await channel.send(saying(part, file=SHEET if part.paper else None))
    assert len(telegram.calls) == len(parts) == 3
    assert [shown.file is not None for shown in telegram.heard(AN)] == [False, False, True]


@pytest.mark.parametrize(
    "delivery",
    [
        text("𝟒" * 2049),
        text(" \n "),
        saying(Message(text="ư" * (CAPTION_LIMIT + 1)), file=SHEET),
        saying(Message(text="Tệp rỗng"), file=File("a.txt", "text/plain", b"")),
        saying(Message(text="Tệp lớn"), file=File("a.txt", "text/plain", bytes(50_000_001))),
        saying(Message(text="Chọn", choices=tuple(Choice(str(at), str(at)) for at in range(101)))),
        Delivery(key="1", chat="web-5", message=Message(text="Kính gửi")),
    ],
    ids=["text", "empty", "caption", "empty file", "large file", "buttons", "chat"],
)
async def test_sizes_are_checked_first(telegram: FakeTelegram, channel: TelegramChannel, delivery: Delivery) -> None:
    """What Telegram would never take is refused without asking it."""
    with pytest.raises(PermanentFailure):
        await channel.send(delivery)
    assert telegram.calls == []


async def test_longest_text_passes(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A text of exactly 4096 units is sent."""
    await channel.send(text("𝟒" * 2048))
    assert len(telegram.heard(AN)) == 1


async def test_message_is_replaced(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A delivery that replaces another changes it in place, buttons and all, and keeps its number."""
    first = await channel.send(saying(Message(text="Câu 1/2", choices=(Choice("Đạt", "1"),))))
    again = await channel.send(saying(Message(text="Câu 2/2"), replaces=first))
    (shown,) = telegram.heard(AN)
    assert again == first
    assert (shown.text, shown.buttons, shown.edits) == ("Câu 2/2", [], 1)


async def test_unchanged_message_is_fine(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """Replacing a message with the same words is a success."""
    first = await channel.send(text())
    assert await channel.send(saying(text().message, replaces=first)) == first
    assert [shown.edits for shown in telegram.heard(AN)] == [0]


@pytest.mark.parametrize("replaced", ["999999", "not-a-number"])
async def test_gone_message_is_said_anew(telegram: FakeTelegram, channel: TelegramChannel, replaced: str) -> None:
    """Where the old message is gone, the new one is sent instead of lost."""
    number = await channel.send(saying(Message(text="Câu 2/2"), replaces=replaced))
    assert [str(shown.id) for shown in telegram.heard(AN)] == [number]


async def test_old_message_is_said_anew(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """Where the old message may not be edited any more, the new one is sent."""
    telegram.fail("editMessageText", refusing(400, "Bad Request: message can't be edited"))
    first = await channel.send(text("một"))
    assert await channel.send(saying(Message(text="hai"), replaces=first)) != first


async def test_file_is_not_replaced(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """A file neither replaces a message nor is replaced by one: both stay in the chat."""
    first = await channel.send(text())
    file = await channel.send(saying(Message(text="Gửi đồng chí."), file=SHEET, replaces=first))
    await channel.send(saying(Message(text="Xong."), replaces=file))
    assert [shown.text for shown in telegram.heard(AN)] == ["Kính gửi đồng chí.", "Gửi đồng chí.", "Xong."]


async def test_interrupted_edit_may_be_repeated(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """An edit whose answer was lost is to be tried again: the second time it is merely unchanged."""
    first = await channel.send(text("một"))
    telegram.fail("editMessageText", CUT)
    with pytest.raises(TransientFailure):
        await channel.send(saying(Message(text="hai"), replaces=first))
    assert await channel.send(saying(Message(text="hai"), replaces=first)) == first
    assert [shown.text for shown in telegram.heard(AN)] == ["hai"]


async def test_lost_edit_is_not_mistaken(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """An edit that is refused for another reason is a failure, not a second message."""
    telegram.fail("editMessageText", refusing(400, "Bad Request: BUTTON_URL_INVALID"))
    first = await channel.send(text("một"))
    with pytest.raises(PermanentFailure):
        await channel.send(saying(Message(text="hai"), replaces=first))
    telegram.fail("editMessageText", NOTHING_TO_EDIT)
    await channel.send(saying(Message(text="hai"), replaces=first))
    assert [shown.text for shown in telegram.heard(AN)] == ["một", "hai"]


async def test_typing_never_fails(telegram: FakeTelegram, channel: TelegramChannel) -> None:
    """The typing sign is shown where it can be, and its failure is nobody's business."""
    await channel.typing(str(AN))
    assert telegram.called("sendChatAction")[0].params == {"chat_id": str(AN), "action": "typing"}
    for fault in (BLOCKED, SERVER_ERROR, CUT, too_many(3)):
        telegram.fail("sendChatAction", fault)
        await channel.typing(str(AN))
    await channel.typing("web-5")
