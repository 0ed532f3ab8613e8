"""Saying things at Zalo, over a real socket: text alone, within its limits, tried once."""

import pytest

from bot.channels.zalo import TEXT_LIMIT, ZaloChannel
from bot.chat import Choice, Delivery, DeliveryFailure, Link, Message, Paper, PermanentFailure, utf16_length
from bot.parts import split_message
from bot.texts import plain
from tests.fakes.zalo import FakeZalo
from tests.fakes.zalo_faults import BAD_REQUEST, CUT, HANG, QUOTA_GONE, Fault, refusing

AN = "6ede9afa66b88fe6d6a9"


def delivery(message: Message, *, replaces: str | None = None) -> Delivery:
    """A message on its way to An."""
    return Delivery(key="1", chat=AN, message=message, replaces=replaces)


async def test_choices_are_numbered_and_nothing_is_lost(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """Title, text, link, choices by number and by words, and a word in place of the file."""
    message = Message(
        title="Cam kết",
        text="Đồng chí có ký không?",
        choices=(Choice("Ký", "sign"), Choice("Để sau", "later"), Choice("Dừng lại", "stop", nav=True)),
        link=Link("Xem", "https://b.example/x"),
        paper=Paper("pledge"),
    )
    said = await zalo_channel.send(delivery(message))
    (shown,) = zalo.shown
    assert said == shown.id and shown.chat == AN
    assert shown.text.split("\n\n") == [
        "CAM KẾT",
        "Đồng chí có ký không?",
        plain.file_not_here(),
        "Xem: https://b.example/x",
        "1. Ký\n2. Để sau",
        "Đồng chí gõ số 1, số 2 hoặc gõ chữ. Cũng có thể gõ “Dừng lại”.",
    ]


async def test_nothing_is_replaced(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """What would replace another message is a message of its own."""
    for text in ("một", "hai"):
        await zalo_channel.send(delivery(Message(text=text), replaces="82599fa32f56d00e0"))
    assert zalo.heard(AN) == ["một", "hai"]


@pytest.mark.parametrize("letter", ["a", "ư", "ộ"])
async def test_two_thousand_characters_are_said(zalo: FakeZalo, zalo_channel: ZaloChannel, letter: str) -> None:
    """Exactly as long as Zalo allows; one more is not even sent."""
    await zalo_channel.send(delivery(Message(text=letter * TEXT_LIMIT)))
    assert zalo.heard(AN) == [letter * TEXT_LIMIT]
    with pytest.raises(PermanentFailure, match="2001"):
        await zalo_channel.send(delivery(Message(text=letter * (TEXT_LIMIT + 1))))
    assert len(zalo.called("sendMessage")) == 1


async def test_what_lies_beyond_the_basic_plane_counts_twice(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """A thousand flags fill a message; one letter more is too much."""
    await zalo_channel.send(delivery(Message(text="🚩" * (TEXT_LIMIT // 2))))
    with pytest.raises(PermanentFailure):
        await zalo_channel.send(delivery(Message(text="🚩" * (TEXT_LIMIT // 2) + "a")))
    assert len(zalo.shown) == 1


@pytest.mark.parametrize("length", [1990, 1999, 2000, 2001, 2010, 3999, 4000, 4001, 6500])
async def test_what_is_longer_goes_in_parts_that_fit(zalo: FakeZalo, zalo_channel: ZaloChannel, length: int) -> None:
    """Around every boundary: with the words about how to answer, each part is taken, and no word is lost."""
    words = ("Nội dung sinh hoạt chi bộ. " * 300)[:length].strip()
    message = Message(title="Thông báo", text=words, choices=(Choice("Có mặt", "yes"), Choice("Vắng", "no")))
    for part in split_message(message, zalo_channel.capabilities):
        await zalo_channel.send(delivery(part))
    heard = zalo.heard(AN)
    assert all(utf16_length(text) <= TEXT_LIMIT for text in heard)
    assert heard[-1].endswith("1. Có mặt\n2. Vắng\n\nĐồng chí gõ số 1, số 2 hoặc gõ chữ.")
    said = " ".join(" ".join(heard).removesuffix("1. Có mặt\n2. Vắng\n\nĐồng chí gõ số 1, số 2 hoặc gõ chữ.").split())
    assert said.replace(" ", "") == f"THÔNGBÁO{words.replace(' ', '')}"


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_to_say_is_refused_here(zalo: FakeZalo, zalo_channel: ZaloChannel, text: str) -> None:
    """An empty text never succeeds: no round trip is spent on it."""
    with pytest.raises(PermanentFailure):
        await zalo_channel.send(delivery(Message(text=text)))
    assert zalo.calls == []


async def test_a_picture_has_an_address_and_a_caption(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """Zalo takes no upload; a caption has a text's limit, and may be left out."""
    await zalo_channel.send_photo(AN, url="https://b.example/qr.png", caption="Mã mời")
    await zalo_channel.send_photo(AN, url="https://b.example/qr.png")
    assert (zalo.shown[0].photo, zalo.shown[0].text) == ("https://b.example/qr.png", "Mã mời")
    assert "caption" not in zalo.called("sendPhoto")[1].params
    with pytest.raises(PermanentFailure):
        await zalo_channel.send_photo(AN, url="https://b.example/qr.png", caption="a" * (TEXT_LIMIT + 1))


@pytest.mark.parametrize("fault", [BAD_REQUEST, QUOTA_GONE, HANG, CUT, Fault(status=500)])
async def test_typing_never_fails(
    zalo: FakeZalo, zalo_channel: ZaloChannel, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """It is a courtesy: whatever becomes of it, nobody waits for it long."""
    monkeypatch.setattr("bot.channels.zalo_api.ACKNOWLEDGE_SECONDS", 0.1)
    zalo.fail("sendChatAction", fault)
    await zalo_channel.typing(AN)
    assert zalo.called("sendChatAction")[0].params == {"chat_id": AN, "action": "typing"}


async def test_a_message_is_tried_once(zalo: FakeZalo, zalo_channel: ZaloChannel) -> None:
    """Whether to try again is the sender's business."""
    zalo.fail("sendMessage", refusing(503))
    with pytest.raises(DeliveryFailure):
        await zalo_channel.send(delivery(Message(text="Chào đồng chí")))
    assert len(zalo.calls) == 1 and zalo.shown == []
