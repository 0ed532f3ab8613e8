"""What comes from Telegram, as events: every kind that is for us, and anything at all without a crash."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from bot.channels.telegram_decode import decode, update_id
from bot.chat import (
    Address,
    Blocked,
    FileSent,
    Incoming,
    Payload,
    Pressed,
    Started,
    Text,
    Unblocked,
    Unsupported,
)
from tests.fakes.telegram_updates import Updates

AN = 501
GROUP = {"id": -100200300, "type": "supergroup", "title": "Chi bộ Thôn 1"}


def typed(text: str) -> dict[str, Any]:
    """An sends this text."""
    updates = Updates()
    return updates.waiting[updates.says(AN, text)]


def sent(**content: Any) -> dict[str, Any]:
    """An sends something that is not text."""
    updates = Updates()
    return updates.waiting[updates.push({"message": updates.message(AN) | content})]


def payload(update: object) -> Payload | None:
    """What the update says, if anything."""
    received = decode("telegram", update)
    return received.incoming.payload if received else None


def samples() -> list[dict[str, Any]]:
    """One update of every kind that is for us."""
    updates = Updates()
    updates.says(AN, "có mặt 👍")
    updates.says(AN, "/start ABCD-EFGH")
    updates.presses(AN, "pledge:confirm:7", message=12)
    updates.sends_file(AN, "danh sách.xlsx", b"PK")
    updates.edits(AN, "vắng")
    updates.blocks(AN)
    updates.push({"message": updates.message(AN) | {"voice": {"file_id": "v", "duration": 3}}})
    updates.push({"message": updates.message(AN) | {"chat": GROUP, "text": "chào"}})
    updates.push({"channel_post": updates.message(AN) | {"chat": GROUP | {"type": "channel"}, "text": "chào"}})
    return list(updates.waiting.values())


def test_event_carries_who_and_which() -> None:
    """An event names the account, the chat and the update, under which a repeat is known."""
    received = decode("telegram", typed("Có mặt"))
    assert received is not None
    assert received.incoming == Incoming(address=Address("telegram", str(AN)), event_id="1000", payload=Text("Có mặt"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Started("")),
        ("/start  ", Started("")),
        ("/start ABCD-EFGH", Started("ABCD-EFGH")),
        ("/start@bon_tot_bot ABCD", Started("ABCD")),
        ("/start\nABCD", Started("ABCD")),
        ("/started", Text("/started")),
        ("/START x", Text("/START x")),
        ("start", Text("start")),
        ("  giữ  nguyên \n", Text("  giữ  nguyên \n")),
        ("", Text("")),
        ("ư" * 100_000, Text("ư" * 100_000)),
        ("e\u0302\u0323", Text("e\u0302\u0323")),
        ("a\0b\ud800c\ud83d\ude00", Text("a\ufffdb\ufffdc😀")),
    ],
)
def test_text_is_passed_on(text: str, expected: Payload) -> None:
    """Text arrives as it was typed, at any length; /start brings its code; only what cannot be stored is replaced."""
    assert payload(typed(text)) == expected


def test_press_names_its_message() -> None:
    """A press says what was pressed and under which message, and keeps what is needed to acknowledge it."""
    updates = Updates()
    received = decode("telegram", updates.waiting[updates.presses(AN, "meeting:yes:7", message=12)])
    assert received is not None
    assert received.incoming.payload == Pressed("meeting:yes:7", "12")
    assert received.callback_id == "query-1000"


def test_press_under_an_old_message() -> None:
    """A button under a message that Telegram shows no more (date 0, no text) still works."""
    updates = Updates()
    number = updates.presses(AN, "menu", message=3)
    press = updates.waiting[number]
    press["callback_query"]["message"] = {"chat": {"id": AN, "type": "private"}, "message_id": 3, "date": 0}
    assert payload(press) == Pressed("menu", "3")


def test_file_is_announced() -> None:
    """A document says its name and size, and where to fetch it; the content is not there yet."""
    updates = Updates()
    received = decode("telegram", updates.waiting[updates.sends_file(AN, "danh sách.xlsx", b"PK")])
    assert received is not None
    assert received.incoming.payload == FileSent("danh sách.xlsx", 2)
    assert received.file_id == "file-1000"


def test_file_without_name_and_size() -> None:
    """Telegram may leave out both."""
    assert payload(sent(document={"file_id": "f"})) == FileSent("", None)


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "video", "location", "contact", "poll"])
def test_media_are_told_apart(kind: str) -> None:
    """A picture, a voice message, a sticker and the like are answered, not used."""
    assert payload(sent(**{kind: {}})) == Unsupported("media")


def test_moving_picture_is_no_document() -> None:
    """An animation also carries a document; it is a picture all the same."""
    assert payload(sent(animation={"file_id": "a"}, document={"file_id": "a"})) == Unsupported("media")


def test_corrected_text_is_told_apart() -> None:
    """A message that was edited afterwards does not act a second time."""
    updates = Updates()
    assert payload(updates.waiting[updates.edits(AN, "vắng")]) == Unsupported("edited")


@pytest.mark.parametrize("kind", ["message", "edited_message", "channel_post"])
def test_groups_are_told_apart(kind: str) -> None:
    """Whatever is said in a group or a channel is only known to be from there."""
    assert payload({"update_id": 1, kind: {"chat": GROUP, "text": "điểm tự chấm"}}) == Unsupported("group")


def test_press_in_a_group_is_told_apart() -> None:
    """A button pressed in a group does nothing."""
    press = {"id": "q", "data": "pledge:confirm", "message": {"chat": GROUP, "message_id": 1}}
    assert payload({"update_id": 1, "callback_query": press}) == Unsupported("group")


def test_blocking_and_coming_back() -> None:
    """A person who blocks the bot, and one who comes back, are events."""
    updates = Updates()
    blocked, back = updates.waiting[updates.blocks(AN)], updates.waiting[updates.unblocks(AN)]
    assert (payload(blocked), payload(back)) == (Blocked(), Unblocked())


@pytest.mark.parametrize(
    "update",
    [
        None,
        [],
        "chào",
        {},
        {"update_id": 7},
        {"update_id": 7, "inline_query": {"id": "1", "query": "x"}},
        {"update_id": 7, "message_reaction": {"chat": {"id": AN, "type": "private"}}},
        {"update_id": 7, "message": None},
        {"update_id": 7, "message": {"chat": {"id": AN, "type": "private"}, "pinned_message": {}}},
        {"update_id": 7, "message": {"chat": {"id": AN, "type": "private"}, "document": {"file_id": 5}}},
        {"update_id": 7, "message": {"chat": {"id": str(AN), "type": "private"}, "text": "x"}},
        {"update_id": 7, "message": {"chat": {"id": True, "type": "private"}, "text": "x"}},
        {"update_id": 7, "callback_query": {"id": "q", "data": "x"}},
        {"update_id": 7, "callback_query": {"id": "q", "message": {"chat": {"id": AN, "type": "private"}}}},
        {"update_id": 7, "my_chat_member": {"chat": GROUP, "new_chat_member": {"status": "kicked"}}},
        {
            "update_id": 7,
            "my_chat_member": {"chat": {"id": AN, "type": "private"}, "new_chat_member": {"status": 5}},
        },
        {"update_id": "7", "message": {"chat": {"id": AN, "type": "private"}, "text": "x"}},
        {"update_id": -7, "message": {"chat": {"id": AN, "type": "private"}, "text": "x"}},
        {"update_id": 2**63, "message": {"chat": {"id": AN, "type": "private"}, "text": "x"}},
        {"update_id": True, "message": {"chat": {"id": AN, "type": "private"}, "text": "x"}},
    ],
)
def test_the_rest_is_dropped(update: object) -> None:
    """What is not for us, or not as it should be, is nothing."""
    assert decode("telegram", update) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: object) -> list[tuple[Any, Any]]:
    """Every container of a value with every key in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((value, key), *_places(inner))]


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_mutated_updates_never_raise(data: st.DataObject) -> None:
    """An update with anything changed or missing anywhere is an event or nothing, and fit to be stored."""
    update = copy.deepcopy(data.draw(st.sampled_from(samples())))
    for _ in range(data.draw(st.integers(1, 3))):
        if places := _places(update):
            container, key = data.draw(st.sampled_from(range(len(places))).map(places.__getitem__))
            if data.draw(st.booleans()):
                container[key] = data.draw(_JSON)
            else:
                del container[key]
    received = decode("telegram", update)
    if received is not None:
        assert received.incoming.event_id == str(update_id(update))
        words = [word for word in astuple(received.incoming.payload) if isinstance(word, str)]
        assert "\0" not in "".join(words).encode().decode()


@settings(deadline=None)
@given(update=_JSON)
def test_anything_never_raises(update: object) -> None:
    """Any JSON at all is an event or nothing."""
    decode("telegram", update)
